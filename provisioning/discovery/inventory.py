"""One list of phones out of many sightings: the merging, and the file that keeps it."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance.files import is_folder, make_folder, set_aside
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.state_files import as_data, from_data
from provisioning.drivers.recognition import Certainty
from provisioning.phone_identity import PhoneRequest, PhoneState, Sighting

_SURER = (Certainty.POSSIBLE, Certainty.BRAND, Certainty.EXACT)
MOST_REQUESTS = 12  # of each phone, the newest; a phone that walks its list of names asks for five
MOST_STRANGERS = 500  # phones that are not the office's; the largest office has 250, all new on the first day
WRITE_EVERY_SECONDS = 0.25  # a storm of phones is one transaction each time, not one for each datagram

_TABLE = """
CREATE TABLE phone (
    mac TEXT PRIMARY KEY, brand TEXT NOT NULL, model TEXT, firmware TEXT, address TEXT, state TEXT NOT NULL,
    certainty TEXT NOT NULL, because TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
    requests TEXT NOT NULL, proven_address TEXT, is_confirmed INTEGER NOT NULL
)
"""
_REQUEST = ("seen_by", "asked", "answer", "when")
_FORMAT = 3  # of the table, in user_version; another one is thrown away, for phones are seen again


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhone:
    """One phone of the list. Times are aware; `requests` are the last ones, the newest last."""

    mac: MacAddress
    brand: Brand
    model: str | None
    firmware: str | None
    address: str | None
    state: PhoneState
    certainty: Certainty
    because: str
    first_seen: datetime
    last_seen: datetime
    requests: tuple[PhoneRequest, ...] = ()
    proven_address: str | None = None  # from which it read its settings, by its secret path
    is_confirmed: bool = False  # it was seen to answer at an address, and is no mere name in a datagram

    @property
    def addresses(self) -> frozenset[str]:
        """Where it was proven to be, and where it was said to be last."""
        return frozenset(one for one in (self.proven_address, self.address) if one)


_COLUMNS = [column.name for column in fields(KnownPhone)]
_REPLACE = f"REPLACE INTO phone ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})"


def merge(known: KnownPhone | None, sighting: Sighting) -> KnownPhone:
    """Add one sighting to what was known: newer facts win and nothing known is forgotten.

    What a phone asks for says where it stands, also when it starts all over; being seen says nothing of that.
    """
    asked = (sighting.request,) if sighting.request else ()
    if known is None:
        return KnownPhone(
            mac=sighting.mac,
            brand=sighting.brand,
            model=sighting.model,
            firmware=sighting.firmware,
            address=sighting.address,
            state=sighting.state,
            certainty=sighting.certainty,
            because=sighting.because,
            first_seen=sighting.when,
            last_seen=sighting.when,
            requests=asked,
            proven_address=sighting.address if sighting.state is PhoneState.FETCHED else None,
            is_confirmed=sighting.is_confirmed,
        )
    is_newer = sighting.when >= known.last_seen
    moves = sighting.state is not PhoneState.SEEN and (is_newer or known.state is PhoneState.SEEN)
    is_surer = _SURER.index(sighting.certainty) >= _SURER.index(known.certainty)
    return replace(
        known,
        brand=sighting.brand if is_surer else known.brand,
        certainty=sighting.certainty if is_surer else known.certainty,
        because=sighting.because if is_surer else known.because,
        model=sighting.model or known.model,
        firmware=sighting.firmware or known.firmware,
        address=sighting.address or known.address,
        state=sighting.state if moves else known.state,
        first_seen=min(known.first_seen, sighting.when),
        last_seen=max(known.last_seen, sighting.when),
        requests=_with(known.requests, sighting.request),
        proven_address=sighting.address if sighting.state is PhoneState.FETCHED else known.proven_address,
        is_confirmed=known.is_confirmed or sighting.is_confirmed,
    )


def _with(requests: tuple[PhoneRequest, ...], new: PhoneRequest | None) -> tuple[PhoneRequest, ...]:
    """The same request again takes the last one's place."""
    if new is None:
        return requests
    if requests and replace(requests[-1], when=new.when) == new:
        requests = requests[:-1]
    return (*requests, new)[-MOST_REQUESTS:]


class Inventory:
    """The list; one process writes it, any thread of that process. What is on the disk may be a moment older.

    `is_ours` tells whether a phone belongs to the office, `registered` from which addresses phones are registered. Of
    phones of the office there are as many as there are; of others at most MOST_STRANGERS, and who is seen to answer
    at its address stays longest.
    """

    def __init__(
        self,
        path: Path,
        is_ours: Callable[[MacAddress], bool] = lambda _: False,
        registered: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._path = path
        self._is_ours = is_ours
        self._registered = registered
        self._lock = threading.Lock()
        self._phones: dict[MacAddress, KnownPhone] | None = None
        self._unwritten: set[MacAddress] = set()
        self._gone: set[MacAddress] = set()
        # Phones that are not the office's, those that were heard of longest ago first: said to be there, and answering.
        self._said: OrderedDict[MacAddress, None] = OrderedDict()
        self._confirmed: OrderedDict[MacAddress, None] = OrderedDict()

    def record(self, sighting: Sighting) -> bool:
        """Merge a sighting into the list; False when another one had to leave it for want of room.

        What is said of a phone of the office that is registered changes nothing: only what it reads by its secret path.
        """
        with self._lock:
            if self._phones is None:
                self._phones = {phone.mac: phone for phone in _read_or_start_anew(self._path)}
                for phone in reversed(self._phones.values()):
                    (self._confirmed if phone.is_confirmed else self._said)[phone.mac] = None
            known = self._phones.get(sighting.mac)
            is_ours = self._is_ours(sighting.mac)
            if known is not None and is_ours and self._is_held(known, sighting):
                return True
            phone = self._phones[sighting.mac] = merge(known, sighting)
            self._unwritten.add(sighting.mac)
            self._gone.discard(sighting.mac)
            return self._make_room(phone, is_ours=is_ours)

    def _is_held(self, known: KnownPhone, sighting: Sighting) -> bool:
        if sighting.state is PhoneState.FETCHED:
            return False
        return (known.proven_address or known.address) in self._registered()

    def _make_room(self, phone: KnownPhone, *, is_ours: bool) -> bool:
        self._said.pop(phone.mac, None)
        self._confirmed.pop(phone.mac, None)
        if not is_ours:
            (self._confirmed if phone.is_confirmed else self._said)[phone.mac] = None
        if len(self._said) + len(self._confirmed) <= MOST_STRANGERS:
            return True
        gone, _ = (self._said or self._confirmed).popitem(last=False)
        if not self._is_ours(gone):  # it may have been given to somebody meanwhile
            assert self._phones is not None
            del self._phones[gone]
            self._unwritten.discard(gone)
            self._gone.add(gone)
        return False

    def write(self) -> None:
        """Put what is new on the disk, and take off it what is gone."""
        with self._lock:
            rows = [_row(self._phones[mac]) for mac in self._unwritten] if self._phones else []
            gone = [(str(mac),) for mac in self._gone]
            self._unwritten.clear()
            self._gone.clear()
        if rows or gone:
            with closing(_opened(self._path)) as database, database:
                database.executemany(_REPLACE, rows)
                database.executemany("DELETE FROM phone WHERE mac = ?", gone)

    def keep_written(self, stop: threading.Event) -> None:
        """Write every WRITE_EVERY_SECONDS until `stop`, and once more then."""
        while not stop.wait(WRITE_EVERY_SECONDS):
            self.write()
        self.write()


def read_phones(path: Path) -> tuple[KnownPhone, ...]:
    """Return the list, last seen first; empty where nothing was ever seen, or nothing can be read. Only reads."""
    if not path.is_file():
        return ()
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)) as database:
            if _format_of(database) != _FORMAT:
                return ()
            database.row_factory = sqlite3.Row
            rows = database.execute("SELECT * FROM phone ORDER BY last_seen DESC, mac").fetchall()
        return tuple(_phone(row) for row in rows)
    except sqlite3.DatabaseError as fault:
        if not _is_damage(fault):
            raise
        return ()


SightingNoted = Callable[[Sighting], None]


def _read_or_start_anew(path: Path) -> tuple[KnownPhone, ...]:
    with closing(_opened(path)):
        return read_phones(path)


def _opened(path: Path) -> sqlite3.Connection:
    """Return the database with its table; a damaged one is set aside, for phones are seen again."""
    make_folder(path.parent, 0o750)
    if is_folder(path):
        set_aside(path)
    try:
        return _with_table(path)
    except sqlite3.DatabaseError as fault:
        if not _is_damage(fault):
            raise
        set_aside(path)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
        return _with_table(path)


def _is_damage(fault: sqlite3.DatabaseError) -> bool:
    """Tell a damaged file (https://sqlite.org/rescode.html) from one that somebody writes just now, or a full disk."""
    return fault.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _with_table(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=5)
    if _format_of(database) != _FORMAT:
        with database:
            database.execute("BEGIN IMMEDIATE")  # who reads meanwhile sees the old form or the new one
            database.execute("DROP TABLE IF EXISTS phone")
            database.execute(_TABLE)
            database.execute(f"PRAGMA user_version = {_FORMAT}")
    return database


def _format_of(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _row(phone: KnownPhone) -> dict[str, Any]:
    """Return the columns; each request is a list of its values."""
    row: dict[str, Any] = as_data(phone)
    return {**row, "requests": json.dumps([[one[name] for name in _REQUEST] for one in row["requests"]])}


def _phone(row: sqlite3.Row) -> KnownPhone:
    requests = [dict(zip(_REQUEST, one, strict=True)) for one in json.loads(row["requests"])]
    return from_data({**dict(row), "requests": requests, "is_confirmed": bool(row["is_confirmed"])}, KnownPhone)

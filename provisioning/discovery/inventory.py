"""One list of phones out of many sightings: the merging, and the file that keeps it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from provisioning.drivers.recognition import Certainty
from provisioning.phone_identity import PhoneState, Sighting

_SURER = (Certainty.POSSIBLE, Certainty.BRAND, Certainty.EXACT)
_FURTHER = (PhoneState.SEEN, PhoneState.ASKED, PhoneState.ENROLLED, PhoneState.FETCHED)

_TABLE = """
CREATE TABLE IF NOT EXISTS phone (
    mac TEXT PRIMARY KEY, brand TEXT NOT NULL, model TEXT, firmware TEXT, address TEXT, state TEXT NOT NULL,
    certainty TEXT NOT NULL, because TEXT NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL
)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPhone:
    """One phone of the list. Times are aware."""

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


def merge(known: KnownPhone | None, sighting: Sighting) -> KnownPhone:
    """Add one sighting to what was known: newer facts win, nothing known is forgotten, states only advance."""
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
        )
    is_surer = _SURER.index(sighting.certainty) >= _SURER.index(known.certainty)
    return replace(
        known,
        brand=sighting.brand if is_surer else known.brand,
        certainty=sighting.certainty if is_surer else known.certainty,
        because=sighting.because if is_surer else known.because,
        model=sighting.model or known.model,
        firmware=sighting.firmware or known.firmware,
        address=sighting.address or known.address,
        state=max(sighting.state, known.state, key=_FURTHER.index),
        first_seen=min(known.first_seen, sighting.when),
        last_seen=max(known.last_seen, sighting.when),
    )


class Inventory:
    """The list on the disk; one process writes it, any thread of that process."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def record(self, sighting: Sighting) -> KnownPhone:
        """Merge a sighting into the list and return the phone as it is now known."""
        with self._lock, _opened(self._path) as database:
            phone = merge(_find(database, sighting.mac), sighting)
            database.execute("REPLACE INTO phone VALUES (?,?,?,?,?,?,?,?,?,?)", _row(phone))
            database.commit()
            return phone


def read_phones(path: Path) -> tuple[KnownPhone, ...]:
    """Return the list, last seen first; empty where nothing was ever seen. Only reads."""
    if not path.exists():
        return ()
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=5)
    try:
        rows = database.execute("SELECT * FROM phone ORDER BY last_seen DESC, mac").fetchall()
    finally:
        database.close()
    return tuple(_phone(row) for row in rows)


SightingNoted = Callable[[Sighting], None]


class _opened:  # noqa: N801  (a context manager is read as a verb)
    """The database, with its table, closed at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        self._database = sqlite3.connect(self._path, timeout=5)
        self._database.execute(_TABLE)
        return self._database

    def __exit__(self, *_: object) -> None:
        self._database.close()


def _find(database: sqlite3.Connection, mac: MacAddress) -> KnownPhone | None:
    row = database.execute("SELECT * FROM phone WHERE mac = ?", (str(mac),)).fetchone()
    return _phone(row) if row else None


def _row(phone: KnownPhone) -> tuple[str | None, ...]:
    return (
        str(phone.mac),
        phone.brand.value,
        phone.model,
        phone.firmware,
        phone.address,
        phone.state.value,
        phone.certainty.value,
        phone.because,
        phone.first_seen.isoformat(),
        phone.last_seen.isoformat(),
    )


def _phone(row: tuple[str, ...]) -> KnownPhone:
    mac, brand, model, firmware, address, state, certainty, because, first_seen, last_seen = row
    return KnownPhone(
        mac=MacAddress.parse(mac),
        brand=Brand(brand),
        model=model,
        firmware=firmware,
        address=address,
        state=PhoneState(state),
        certainty=Certainty(certainty),
        because=because,
        first_seen=datetime.fromisoformat(first_seen),
        last_seen=datetime.fromisoformat(last_seen),
    )

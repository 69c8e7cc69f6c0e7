"""Who asks for one phone after another: counted as they ask, and kept in a small file for who looks after the box."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from appliance.state_files import read_state, write_state
from provisioning.enrolment import FILE_MODE, FOLDER_MODE

GUESSING_FROM = 8  # a phone asks for itself alone; a few may stand behind one router
WATCHED_TIME = timedelta(minutes=10)
ADDRESSES_WATCHED = 5000
REPORTED_AGAIN_AFTER = timedelta(minutes=1)
ADDRESSES_REPORTED = 20
EVER_NEW = ""  # in place of an address: somebody whose MAC address is another one each time
EVER_NEW_FROM = 200  # phones that had to leave the list for others, within WATCHED_TIME

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesser:
    """An address that asked for GUESSING_FROM different phones and more, `requests` times. The times are aware."""

    address: str
    requests: int
    first: datetime
    last: datetime


class GuessWatch:
    """Counts, for each address, the different phones it asked for lately. One thread at a time."""

    def __init__(self) -> None:
        self._asked: OrderedDict[str, OrderedDict[MacAddress, datetime]] = OrderedDict()

    def asked(self, address: str, mac: MacAddress, now: datetime) -> int:
        """Note a request and return how many different phones this address asked for, GUESSING_FROM at most."""
        phones = self._asked.setdefault(address, OrderedDict())
        self._asked.move_to_end(address)
        if len(self._asked) > ADDRESSES_WATCHED:
            self._asked.popitem(last=False)
        phones[mac] = now
        phones.move_to_end(mac)
        while len(phones) > GUESSING_FROM or now - next(iter(phones.values())) > WATCHED_TIME:
            phones.popitem(last=False)
        return len(phones)


class GuessReport:
    """Keeps the file; written seldom, however fast somebody guesses. One process writes it, one thread at a time."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._watch = GuessWatch()
        self._written: OrderedDict[str, datetime] = OrderedDict()
        self._not_written: dict[str, int] = {}
        self._crowded_since, self._left = _LONG_AGO, 0

    def asked(self, address: str, mac: MacAddress, now: datetime) -> bool:
        """Note a request for a phone; return whether the file now tells of this address anew."""
        if self._watch.asked(address, mac, now) < GUESSING_FROM:
            return False
        self._not_written[address] = self._not_written.get(address, 0) + 1
        if now - self._written.get(address, now - REPORTED_AGAIN_AFTER) < REPORTED_AGAIN_AFTER:
            return False
        self._write(address, now)
        return True

    def crowded(self, now: datetime) -> bool:
        """Note that a phone had to leave the list for another one; return whether the file now tells of it anew."""
        if now - self._crowded_since > WATCHED_TIME:
            self._crowded_since, self._left = now, 0
        self._left += 1
        if self._left < EVER_NEW_FROM:
            return False
        self._not_written[EVER_NEW] = self._not_written.get(EVER_NEW, 0) + 1
        if now - self._written.get(EVER_NEW, now - REPORTED_AGAIN_AFTER) < REPORTED_AGAIN_AFTER:
            return False
        self._write(EVER_NEW, now)
        return True

    def _write(self, address: str, now: datetime) -> None:
        known = {guesser.address: guesser for guesser in read_guessers(self._paths)}
        before = known.get(address)
        known[address] = Guesser(
            address=address,
            requests=self._not_written.pop(address) + (before.requests if before else GUESSING_FROM - 1),
            first=before.first if before else now,
            last=now,
        )
        self._written[address] = now
        self._written.move_to_end(address)
        if len(self._written) > ADDRESSES_WATCHED:
            gone, _ = self._written.popitem(last=False)
            self._not_written.pop(gone, None)
        kept = sorted(known.values(), key=lambda guesser: guesser.last)[-ADDRESSES_REPORTED:]
        self._paths.guesses.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
        write_state(self._paths.guesses, kept, FILE_MODE)


def read_guessers(paths: Paths) -> tuple[Guesser, ...]:
    """Return who was reported, the last one last; empty where the file is not there or makes no sense."""
    return read_state(paths.guesses, tuple[Guesser, ...]) or ()

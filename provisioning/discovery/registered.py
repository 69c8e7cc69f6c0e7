"""From where phones are registered at the switch, as the monitor saw it last."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from appliance.state_files import read_state

LOOK_EVERY_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contact:
    address: str
    is_reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What is of use here of the monitor's file; there are no contacts in it while the switch does not answer."""

    contacts: tuple[_Contact, ...] = ()


class RegisteredAddresses:
    """The addresses of the phones that the switch reaches. While the monitor is away, those that it saw last."""

    def __init__(self, live_state: Path) -> None:
        self._path = live_state
        self._looked_at = -LOOK_EVERY_SECONDS
        self._version: tuple[int, int] | None = None
        self._addresses: frozenset[str] = frozenset()

    def addresses(self) -> frozenset[str]:
        """Return them as they are now, or were LOOK_EVERY_SECONDS ago."""
        moment = time.monotonic()
        if moment - self._looked_at >= LOOK_EVERY_SECONDS:
            self._looked_at = moment
            self._read()
        return self._addresses

    def _read(self) -> None:
        try:
            facts = self._path.stat()
        except OSError:
            return
        version = (facts.st_mtime_ns, facts.st_ino)
        if version == self._version:
            return
        self._version = version
        if seen := read_state(self._path, _Seen):
            self._addresses = frozenset(one.address for one in seen.contacts if one.is_reachable)

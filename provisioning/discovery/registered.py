"""From where phones are registered at the switch, as the monitor saw it last."""

from __future__ import annotations

import json
import time
from pathlib import Path

LOOK_EVERY_SECONDS = 0.5


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
            version = (facts.st_mtime_ns, facts.st_ino)
            if version == self._version:
                return
            contacts = json.loads(self._path.read_text()).get("contacts", [])
            self._addresses = frozenset(one["address"] for one in contacts if one["is_reachable"])
            self._version = version
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return

"""The office as the monitor read it last: for those who look often and need no newer one."""

from __future__ import annotations

import logging
from collections.abc import Callable

from appliance.errors import BelboxError
from appliance.office.office import Office
from appliance.operations.offices import unpacked_office

_log = logging.getLogger(__name__)


class LatestOffice:
    """Caches the newest office for callers that need no newer one; a lost database leaves the last one read."""

    def __init__(self, newest: Callable[[], Office]) -> None:
        self._newest = newest
        self._office: Office | None = None
        self._is_lost = False

    @property
    def office(self) -> Office:
        """What was read last; read now if nothing was."""
        return self._office or self.load()

    def load(self) -> Office:
        """Read the newest revision; where the database cannot be read, what was read last (or an empty office)."""
        try:
            self._office = self._newest()
            self._is_lost = False
        except BelboxError as fault:
            if not self._is_lost:
                _log.error("the office cannot be read: %s", fault)
            self._is_lost = True
            return self._office or unpacked_office()
        return self._office

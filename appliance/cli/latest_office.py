"""The office as the monitor read it last: for those who look often and need no newer one."""

from __future__ import annotations

from appliance.office.office import Office
from appliance.storage.office_repository import OfficeRepository


class LatestOffice:
    """Reading an office is work; one reader does it, and others share what it read."""

    def __init__(self, repository: OfficeRepository) -> None:
        self._repository = repository
        self._office: Office | None = None

    @property
    def office(self) -> Office:
        """What was read last; read now if nothing was."""
        return self._office or self.load()

    def load(self) -> Office:
        """Read the newest revision."""
        self._office = self._repository.newest()[1]
        return self._office

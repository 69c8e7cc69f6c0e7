"""What codes and keys at phones have set, as the switch has it now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.asterisk.manager_interface import ManagerInterface
from appliance.asterisk.switch_store import read_so_now
from appliance.errors import BelboxError
from appliance.office.office import Office

# For the faces, which may not reach further.
from appliance.office.so_now import Fact as Fact
from appliance.office.so_now import SoNow as SoNow
from appliance.operations.box import Box
from appliance.operations.service_status import ASK_SECONDS

KINDS_SET_AT_PHONES = frozenset({"night", "mode_key", "number", "extension"})


@dataclass(frozen=True, slots=True)
class SetAtPhones:
    """One box."""

    box: Box

    def now(self, office: Office) -> SoNow | None:
        """Return what is so; None: the switch does not answer."""
        try:
            with ManagerInterface(self.box.manager, answer_seconds=ASK_SECONDS) as manager:
                return read_so_now(manager, office)
        except (BelboxError, OSError):
            return None

    def facts(self, office: Office) -> tuple[Fact, ...] | None:
        """Return what is so, in the order of the office; None: the switch does not answer."""
        so = self.now(office)
        return None if so is None else so.facts(office, self.local_moment(office))

    def local_moment(self, office: Office) -> datetime:
        """Return the moment in the office's own time."""
        return self.box.now().astimezone(ZoneInfo(office.site.time_zone)).replace(tzinfo=None)

"""Prove that the switch runs what was applied, and that nobody was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from appliance.apply.loaded import marks_in, running_marks
from appliance.asterisk.live_state import calls_up
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.errors import ApplyFailed


@dataclass(frozen=True, slots=True)
class Before:
    """What must still be there afterwards: contacts by endpoint, and calls in progress."""

    contacts: frozenset[tuple[str, str]]
    calls: int


def note(manager: ManagerInterface) -> Before:
    """Look before the reload."""
    contacts = frozenset((item["Endpoint"], item.get("Uri", "")) for item in manager.list("PJSIPShowContacts"))
    return Before(contacts, calls_up(manager))


def confirm(manager: ManagerInterface, folder: Path, before: Before, endpoints: frozenset[str]) -> None:
    """Raise ApplyFailed unless the switch runs the files in `folder`, and kept the phones of these endpoints."""
    dial_plan, phones = running_marks(manager)
    wanted_dial_plan, wanted_phones = marks_in(folder)
    if dial_plan != wanted_dial_plan:
        raise ApplyFailed("dial-plan-not-run")
    if phones != wanted_phones:
        raise ApplyFailed("phones-not-run")
    after = note(manager)
    lost = {user for user, _ in before.contacts - after.contacts} & endpoints
    if lost:
        raise ApplyFailed("registrations-lost", value=", ".join(sorted(lost)))

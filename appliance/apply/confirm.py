"""Prove that the switch runs what was applied, and that nobody was lost on the way."""

from __future__ import annotations

from pathlib import Path

from appliance.apply.loaded import marks_in, running_marks
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.errors import ApplyFailed

Contacts = frozenset[tuple[str, str]]  # the endpoint and the address of each


def contacts_of(manager: ManagerInterface) -> Contacts:
    """Return which phones are registered now, and where."""
    return frozenset((item["Endpoint"], item.get("Uri", "")) for item in manager.list("PJSIPShowContacts"))


def confirm(manager: ManagerInterface, folder: Path, before: Contacts, endpoints: frozenset[str]) -> None:
    """Raise ApplyFailed unless the switch runs the files in `folder`, and kept the phones of these endpoints.

    `before`: who was registered before the reload.
    """
    dial_plan, phones = running_marks(manager)
    wanted_dial_plan, wanted_phones = marks_in(folder)
    if dial_plan != wanted_dial_plan:
        raise ApplyFailed("dial-plan-not-run")
    if phones != wanted_phones:
        raise ApplyFailed("phones-not-run")
    lost = {user for user, _ in before - contacts_of(manager)} & endpoints
    if lost:
        raise ApplyFailed("registrations-lost", value=", ".join(sorted(lost)))

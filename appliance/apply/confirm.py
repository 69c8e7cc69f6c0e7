"""Prove that the switch runs what was applied, and that nobody was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.asterisk.manager_interface import ManagerInterface
from appliance.compiler.checksum import DIALPLAN_CHECKSUM, pjsip_checksum_of, text_checksum_of
from appliance.compiler.config_file import ConfigFileSet
from appliance.compiler.object_names import TEST_PHONE
from appliance.errors import ApplyFailed


@dataclass(frozen=True, slots=True)
class Before:
    """What must still be there afterwards: contacts by endpoint, and calls in progress."""

    contacts: frozenset[tuple[str, str]]
    calls: int


def note(manager: ManagerInterface) -> Before:
    """Look before the reload."""
    contacts = frozenset((item["Endpoint"], item.get("Uri", "")) for item in manager.list("PJSIPShowContacts"))
    return Before(contacts, int(manager.act("CoreStatus").get("CoreCurrentCalls", "0")))


def confirm(manager: ManagerInterface, wanted: ConfigFileSet, before: Before, endpoints: frozenset[str]) -> None:
    """Raise ApplyFailed unless the switch answers, runs these files, and kept the phones of these endpoints."""
    manager.act("Ping")
    running = manager.act("Getvar", Variable=DIALPLAN_CHECKSUM).get("Value", "")
    if running != text_checksum_of(wanted, "extensions.conf"):
        raise ApplyFailed("the switch does not run the new dial plan.")
    running = _endpoint_account_code(manager)
    if running != pjsip_checksum_of(wanted):
        raise ApplyFailed("the switch does not run the new phones and lines.")
    after = note(manager)
    lost = {user for user, _ in before.contacts - after.contacts} & endpoints
    if lost:
        raise ApplyFailed(f"phones lost their registration: {', '.join(sorted(lost))}.")


def _endpoint_account_code(manager: ManagerInterface) -> str:
    for item in manager.list("PJSIPShowEndpoint", Endpoint=TEST_PHONE):
        if item.get("Event") == "EndpointDetail":
            return item.get("Accountcode", "")
    return ""

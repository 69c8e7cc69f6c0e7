"""Telling one registered phone something by SIP NOTIFY, through the switch: the one sender every phone trusts."""

from __future__ import annotations

import re

from appliance.asterisk.manager_interface import ManagerInterface

_EVENT = re.compile(r"[a-z][a-z-]{1,30}(?:;[a-z]+=[a-z]+)?")


def notify_phone(manager: ManagerInterface, uri: str, event: str) -> None:
    """Send a NOTIFY with this Event to one contact; ManagerRefused when the switch knows no way there.

    The switch keeps the phone's answer to itself (Asterisk: PJSIPNotify); that the phone did it shows by what it
    fetches.
    """
    if not _EVENT.fullmatch(event):
        raise ValueError(f"{event!r} is no event of a phone")
    manager.act("PJSIPNotify", URI=uri, Variable=f"Event={event},Subscription-State=terminated")

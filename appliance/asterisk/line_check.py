"""Whether a line lets us in now, and which channels ring: what the switch says while one looks."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface, Message

EVENT_WAIT_SECONDS = 0.2
Seen = TypeVar("Seen")
_DECIDED = frozenset({"Registered", "Rejected", "Stopped"})  # res_pjsip_outbound_registration.c, after each answer


def register_anew(address: ManagerAddress, registration: str, seconds: float) -> str:
    """Let a line log in again, and return what the switch says of the answer: `Registered`, or why not.

    Empty when no answer came in `seconds`. What it said of an earlier answer does not count.
    """
    with ManagerInterface(address, events=True) as manager:
        known = [
            one
            for one in manager.list("PJSIPShowRegistrationsOutbound")
            if one.get("Event") == "OutboundRegistrationDetail" and one.get("ObjectName") == registration
        ]
        if not known:
            return ""
        wanted = (known[0].get("ClientUri", ""), known[0].get("ServerUri", ""))
        manager.act("PJSIPRegister", Registration=registration)
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            for event in manager.events(EVENT_WAIT_SECONDS):
                is_ours = (event.get("Username", ""), event.get("Domain", "")) == wanted
                if event.get("Event") == "Registry" and is_ours and event.get("Status") in _DECIDED:
                    return event["Status"]
                if time.monotonic() >= limit:
                    break
    return ""


def watch_during(
    address: ManagerAddress, act: Callable[[], Seen], is_wanted: Callable[[Message], bool]
) -> tuple[Seen, Message | None]:
    """Do something, and return what it gave and the first wanted event of the time that it took; None: none came."""
    with ManagerInterface(address, events=True) as manager, ThreadPoolExecutor(1) as doing:
        manager.drop_events()
        done = doing.submit(act)
        found: Message | None = None
        is_over = False
        while found is None and not is_over:
            is_over = done.done()  # before the last look: what was said just as it ended counts too
            found = next(filter(is_wanted, manager.events(EVENT_WAIT_SECONDS)), None)
        return done.result(), found

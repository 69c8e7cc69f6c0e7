"""What changes during a call or by a key at a phone: kept by the switch itself, and read from it (so_now.py).

A setting that a console saves is given to the switch when it differs from what was given before, so that a change
made at a phone is not lost by an unrelated one.
"""

from __future__ import annotations

from collections.abc import Mapping

from appliance.office.forwarding import ForwardCase
from appliance.office.night import NightSetting
from appliance.office.office import Office

DO_NOT_DISTURB = "do-not-disturb"
NO_CALL_WAITING = "no-call-waiting"
# Set for good once a phone has been quiet, without call waiting, or somebody's guest desk: the switch then looks at the
# settings of that extension one by one, and for all others spares itself the trouble.
SPECIAL = "special"
NIGHT_STATE = "night/state"
FORWARD_SECONDS = "forward-seconds"  # how long a phone rings before a no-answer forward set by code
NUMBER_FORWARD = "forward-number"
ALL_NUMBERS = "all"
GUEST_AT_PHONE = "desk"  # who is logged in, by the name that the phone registers with


def forward_family(case: ForwardCase) -> str:
    """Return the family of the switch's store that holds the forwards of one case, by extension id."""
    return f"forward-{case.value}"


def families() -> tuple[str, ...]:
    """Return every family of the store that holds what is set at phones, but for mode keys."""
    forwards = (forward_family(case) for case in ForwardCase)
    return (NIGHT_STATE.partition("/")[0], DO_NOT_DISTURB, *forwards, NUMBER_FORWARD, GUEST_AT_PHONE)


def live_settings(office: Office) -> Mapping[str, str]:
    """Return each setting the console gives the switch's store, by its `family/key`; what is off is not there."""
    settings: dict[str, str] = {}
    for extension in office.extensions:
        if extension.do_not_disturb:
            settings[f"{DO_NOT_DISTURB}/{extension.id}"] = "1"
        if not extension.has_call_waiting:
            settings[f"{NO_CALL_WAITING}/{extension.id}"] = "1"
        if extension.do_not_disturb or not extension.has_call_waiting:
            settings[f"{SPECIAL}/{extension.id}"] = "1"
        for case, number in extension.forwarding.each():
            if number is not None:
                settings[f"{forward_family(case)}/{extension.id}"] = str(number)
    if office.night.setting is not NightSetting.AUTO:
        settings[NIGHT_STATE] = office.night.setting.value
    return settings

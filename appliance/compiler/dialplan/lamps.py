"""Lamps (hints): what a line key shows for people, groups, call plans, mode keys, parking slots and night mode.

Night mode is the only one that changes by itself, when its hours begin or end: the switch's clock looks after its lamp.
"""

from __future__ import annotations

from appliance.compiler.dialplan import times
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do, Hint
from appliance.compiler.object_names import LAMPS, PARKING_LOT, mode_key_device, phone_endpoint
from appliance.compiler.switch_clock import CALL_FILE, CLOCK, CLOCK_FILE
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_plan import RingExtension, RingTheGroup
from appliance.office.feature_codes import CODES, FeatureCode
from appliance.office.office import Office

NIGHT_DEVICE = "Custom:night"
LIGHT_NIGHT_LAMP = Do("Gosub", "night-lamp,s,1")
_MOST_CLOCK_BYTES = 65536


def contexts(office: Office, target: AsteriskTarget) -> list[Context]:
    """Return every lamp a phone may ask for, and what keeps that of night mode right."""
    return [_hints(office), _night_lamp(), _clock(office, target)]


def _night_lamp() -> Context:
    """Only a lamp that is wrong is written: each writing goes to the switch's store."""
    lit = "${IF($[${GOSUB_RETVAL} = 1]?INUSE:NOT_INUSE)}"
    steps = (
        Do("Gosub", "night,s,1"),
        Do("Set", f"LOCAL(LAMP)={lit}"),
        Do(
            "ExecIf",
            f'$["${{DEVICE_STATE({NIGHT_DEVICE})}}" != "${{LAMP}}"]?Set(DEVICE_STATE({NIGHT_DEVICE})=${{LAMP}})',
        ),
        Do("Return"),
    )
    return Context("night-lamp", (DialplanExtension("s", steps),), "The lamp of night mode tells what is so now")


def _clock(office: Office, target: AsteriskTarget) -> Context:
    file = f"{target.directories.spool}/{CLOCK_FILE}"
    steps = (
        times.take_moment(office),
        LIGHT_NIGHT_LAMP,
        # One line for each attempt so far stands after the call file's own.
        Do("ExecIf", f"$[0${{STAT(s,{file})}} > {_MOST_CLOCK_BYTES}]?Set(FILE({file},{len(CALL_FILE)})=)"),
        Do("Hangup"),
    )
    return Context(CLOCK, (DialplanExtension("s", steps),), "What the switch does every few seconds")


def _hints(office: Office) -> Context:
    hints = [Hint(item.number.digits, _phones(office, (item.id,))) for item in office.extensions]
    hints += [
        Hint(item.number.digits, _phones(office, item.member_ids)) for item in office.ring_groups if item.member_ids
    ]
    for plan in office.call_plans:
        rung = tuple(dict.fromkeys(extension_id for step in plan.steps for extension_id in _rung(office, step)))
        if plan.number and rung:
            hints.append(Hint(plan.number.digits, _phones(office, rung)))
    hints += [Hint(key.number.digits, mode_key_device(key.id)) for key in office.mode_keys]
    hints.append(Hint(CODES[FeatureCode.NIGHT_SWITCH].digits, NIGHT_DEVICE))
    if office.parking:
        hints += [Hint(slot, f"park:{slot}@{PARKING_LOT}-slots") for slot in office.parking.slots()]
    return Context(LAMPS, tuple(hints), "Lamps")


def _phones(office: Office, extension_ids: tuple[str, ...]) -> str:
    return "&".join(f"PJSIP/{phone_endpoint(office.extension(extension_id))}" for extension_id in extension_ids)


def _rung(office: Office, step: object) -> tuple[str, ...]:
    match step:
        case RingExtension(extension_id, _):
            return (extension_id,)
        case RingTheGroup(ring_group_id, _):
            return office.ring_group(ring_group_id).member_ids
        case _:
            return ()

"""Lamps (hints): what a line key shows for people, groups, call plans, mode keys, parking slots and night mode."""

from __future__ import annotations

from appliance.compiler.dialplan.feature_codes import NIGHT_DEVICE
from appliance.compiler.dialplan_text import Context, Hint
from appliance.compiler.object_names import LAMPS, PARKING_LOT, mode_key_device, phone_endpoint
from appliance.office.call_plan import RingExtension, RingTheGroup
from appliance.office.feature_codes import CODES, FeatureCode
from appliance.office.office import Office


def context(office: Office) -> Context:
    """Return every lamp a phone may ask for."""
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

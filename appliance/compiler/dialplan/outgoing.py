"""Calls to the public network: the trunks are tried in order until one takes the call."""

from __future__ import annotations

from appliance.compiler.dialplan_text import Do
from appliance.compiler.object_names import trunk_endpoint
from appliance.office.call_path import CallOutside
from appliance.office.office import Office

EMERGENCY_RING_SECONDS = 120

# The line refused or is dark: CHANUNAVAIL (no answer at all, not registered), CONGESTION (5xx and the like).
_REFUSED = '$["${DIALSTATUS}" = "CHANUNAVAIL" | "${DIALSTATUS}" = "CONGESTION"]'


def call_outside(office: Office, step: CallOutside, index: int) -> list[Do]:
    """Call a number; a busy or silent callee is never tried again on another trunk.

    A number that the caller dialled gives the caller its own busy tone; a number that the office sends the
    call to leaves it to the next step.
    """
    called = step.number.e164 if step.number else "${NUMBER}"
    known = f'$[${{REGEX("^[+][1-9][0-9]{{6,14}}$" {called})}} = 1]'
    lines = [Do("GotoIf", f"{known}?number-{index}"), Do("Hangup", "28"), Do("NoOp", label=f"number-{index}")]
    lines += _show_company_number(office)
    for position, trunk_id in enumerate(step.trunk_ids):
        following = f"trunk-{index}-{position + 1}"
        lines += [
            Do("GotoIf", f"{_is_dark(trunk_id)}?{following}", label=f"trunk-{index}-{position}"),
            Do("Dial", f"PJSIP/{called}@{trunk_endpoint(trunk_id)},{step.seconds}"),
            Do("GotoIf", f"{_REFUSED}?{following}:tried-{index}"),
        ]
    no_trunk_took_it = f"trunk-{index}-{len(step.trunk_ids)}"
    if step.number is None:
        lines.append(Do("Goto", no_trunk_took_it))
        lines.append(Do("Hangup", "${HANGUPCAUSE}", label=f"tried-{index}"))
    else:
        lines.append(Do("NoOp", label=f"tried-{index}"))
    lines.append(Do("Set", "CALLERID(all)=${CALLER}", label=no_trunk_took_it))
    return lines


def call_emergency(office: Office, trunk_ids: tuple[str, ...], index: int) -> list[Do]:
    """Call as dialled; first the lines that answer, then every line, whatever is thought of it."""
    lines = _show_company_number(office)
    attempts = [(trunk_id, True) for trunk_id in trunk_ids] + [(trunk_id, False) for trunk_id in trunk_ids]
    for position, (trunk_id, only_if_up) in enumerate(attempts):
        label = f"trunk-{index}-{position}"
        following = f"trunk-{index}-{position + 1}"
        lines.append(
            Do("GotoIf", f"{_is_dark(trunk_id)}?{following}", label=label) if only_if_up else Do("NoOp", label=label)
        )
        lines.append(Do("Dial", f"PJSIP/${{NUMBER}}@{trunk_endpoint(trunk_id)},{EMERGENCY_RING_SECONDS}"))
    lines.append(Do("NoOp", label=f"trunk-{index}-{len(attempts)}"))
    return lines


def _show_company_number(office: Office) -> list[Do]:
    """The public network is shown a number that can be called back; the caller is kept for what follows."""
    lines = [Do("Set", "CALLER=${CALLERID(all)}")]
    if office.site.company_number is not None:
        lines += [
            Do("Set", "CALLERID(name)="),
            Do("Set", f"CALLERID(num)={office.site.company_number}"),
        ]
    return lines


def _is_dark(trunk_id: str) -> str:
    return f'$["${{DEVICE_STATE(PJSIP/{trunk_endpoint(trunk_id)})}}" = "UNAVAILABLE"]'

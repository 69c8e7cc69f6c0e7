"""Ringing phones of the office, and knowing when there are none."""

from __future__ import annotations

from appliance.compiler.dialplan_text import Do
from appliance.compiler.object_names import phone_endpoint, subject_context
from appliance.office.call_path import SubjectId
from appliance.office.office import Office


def ring(office: Office, extension_ids: tuple[str, ...], seconds: int, index: int) -> list[Do]:
    """Ring every reachable phone of these extensions; with none, take the call's backup if it has one."""
    lines = [Do("Set", "RING=")]
    for extension_id in extension_ids:
        contacts = f"${{PJSIP_DIAL_CONTACTS({phone_endpoint(office.extension(extension_id))})}}"
        skip = f"without-{index}-{extension_id}"
        lines += [
            # Contacts that do not answer OPTIONS are left out by the function itself (res_pjsip).
            Do("Set", f"CONTACTS={contacts}"),
            Do("GotoIf", f"$[${{LEN(${{CONTACTS}})}} = 0]?{skip}"),
            Do("Set", "RING=${RING}&${CONTACTS}"),
            Do("NoOp", label=skip),
        ]
    lines += [
        Do("GotoIf", f"$[${{LEN(${{RING}})}} = 0]?nobody-{index}"),
        Do("Dial", f"${{RING:1}},{seconds}"),
        # CHANUNAVAIL: every phone was silent, as after a cut cable that is not known yet.
        Do("GotoIf", f'$["${{DIALSTATUS}}" != "CHANUNAVAIL"]?rung-{index}'),
        Do("GotoIf", '$["${BACKUP}" != ""]?${BACKUP},s,1', label=f"nobody-{index}"),
        Do("NoOp", label=f"rung-{index}"),
    ]
    return lines


def check_reachable(office: Office, extension_ids: tuple[str, ...], otherwise: SubjectId, index: int) -> list[Do]:
    """Go on if one of these extensions has a phone that answers the switch, else to the other subject."""
    lines = [
        Do(
            "GotoIf",
            f"$[${{LEN(${{PJSIP_DIAL_CONTACTS({phone_endpoint(office.extension(extension_id))})}})}} > 0]"
            f"?reachable-{index}",
        )
        for extension_id in extension_ids
    ]
    lines.append(Do("Goto", f"{subject_context(otherwise)},s,1"))
    lines.append(Do("NoOp", label=f"reachable-{index}"))
    return lines

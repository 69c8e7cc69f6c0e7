"""One context per subject of the call path, one run of lines per step.

Variables of a call: NUMBER, what was dialled, as it would go out; BACKUP, the context that takes the call
when no phone can be rung.
"""

from __future__ import annotations

from typing import assert_never

from appliance.compiler.dialplan import outgoing, ringing
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import VOICEMAIL_CONTEXT, mailbox, subject_context
from appliance.office.call_path import (
    CallEmergency,
    CallOutside,
    CheckOpen,
    CheckReachable,
    Continue,
    Echo,
    End,
    EndReason,
    LeaveMessage,
    ListenToMessages,
    ReturnDigits,
    Ring,
    Step,
    SubjectId,
    SubjectKind,
    WatchBackup,
)
from appliance.office.office import Office
from appliance.office.schedule import OpeningHours

# Q.850 causes: what the caller's telephone is told.
_HANGUP_CAUSE = {
    EndReason.NO_ANSWER: "19",
    EndReason.ASKED: "16",
    EndReason.NO_COMPANY_NUMBER: "21",
    EndReason.NO_LINE: "34",
}


def context(office: Office, subject: SubjectId, steps: tuple[Step, ...]) -> Context:
    """Return the context that does a subject's steps."""
    lines: list[Do] = [Do("NoOp")]
    for index, step in enumerate(steps):
        lines += _lines(office, step, index)
    return Context(subject_context(subject), (DialplanExtension("s", tuple(lines)),), _comment(office, subject))


def _lines(office: Office, step: Step, index: int) -> list[Do]:
    match step:
        case WatchBackup(backup):
            return [Do("Set", f"BACKUP={subject_context(backup)}")]
        case CheckReachable(extension_ids, otherwise):
            return ringing.check_reachable(office, extension_ids, otherwise, index)
        case CheckOpen(opening_hours_id, otherwise):
            hours = office.opening_hours_of(opening_hours_id)
            return _check_open(hours, office.site.time_zone, otherwise, index)
        case Ring(extension_ids, seconds):
            return ringing.ring(office, extension_ids, seconds, index)
        case CallOutside():
            return outgoing.call_outside(office, step, index)
        case CallEmergency(trunk_ids):
            return outgoing.call_emergency(office, trunk_ids, index)
        case LeaveMessage(extension_id):
            return [
                Do("Answer"),
                Do("Playback", "vm-nobodyavail"),
                Do("VoiceMail", f"{mailbox(extension_id)}@{VOICEMAIL_CONTEXT}"),
                Do("Hangup"),
            ]
        case ListenToMessages():
            return _listen(office)
        case Echo():
            return [Do("Answer"), Do("Echo"), Do("Hangup")]
        case ReturnDigits():
            return [
                Do("Answer"),
                Do("Read", "DIGITS,,4,,1,8"),
                Do("SendDTMF", "${FILTER(0-9,${DIGITS})},200,200"),
                Do("Wait", "1"),
                Do("Hangup"),
            ]
        case Continue(subject):
            return [Do("Goto", f"{subject_context(subject)},s,1")]
        case End(reason):
            return [Do("Hangup", _HANGUP_CAUSE[reason])]
        case _:
            assert_never(step)


def _check_open(hours: OpeningHours, time_zone: str, otherwise: SubjectId, index: int) -> list[Do]:
    """Compare weekday, hour and minute as one number: Monday 08:30 is 10830."""
    lines = [Do("Set", f"NOW=${{STRFTIME(,{time_zone},%u%H%M)}}")]
    for day in sorted(hours.periods):
        for period in hours.periods[day]:
            first = f"{day + 1}{period.start // 60:02}{period.start % 60:02}"
            end = f"{day + 1}{period.end // 60:02}{period.end % 60:02}"
            lines.append(Do("GotoIf", f"$[${{NOW}} >= {first} & ${{NOW}} < {end}]?open-{index}"))
    lines.append(Do("Goto", f"{subject_context(otherwise)},s,1"))
    lines.append(Do("NoOp", label=f"open-{index}"))
    return lines


def _listen(office: Office) -> list[Do]:
    """A phone of the office hears its own extension's box without a PIN."""
    lines = [Do("Answer")]
    owners = [extension for extension in office.extensions if extension.voicemail]
    for extension in owners:
        lines.append(Do("GotoIf", f'$["${{CHANNEL(endpoint)}}" = "{extension.sip_user}"]?own-{extension.id}'))
    lines += [Do("VoiceMailMain", f"@{VOICEMAIL_CONTEXT}"), Do("Hangup")]
    for extension in owners:
        box = f"{mailbox(extension.id)}@{VOICEMAIL_CONTEXT},s"
        lines += [Do("VoiceMailMain", box, label=f"own-{extension.id}"), Do("Hangup")]
    return lines


def _comment(office: Office, subject: SubjectId) -> str:
    match subject.kind:
        case SubjectKind.EXTENSION:
            extension = office.extension(subject.id)
            return f"Extension {extension.number}: {extension.name}"
        case SubjectKind.RING_GROUP:
            group = office.ring_group(subject.id)
            return f"Ring group {group.number}: {group.name}"
        case SubjectKind.BACKUP_ROUTE:
            return f"Backup route: {office.backup_route(subject.id).name}"
        case SubjectKind.NUMBER | SubjectKind.CLOSED:
            number = next(item for item in office.numbers if item.id == subject.id)
            closed = ", outside opening hours" if subject.kind is SubjectKind.CLOSED else ""
            return f"Number {number.number}{closed}"
        case _:
            return subject.kind.value.replace("_", " ").capitalize()

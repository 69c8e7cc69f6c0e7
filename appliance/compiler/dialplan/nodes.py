"""One context per object of the call path, one extension per part of it, one run of lines per step.

Variables of a call: ORIGIN, inside or outside; EXTENSION, the id of the extension that calls; CALLER, who calls from
outside (E.164, empty if withheld); NUMBER, what was called, as it would go out; SHOWN, the number lines show; BACKUP,
the context that takes the call when no phone can be rung; RETURN_TO, who gets an unanswered transfer back.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import assert_never

from appliance.compiler.dialplan import emergency, menus, messages, numbers, outgoing, ringing, times
from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import mode_key_device, subject_context, subject_place
from appliance.compiler.target import AsteriskTarget
from appliance.compiler.texts_conf import CODE_PLACE, text_section
from appliance.office.call_path.steps import (
    NO_NUMBER,
    AskCode,
    AskExtension,
    AskKey,
    AskName,
    CallEmergency,
    CallOutside,
    CallPath,
    CheckCaller,
    CheckMode,
    CheckNight,
    CheckPermission,
    CheckReachable,
    CheckTime,
    ChooseRingTone,
    Continue,
    Echo,
    End,
    EndReason,
    FollowForward,
    FollowNumberForward,
    Hunt,
    LeaveMessage,
    ListenToMessages,
    NodeId,
    NodeKind,
    Play,
    ReturnDigits,
    Ring,
    RingBackEmergency,
    ShowLabel,
    Speak,
    Step,
    SwitchMode,
    WatchBackup,
)
from appliance.office.caller import Anonymous, CallerNumber, CallerTest, Everybody
from appliance.office.explain import MOST_FORWARDS, subject_name
from appliance.office.live_settings import ALL_NUMBERS, NUMBER_FORWARD, forward_family
from appliance.office.office import Office

# Q.850 causes: what the caller's telephone is told.
_HANGUP_CAUSE = {
    EndReason.NO_ANSWER: "19",
    EndReason.BUSY: "17",
    EndReason.ASKED: "16",
    EndReason.REFUSED: "21",
    EndReason.NO_COMPANY_NUMBER: "21",
    EndReason.NO_SUCH_NUMBER: "1",
    EndReason.NOT_ALLOWED: "21",
    EndReason.NO_LINE: "34",
    EndReason.TOO_MANY_FORWARDS: "25",
}


def contexts(office: Office, target: AsteriskTarget, call_path: CallPath) -> list[Context]:
    """Return the context of every object."""
    by_object = groupby(sorted(call_path.subjects), key=lambda subject: (subject.kind, subject.id))
    return [_context(office, target, call_path.subjects, list(subjects)) for _, subjects in by_object]


def _context(
    office: Office, target: AsteriskTarget, steps_of: Mapping[NodeId, tuple[Step, ...]], subjects: list[NodeId]
) -> Context:
    extensions: list[DialplanExtension] = []
    for subject in subjects:
        # A backup route is taken once: one that leads to a phone after all does not send the call round.
        is_backup = subject.kind is NodeKind.BACKUP_ROUTE
        lines: list[Do] = [Do("Set", "BACKUP=")] if is_backup else []
        for index, step in enumerate(steps_of[subject]):
            lines += _lines(office, target, subject, step, index)
            if isinstance(step, AskKey):
                extensions += menus.key_extensions(step, subject, index)
        extensions.append(DialplanExtension(subject.part or "s", tuple(lines) or (Do("NoOp"),)))
    return Context(subject_context(subjects[0]), tuple(extensions), _comment(office, subjects[0]))


def _lines(office: Office, target: AsteriskTarget, subject: NodeId, step: Step, index: int) -> list[Do]:
    match step:
        case WatchBackup(backup_route_id):
            route = NodeId(NodeKind.BACKUP_ROUTE, backup_route_id)
            return [Do("Set", f"BACKUP={subject_context(route)}")]
        case CheckReachable():
            return ringing.check_reachable(step)
        case CheckTime():
            return times.check_time(step)
        case CheckNight():
            return times.check_night(step, index)
        case CheckMode(mode_key_id, red, green):
            is_red = f'$["${{DEVICE_STATE({mode_key_device(mode_key_id)})}}" = "INUSE"]'
            return [Do("GotoIf", f"{is_red}?{subject_place(red)}:{subject_place(green) if green else ''}")]
        case CheckCaller():
            return _check_caller(step)
        case CheckPermission(otherwise):
            return outgoing.check_permission(office, step, subject_place(otherwise))
        case FollowForward(extension_id, case, outside):
            payer = office.permission_of(office.extension(extension_id)).id
            return _follow([f"{forward_family(case)}/{extension_id}"], outside, payer, index)
        case FollowNumberForward(number_id, outside):
            keys = [f"{NUMBER_FORWARD}/{ALL_NUMBERS}", f"{NUMBER_FORWARD}/{number_id}"]
            return _follow(keys, outside, numbers.AUTOMATIC, index)
        case RingBackEmergency():
            return ringing.ring_back_emergency(step, index)
        case Ring():
            return ringing.ring(office, step, index)
        case Hunt():
            return ringing.hunt(office, step, index)
        case CallOutside():
            return outgoing.call_outside(step, index)
        case CallEmergency():
            return emergency.call_emergency(office, step, index)
        case ShowLabel(labelled):
            text = f"AST_CONFIG(texts.conf,{text_section(labelled)},label)"
            return [
                Do("Set", f"LABEL=${{{text}}}"),
                Do("Set", f"LABEL=${{STRREPLACE(LABEL,{CODE_PLACE},${{TYPED}})}}"),
                Do("ExecIf", '$["${CALLER_NAME}" = ""]?Set(CALLER_NAME=${CALLERID(name)})'),
                Do("Set", "CALLERID(name)=${LABEL} ${CALLER_NAME}"),
            ]
        case ChooseRingTone(tone):
            return [Do("Set", f"__RING_TONE={tone.value}")]
        case Speak(language):
            return [Do("Set", f"CHANNEL(language)={language.value}")]
        case Play():
            return messages.play(office, target, step)
        case AskKey():
            return menus.ask_key(office, target, step, subject, index)
        case AskCode():
            return menus.ask_code(office, target, step, index)
        case AskExtension():
            return menus.ask_extension(step, index)
        case AskName():
            return menus.ask_name(step)
        case LeaveMessage():
            return messages.leave_message(office, target, step, index)
        case ListenToMessages():
            return messages.listen()
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
        case SwitchMode(mode_key_id):
            return _switch_mode(mode_key_id)
        case Continue(following):
            return [Do("Goto", subject_place(following))]
        case End(reason):
            return [Do("Hangup", _HANGUP_CAUSE[reason])]
        case _:
            assert_never(step)


def _check_caller(step: CheckCaller) -> list[Do]:
    callers = " | ".join(f"({_is_meant(test)})" for test in step.callers)
    hours = f" & ({times.holds(step.hours)})" if step.hours else ""
    meant = f'$["${{ORIGIN}}" = "outside" & ({callers}){hours}]'
    return [Do("GotoIf", f"{meant}?{subject_place(step.then)}")]


def _is_meant(test: CallerTest) -> str:
    match test:
        case Everybody():
            return "1"
        case Anonymous():
            return '"${CALLER}" = ""'
        case CallerNumber(e164, is_beginning):
            caller = f"${{CALLER:0:{len(e164)}}}" if is_beginning else "${CALLER}"
            return f'"x{caller}" = "x{e164}"'
        case _:
            assert_never(test)


def _follow(keys: list[str], outside: NodeId, payer: str, index: int) -> list[Do]:
    """Go where the switch's store says, on the payer's permission; outside as this object's forward."""
    after = f"not-forwarded-{index}"
    first, rest = keys[0], keys[1:]
    stored = "".join(f"${{DB({key})}}" for key in keys)
    lines = [Do("GotoIf", f'$["{stored}" = ""]?{after}'), Do("Set", f"TO=${{DB({first})}}")]
    lines += [Do("ExecIf", f'$["${{TO}}" = ""]?Set(TO=${{DB({key})}})') for key in rest]
    return [
        *lines,
        Do("Set", "__FORWARDS=$[0${FORWARDS} + 1]"),
        Do("ExecIf", f"$[${{FORWARDS}} > {MOST_FORWARDS}]?Hangup({_HANGUP_CAUSE[EndReason.TOO_MANY_FORWARDS]})"),
        Do("MSet", f"NUMBER=${{TO}},PERMISSION={payer}"),
        Do("GotoIf", "$[${DIALPLAN_EXISTS(callable,${TO},1)}]?callable,${TO},1"),
        Do("Gosub", "forward-number,${TO},1"),
        Do("Set", "NUMBER=${GOSUB_RETVAL}"),
        Do("GotoIf", f'$["${{NUMBER}}" = ""]?{subject_place(NO_NUMBER)}:{subject_place(outside)}'),
        Do("NoOp", label=after),
    ]


def _switch_mode(mode_key_id: str) -> list[Do]:
    device = mode_key_device(mode_key_id)
    return [
        Do("Answer"),
        Do("GotoIf", f'$["${{DEVICE_STATE({device})}}" = "INUSE"]?green'),
        Do("Set", f"DEVICE_STATE({device})=INUSE"),
        Do("Playback", "belbox/mode-red"),
        Do("Hangup"),
        Do("Set", f"DEVICE_STATE({device})=NOT_INUSE", label="green"),
        Do("Playback", "belbox/mode-green"),
        Do("Hangup"),
    ]


def _comment(office: Office, subject: NodeId) -> str:
    kind = subject.kind.value.replace("_", " ").capitalize()
    name = subject_name(office, subject)
    return f"{kind}: {name}" if name else kind

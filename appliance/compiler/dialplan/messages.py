"""What the switch says, and voicemail."""

from __future__ import annotations

from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import VOICEMAIL_CONTEXT, mailbox
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_path.steps import Greeting, LeaveMessage, OfficePrompt, OwnSound, Play, Said
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.numbers import LONGEST_SHORT_NUMBER
from appliance.office.office import Office
from appliance.office.voicemail import LISTEN_NUMBER, VoicemailBox

_BOXES = "boxes"
_NUMBER_TRIES = 3
_OWN_GREETING = {Greeting.NO_ANSWER: "unavail", Greeting.BUSY: "busy"}  # files app_voicemail records
_DEFAULT_GREETING = {Greeting.NO_ANSWER: "belbox/nobody-available", Greeting.BUSY: "belbox/busy"}


def said(office: Office, target: AsteriskTarget, what: Said) -> str:
    """Return the sound's name as the switch's applications take it."""
    match what:
        case OwnSound(name):
            return f"belbox/{name}"
        case OfficePrompt(prompt_id):
            return f"{target.directories.prompts}/{office.prompt(prompt_id).sound}"


def play(office: Office, target: AsteriskTarget, step: Play) -> list[Do]:
    """Say something; a call that is not answered yet hears it without costing the caller."""
    # Progress opens the way for sound before an answer; without it such a caller hears nothing.
    return [Do("Progress"), Do("Playback", f"{said(office, target, step.said)},noanswer")]


def leave_message(office: Office, target: AsteriskTarget, step: LeaveMessage, index: int) -> list[Do]:
    """Greet by a prompt of the office, else by a greeting recorded by phone, else in our own words."""
    box = box_of(office, step.box)
    name = mailbox(step.box)
    greeting = box.greeting_id
    if step.greeting is Greeting.BUSY and box.busy_greeting_id:
        greeting = box.busy_greeting_id
    lines = [Do("Answer")]
    if greeting is not None:
        lines.append(Do("Playback", said(office, target, OfficePrompt(greeting))))
    else:
        recorded = f"{target.directories.spool}/voicemail/{VOICEMAIL_CONTEXT}/{name}/{_OWN_GREETING[step.greeting]}"
        default = _DEFAULT_GREETING[step.greeting]
        lines.append(Do("Playback", f'${{IF($["${{STAT(e,{recorded}.wav)}}" = "1"]?{recorded}:{default})}}'))
    if not box.takes_messages:
        return lines
    instructions = ",s" if greeting is not None else ""
    return [*lines, Do("VoiceMail", f"{name}@{VOICEMAIL_CONTEXT}{instructions}"), Do("Hangup")]


def listen() -> list[Do]:
    """A phone of the office hears the box of whoever is logged in there, without a PIN; any other by number and PIN."""
    return [
        Do("Answer"),
        Do("GotoIf", '$["${BOX}" = ""]?ask'),
        Do("VoiceMailMain", f"${{BOX}}@{VOICEMAIL_CONTEXT},s"),
        Do("Hangup"),
        Do("Set", "TRIES=0", label="ask"),
        Do("Set", "TRIES=$[${TRIES} + 1]", label="again"),
        Do("GotoIf", f"$[${{TRIES}} > {_NUMBER_TRIES}]?over"),
        Do("Read", f"TYPED,belbox/enter-extension,{LONGEST_SHORT_NUMBER},,1,6"),
        # Nothing typed is no number to look for.
        Do("GotoIf", '$["${TYPED}" = ""]?again'),
        Do("GotoIf", f"$[${{DIALPLAN_EXISTS({_BOXES},${{TYPED}},1)}}]?{_BOXES},${{TYPED}},1"),
        Do("Playback", "belbox/number-unknown"),
        Do("Goto", "again"),
        Do("Hangup", label="over"),
    ]


def boxes(office: Office) -> list[Context]:
    """Return the boxes by the number that a person types, and the codes by which a phone opens one."""
    opened, codes = [], []
    for number, box in office.boxes_by_number().items():
        # Without an option app_voicemail takes an "s" or "p" at the beginning of a box's name for one (vm_execmain).
        steps = (Do("Answer"), Do("VoiceMailMain", f"{mailbox(box)}@{VOICEMAIL_CONTEXT},g(0)"), Do("Hangup"))
        opened.append(DialplanExtension(number, steps))
        codes.append(DialplanExtension(f"{LISTEN_NUMBER}{number}", (Do("Goto", f"{_BOXES},{number},1"),)))
    return [
        Context(_BOXES, tuple(opened), "Voicemail boxes by number; each asks for its PIN"),
        Context("codes", tuple(codes)),
    ]


def box_of(office: Office, box: ToVoicemail | ToSharedVoicemail) -> VoicemailBox:
    """Return the box itself."""
    if isinstance(box, ToSharedVoicemail):
        return office.shared_voicemail(box.box_id).box
    if box.extension_id is None:
        return office.company_voicemail
    return office.extension(box.extension_id).voicemail or office.company_voicemail

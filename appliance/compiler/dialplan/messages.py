"""What the switch says, and voicemail."""

from __future__ import annotations

from appliance.compiler.dialplan_text import Do
from appliance.compiler.object_names import VOICEMAIL_CONTEXT, mailbox
from appliance.compiler.target import AsteriskTarget
from appliance.office.call_path.steps import Greeting, LeaveMessage, OfficePrompt, OwnSound, Play, Said
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.office import Office
from appliance.office.voicemail import VoicemailBox

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
    """A phone of the office hears the box of whoever is logged in there, without a PIN."""
    return [
        Do("Answer"),
        Do("GotoIf", '$["${BOX}" = ""]?ask'),
        Do("VoiceMailMain", f"${{BOX}}@{VOICEMAIL_CONTEXT},s"),
        Do("Hangup"),
        Do("VoiceMailMain", f"@{VOICEMAIL_CONTEXT}", label="ask"),
        Do("Hangup"),
    ]


def box_of(office: Office, box: ToVoicemail | ToSharedVoicemail) -> VoicemailBox:
    """Return the box itself."""
    if isinstance(box, ToSharedVoicemail):
        return office.shared_voicemail(box.box_id).box
    if box.extension_id is None:
        return office.company_voicemail
    return office.extension(box.extension_id).voicemail or office.company_voicemail

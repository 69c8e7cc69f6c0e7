"""Places a call can be sent to, and callers, each as one text: `201`, `voicemail 201`, `plan helpdesk`, `+3247*`."""

from __future__ import annotations

import re
from collections.abc import Callable

from appliance.office.backup_route import BackupDestination
from appliance.office.caller import Anonymous, CallerNumber, CallerTest, Everybody
from appliance.office.destination import (
    Destination,
    HangUp,
    PlayPrompt,
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToSharedVoicemail,
    ToSpeedDial,
    ToVoicemail,
)
from appliance.office.numbers import LONGEST_SHORT_NUMBER, ExtensionNumber, PhoneNumber
from appliance.office.problems import InvalidValueError
from appliance.office.voicemail import COMPANY_VOICEMAIL_NUMBER
from appliance.storage.document.kinds import Words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.reading import Reading, shown

VOICEMAIL = "voicemail"
HANG_UP = "hang up"
EVERYBODY = "all"
ANONYMOUS = "anonymous"
_MAKERS: dict[str, type[ToExtension | ToRingGroup | ToCallPlan | ToAttendant | ToSharedVoicemail | ToSpeedDial]] = {
    "extension": ToExtension,
    "ring_group": ToRingGroup,
    "call_plan": ToCallPlan,
    "attendant": ToAttendant,
    "shared_voicemail": ToSharedVoicemail,
    "speed_dial": ToSpeedDial,
}
_WITH_WORD: dict[str, tuple[str, Callable[[str], Destination]]] = {
    VOICEMAIL: ("extension", ToVoicemail),
    "plan": ("call_plan", ToCallPlan),
    "attendant": ("attendant", ToAttendant),
    "box": ("shared_voicemail", ToSharedVoicemail),
    "prompt": ("prompt", PlayPrompt),
    "speed-dial": ("speed_dial", ToSpeedDial),
}
_SHORT = re.compile(rf"[0-9]{{1,{LONGEST_SHORT_NUMBER}}}")
_OUTSIDE = re.compile(r"[+0-9][0-9 ./()\u00a0-]{4,}")
_SPACES = re.compile(r"[ .\-/()\u00a0]")


def _read_destination(text: str, reading: Reading) -> Destination:
    word = " ".join(text.split())
    if word == HANG_UP:
        return HangUp()
    if word in {VOICEMAIL, COMPANY_VOICEMAIL_NUMBER.digits}:
        return ToVoicemail()
    found = reading.names.kind_with_number(word, tuple(_MAKERS))
    if found is not None:
        kind, one = found
        return _MAKERS[kind](one)
    first, _, rest = word.partition(" ")
    if first in _WITH_WORD:
        kind, make = _WITH_WORD[first]
        return make(reading.names.id_of(kind, rest))
    if _OUTSIDE.fullmatch(word):
        return ToOutsideNumber(reading.phone_number(word))
    raise InvalidValueError("no-such-destination", value=shown(text))


def _show_destination(value: Destination, writing: Writing) -> str:
    match value:
        case ToExtension(one):
            return writing.name_of("extension", one)
        case ToRingGroup(one):
            return writing.name_of("ring_group", one)
        case ToCallPlan(one):
            return writing.number_of("call_plan", one) or f"plan {one}"
        case ToAttendant(one):
            return writing.number_of("attendant", one) or f"attendant {one}"
        case ToSharedVoicemail(one):
            return writing.number_of("shared_voicemail", one) or f"box {one}"
        case ToSpeedDial(one):
            return f"speed-dial {one}"
        case ToVoicemail(extension_id):
            return f"{VOICEMAIL} {writing.name_of('extension', extension_id)}" if extension_id else VOICEMAIL
        case PlayPrompt(one):
            return f"prompt {one}"
        case ToOutsideNumber(number):
            return number.e164
        case HangUp():
            return HANG_UP


def _read_backup(text: str, reading: Reading) -> BackupDestination:
    destination = _read_destination(text, reading)
    if not isinstance(destination, BackupDestination):
        raise InvalidValueError("backup-needs-no-phone", value=shown(text))
    return destination


def _read_forward(text: str, reading: Reading) -> ExtensionNumber | PhoneNumber:
    word = text.strip()
    return ExtensionNumber(word) if _SHORT.fullmatch(word) else reading.phone_number(text)


def _read_own_number(text: str, reading: Reading) -> str:
    try:
        written = reading.phone_number(text).e164
    except InvalidValueError:
        written = text  # an id
    return reading.names.id_of("number", written)


def _read_caller(text: str, reading: Reading) -> CallerTest:
    word = _SPACES.sub("", text.strip())
    if word == EVERYBODY:
        return Everybody()
    if word == ANONYMOUS:
        return Anonymous()
    if word.endswith("*"):
        return CallerNumber(word.removesuffix("*"), is_beginning=True)
    return CallerNumber(word if reading.is_stored else reading.phone_number(text).e164)


def _show_caller(value: CallerTest, _writing: Writing) -> str:
    match value:
        case Everybody():
            return EVERYBODY
        case Anonymous():
            return ANONYMOUS
        case CallerNumber(e164, is_beginning):
            return f"{e164}*" if is_beginning else e164


DESTINATION = Words(_read_destination, _show_destination)
BACKUP_DESTINATION: Words[BackupDestination] = Words(_read_backup, _show_destination)
PHONE_NUMBER = Words(lambda text, reading: reading.phone_number(text), lambda number, _: number.e164)
OWN_NUMBER = Words(_read_own_number, lambda one, writing: writing.name_of("number", one))  # one of the office's, its id
FORWARD: Words[ExtensionNumber | PhoneNumber] = Words(_read_forward, lambda number, _: str(number))
CALLER = Words(_read_caller, _show_caller)

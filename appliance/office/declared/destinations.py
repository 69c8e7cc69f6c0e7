"""Kinds of places a call can be sent to, and of callers, each as one text: `201`, `voicemail 201`, `+3247*`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from appliance.office.backup_route import BackupDestination
from appliance.office.call_plan import PlanUse
from appliance.office.caller import Anonymous, CallerNumber, CallerTest, Everybody
from appliance.office.declared.kinds import Plain, Single, text_of
from appliance.office.declared.known_names import Writing
from appliance.office.declared.moving import Move, NothingLeftError
from appliance.office.declared.reading import Reading, Spot, shown
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

VOICEMAIL = "voicemail"
COMPANY_VOICEMAIL = "company_voicemail"  # the subject
HANG_UP = "hang up"
EVERYBODY = "all"
ANONYMOUS = "anonymous"
# What calls can be sent to by its short number, if it has one.
DESTINATION_OF: dict[str, Callable[[str], Destination]] = {
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


def read_destination(text: str, reading: Reading) -> Destination:
    """Return what a text means among the objects that are known; InvalidValueError `no-such-destination`."""
    word = " ".join(text.split())
    if word == HANG_UP:
        return HangUp()
    if word == VOICEMAIL:
        return ToVoicemail()
    found = reading.names.kind_with_number(word, tuple(DESTINATION_OF))
    if found is not None:
        kind, one = found
        return DESTINATION_OF[kind](one)
    # Files from before it had a number of its own name the one that it has as delivered.
    if reading.names.kind_with_number(word, (COMPANY_VOICEMAIL,)) or word == COMPANY_VOICEMAIL_NUMBER.digits:
        return ToVoicemail()
    first, _, rest = word.partition(" ")
    if first in _WITH_WORD:
        kind, make = _WITH_WORD[first]
        return make(reading.names.id_of(kind, rest))
    if _OUTSIDE.fullmatch(word):
        return ToOutsideNumber(reading.phone_number(word))
    raise InvalidValueError("no-such-destination", value=shown(text))


def show_destination(value: Destination, writing: Writing) -> str:
    """Return a destination as the office file writes it."""
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


@dataclass(frozen=True, slots=True)
class SendsCallsTo(Single[Destination]):
    """A destination. `use` decides which call plans may be chosen.

    `by_itself`: the call goes there when nobody answers or chooses; a key that a caller presses does not count.
    """

    use: PlanUse
    by_itself: bool = True

    def read(self, value: object, spot: Spot) -> Destination:
        """Return what the text means in this document."""
        return read_destination(text_of(value), spot.reading)

    def write(self, value: Destination, writing: Writing) -> str:
        """Return the text."""
        return show_destination(value, writing)

    def moved(self, value: Destination, move: Move) -> Destination:
        """Return where calls go now; NothingLeftError."""
        return move.destination(value)


@dataclass(frozen=True, slots=True)
class BackupTo(Single[BackupDestination]):
    """A destination that works without any phone of the office."""

    use: PlanUse = PlanUse.BACKUP_ROUTE
    by_itself: bool = True

    def read(self, value: object, spot: Spot) -> BackupDestination:
        """Return what the text means in this document."""
        text = text_of(value)
        destination = read_destination(text, spot.reading)
        if not isinstance(destination, BackupDestination):
            raise InvalidValueError("backup-needs-no-phone", value=shown(text))
        return destination

    def write(self, value: BackupDestination, writing: Writing) -> str:
        """Return the text."""
        return show_destination(value, writing)

    def moved(self, value: BackupDestination, move: Move) -> BackupDestination:
        """Return where calls go now; NothingLeftError, also where that needs a phone of the office."""
        moved = move.destination(value)
        if not isinstance(moved, BackupDestination):
            raise NothingLeftError
        return moved


@dataclass(frozen=True, slots=True)
class ForwardTo(Plain[ExtensionNumber | PhoneNumber]):
    """A short number, or a number outside."""

    def read(self, value: object, spot: Spot) -> ExtensionNumber | PhoneNumber:
        """Parse the text."""
        text = text_of(value)
        word = text.strip()
        return ExtensionNumber(word) if _SHORT.fullmatch(word) else spot.reading.phone_number(text)

    def write(self, value: ExtensionNumber | PhoneNumber, _writing: Writing) -> str:
        """Return the number."""
        return str(value)

    def moved(self, value: ExtensionNumber | PhoneNumber, move: Move) -> ExtensionNumber | PhoneNumber:
        """Return which number is forwarded to now; NothingLeftError."""
        return move.forward(value)


@dataclass(frozen=True, slots=True)
class Caller(Plain[CallerTest]):
    """Who calls: everybody, who withholds the number, a number, or the beginning of many."""

    def read(self, value: object, spot: Spot) -> CallerTest:
        """Parse the text."""
        text = text_of(value)
        word = _SPACES.sub("", text.strip())
        if word == EVERYBODY:
            return Everybody()
        if word == ANONYMOUS:
            return Anonymous()
        if word.endswith("*"):
            return CallerNumber(word.removesuffix("*"), is_beginning=True)
        return CallerNumber(word if spot.reading.is_stored else spot.reading.phone_number(text).e164)

    def write(self, value: CallerTest, _writing: Writing) -> str:
        """Return the text."""
        match value:
            case Everybody():
                return EVERYBODY
            case Anonymous():
                return ANONYMOUS
            case CallerNumber(e164, is_beginning):
                return f"{e164}*" if is_beginning else e164

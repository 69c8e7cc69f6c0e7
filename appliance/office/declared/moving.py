"""What becomes of the places that name an object when it goes: another takes its place, or the place is empty."""

from __future__ import annotations

from dataclasses import dataclass

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
from appliance.office.numbers import ExtensionNumber, PhoneNumber

VOICEMAIL = "voicemail"  # the box of an extension, by the extension's id; it is no list of its own


class NothingLeftError(Exception):
    """The place named the object, and nothing stands there any more."""


@dataclass(frozen=True, slots=True)
class Move:
    """The object `id` of `kind` goes. Calls sent to it go to `calls_to`; where it is named otherwise, `other` (an id
    of the same kind) is named. None: nothing is, so that a list has one less and a setting is as delivered.

    Calls forwarded to its short number `number` are forwarded to `forwards_to`.
    """

    kind: str
    id: str
    calls_to: Destination | None = None
    other: str | None = None
    number: ExtensionNumber | None = None
    forwards_to: ExtensionNumber | PhoneNumber | None = None

    def named(self, kind: str, one: str) -> str:
        """Return which id is named instead of this one; NothingLeftError."""
        if (kind, one) != (self.kind, self.id):
            return one
        if self.other is None:
            raise NothingLeftError
        return self.other

    def forward(self, number: ExtensionNumber | PhoneNumber) -> ExtensionNumber | PhoneNumber:
        """Return the number that is forwarded to instead of this one; NothingLeftError."""
        if number != self.number:
            return number
        if self.forwards_to is None:
            raise NothingLeftError
        return self.forwards_to

    def destination(self, destination: Destination) -> Destination:
        """Return where calls go instead of there; NothingLeftError."""
        named = kind_and_id(destination)
        box_goes = self.kind == "extension" and named == (VOICEMAIL, self.id)
        if named != (self.kind, self.id) and not box_goes:
            return destination
        if self.calls_to is None:
            raise NothingLeftError
        return self.calls_to


def kind_and_id(destination: Destination) -> tuple[str, str] | None:
    """Return what a destination names; None where it names nothing of the office."""
    match destination:
        case ToExtension(one):
            return "extension", one
        case ToRingGroup(one):
            return "ring_group", one
        case ToCallPlan(one):
            return "call_plan", one
        case ToAttendant(one):
            return "attendant", one
        case ToSpeedDial(one):
            return "speed_dial", one
        case ToVoicemail(extension_id):
            return (VOICEMAIL, extension_id) if extension_id is not None else None
        case ToSharedVoicemail(one):
            return "shared_voicemail", one
        case PlayPrompt(one):
            return "prompt", one
        case ToOutsideNumber() | HangUp():
            return None

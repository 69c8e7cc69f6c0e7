"""What a dialled text means in this office: an emergency, a number inside, a number outside, or nothing."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.call_path import EMERGENCY, OUTGOING, CallPath, SubjectId
from appliance.office.country import Country
from appliance.office.numbers import PhoneNumber
from appliance.office.problems import InvalidValueError


@dataclass(frozen=True, slots=True)
class Dialled:
    """`subject` is None when nothing has that number here; `number` is what would go out on a trunk."""

    subject: SubjectId | None
    number: str


def emergency_forms(number: str) -> tuple[str, ...]:
    """Return every way in which people and phones dial an emergency number: bare, +, and an outside 0."""
    return (number, f"+{number}", f"0{number}")


def from_inside(call_path: CallPath, country: Country, text: str) -> Dialled:
    """Read what a phone of the office dialled."""
    for number in call_path.emergency:
        if text in emergency_forms(number):
            return Dialled(EMERGENCY, number)
    if text in call_path.inside:
        return Dialled(call_path.inside[text], text)
    try:
        return Dialled(OUTGOING, PhoneNumber.parse(text, country).e164)
    except InvalidValueError:
        return Dialled(None, text)


def from_outside(call_path: CallPath, country: Country, text: str) -> Dialled:
    """Read the number a caller from outside reached us on, in whatever form the line gives it."""
    for number, subject in call_path.outside.items():
        if text in incoming_forms(number, country):
            return Dialled(subject, number.e164)
    return Dialled(None, text)


def incoming_forms(number: PhoneNumber, country: Country) -> tuple[str, ...]:
    """Return the forms in which telephone companies hand over a called number: +32…, 32…, 0032…, 0…."""
    digits = number.e164[1:]
    forms = (f"+{digits}", digits, f"00{digits}", number.national(country))
    return tuple(dict.fromkeys(forms))

"""What a dialled text means in this office: an emergency, a number inside, a code, a number outside, or nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.call_path.steps import EMERGENCY, NO_NUMBER, NOT_ALLOWED, OUTGOING, CallPath, NodeId
from appliance.office.calling_permission import CallingPermission
from appliance.office.country import Country, NumberKind
from appliance.office.feature_codes import FeatureCode
from appliance.office.numbers import PhoneNumber, without_punctuation
from appliance.office.problems import InvalidValueError

_DIALLED = re.compile(r"[0-9*#+]+")
_WITH_PREFIX = re.compile(r"\*([0-9]{1,2})\*(.+)")
_NUMBER_AFTER_CODE = re.compile(r"[0-9+].+")


@dataclass(frozen=True, slots=True)
class Dialled:
    """`subject` is None for a `code` that reaches nobody, and for a number that is not one of the office's; `number` is
    what would go out on a trunk. `after`: the number that follows a code.
    """

    subject: NodeId | None
    number: str
    code: FeatureCode | None = None
    after: str = ""


def emergency_forms(number: str) -> tuple[str, ...]:
    """Return every way in which people and phones dial an emergency number.

    Bare, with +, after an outside 0 or 9, with a # that some phones add; `tel:` and `user=phone` do not reach here.
    """
    return (number, f"+{number}", f"0{number}", f"9{number}", f"{number}#", f"0{number}#")


def may_dial(dialled: Dialled, permission: CallingPermission) -> Dialled:
    """Return what becomes of it with this permission: somebody who may call nobody inside uses no codes either."""
    if NumberKind.INSIDE in permission.kinds or dialled.subject in {EMERGENCY, OUTGOING, NO_NUMBER}:
        return dialled
    return Dialled(NOT_ALLOWED, dialled.number)


def from_inside(call_path: CallPath, country: Country, text: str) -> Dialled:
    """Read what a phone of the office dialled; `country` is that of who dials, whose national numbers it reads."""
    text = without_punctuation(text)
    if not _DIALLED.fullmatch(text):
        return Dialled(NO_NUMBER, text)
    with_prefix = _WITH_PREFIX.fullmatch(text)
    for number in call_path.emergency:
        if (with_prefix[2] if with_prefix else text) in emergency_forms(number):
            return Dialled(EMERGENCY, number)
    if text in call_path.inside:
        return Dialled(call_path.inside[text], text)
    if text in call_path.codes:
        return Dialled(None, text, call_path.codes[text])
    for beginning, code in call_path.number_codes.items():
        if text.startswith(beginning) and _NUMBER_AFTER_CODE.fullmatch(text[len(beginning) :]):
            return Dialled(None, text, code, text[len(beginning) :])
    if with_prefix and with_prefix[1] in call_path.prefixes:
        text = with_prefix[2]
    return outside_number(country, text)


def outside_number(country: Country, text: str) -> Dialled:
    """Read a number outside."""
    try:
        return Dialled(OUTGOING, PhoneNumber.parse(text, country).e164)
    except InvalidValueError:
        return Dialled(NO_NUMBER, text)


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

"""Where calls may be forwarded: the one list by which codes at phones, forwards, menus, `explain` and the checks go.

Inside: what has a short number and is a destination (declared/destinations.py), and the company's voicemail box. A
speed dial stands for its number outside. Outside: every number that there can be but the office's own, which would come
in again on its own line. All else leads nowhere: emergency numbers, mode keys, codes, places to park at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from appliance.office.country import Country
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.destinations import DESTINATION_OF
from appliance.office.destination import Destination, ToExtension, ToOutsideNumber, ToSpeedDial, ToVoicemail
from appliance.office.extension import Extension
from appliance.office.numbering import canonical
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError


class Verdict(StrEnum):
    """What becomes of a number that somebody wants to forward to."""

    KEPT = "kept"
    NOWHERE = "nowhere"
    NOT_ALLOWED = "not-allowed"


@dataclass(frozen=True, slots=True)
class TypedForward:
    """`kept`: the number as it is kept, short or in E.164; empty for one that is refused."""

    verdict: Verdict
    kept: str = ""


@dataclass(frozen=True, slots=True)
class ForwardTargets:
    """`inside`: by short number, what has it. `outside`: by short number, the number that a speed dial stands for."""

    inside: Mapping[str, Destination]
    outside: Mapping[str, PhoneNumber]
    own: frozenset[PhoneNumber]

    def of(self, kept: str) -> Destination | None:
        """Return where a kept number leads, in whatever spelling with + it is kept; None: nowhere."""
        if kept in self.inside:
            return self.inside[kept]
        if kept in self.outside:
            return self._outside(self.outside[kept])
        called = canonical(kept) if kept.startswith("+") else None
        return self._outside(PhoneNumber(called)) if called else None

    def is_lost(self, number: ExtensionNumber | PhoneNumber) -> bool:
        """Tell whether it is a short number to which no call can be sent."""
        is_short = isinstance(number, ExtensionNumber)
        return is_short and str(number) not in self.inside and str(number) not in self.outside

    def kept_form(self, typed: str, country: Country) -> str:
        """Return a typed number as it is kept; "" for what is none."""
        if typed in self.inside or typed in self.outside:
            return typed
        try:
            return PhoneNumber.parse(typed, country).e164
        except InvalidValueError:
            return ""

    def _outside(self, number: PhoneNumber) -> ToOutsideNumber | None:
        return None if number in self.own else ToOutsideNumber(number)


def forward_targets(office: Office) -> ForwardTargets:
    """Return the list of an office."""
    inside: dict[str, Destination] = {office.company_voicemail.number.digits: ToVoicemail()}
    outside: dict[str, PhoneNumber] = {}
    for kind, to in DESTINATION_OF.items():
        subject = SUBJECT_OF[kind]
        for thing in subject.objects(office):
            number = getattr(thing, subject.number_key)
            if number is None:
                continue
            destination = to(thing.id)
            if isinstance(destination, ToSpeedDial):
                outside[str(number)] = thing.number
            else:
                inside[str(number)] = destination
    return ForwardTargets(inside, outside, frozenset(number.number for number in office.numbers))


def without_lost_forwards(office: Office) -> Office:
    """Return an office that was saved before this list was, without its forwards to short numbers that lead nowhere."""
    targets = forward_targets(office)

    def left(extension: Extension) -> Extension:
        lost: dict[str, Any] = {
            case.value.replace("-", "_"): None
            for case, number in extension.forwarding.each()
            if number is not None and targets.is_lost(number)
        }
        return replace(extension, forwarding=replace(extension.forwarding, **lost)) if lost else extension

    return replace(office, extensions=tuple(map(left, office.extensions)))


def number_of(office: Office, destination: Destination) -> ExtensionNumber | PhoneNumber | None:
    """Return the number by which calls are forwarded to a destination; None where it has none."""
    if isinstance(destination, ToOutsideNumber):
        return destination.number
    inside = forward_targets(office).inside
    return next((ExtensionNumber(digits) for digits, one in inside.items() if one == destination), None)


def typed_forward(office: Office, who: Extension, typed: str, *, of_a_number: bool = False) -> TypedForward:
    """Return what a code does with the number typed after it.

    A person forwards their own calls, and pays; with `of_a_number` those of a number of the office, which pays too.
    """
    targets = forward_targets(office)
    kept = targets.kept_form(typed, who.country or office.site.country)
    destination = targets.of(kept)
    if destination is None or (destination == ToExtension(who.id) and not of_a_number):
        return TypedForward(Verdict.NOWHERE)
    if isinstance(destination, ToOutsideNumber):
        payers = [office.permission_of(who)] + ([office.automatic_permission()] if of_a_number else [])
        if not all(payer.allows(destination.number, office.site.country) for payer in payers):
            return TypedForward(Verdict.NOT_ALLOWED)
    return TypedForward(Verdict.KEPT, kept)

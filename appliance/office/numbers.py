"""Telephone numbers as values: short numbers inside the office and E.164 numbers outside."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from appliance.office.country import COUNTRY_PACKS, EUROPE_CODES, PREMIUM_KINDS, Country, CountryPack, NumberKind
from appliance.office.names import OUTER_SPACES
from appliance.office.numbering import canonical, costs_more, numbering_plan
from appliance.office.problems import InvalidValueError

_T = TypeVar("_T")

LONGEST_SHORT_NUMBER = 4  # digits; Connect 1 manual, 6.5
_SHORT_NUMBER = re.compile(r"[0-9]{2,4}")
_E164_DIGITS = re.compile(r"[1-9][0-9]{6,14}")  # ITU-T E.164 section 6.2: at most 15 digits
# What people and address books put between digits; the last are signs for direction that come along when copied.
_PUNCTUATION = re.compile(
    r"[ .\-/()\u00a0\u2007\u2010-\u2015\u202f\u2212\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True, order=True)
class ExtensionNumber:
    """A number of two to four digits that is dialled inside the office."""

    digits: str

    def __post_init__(self) -> None:
        if not _SHORT_NUMBER.fullmatch(self.digits):
            raise InvalidValueError("extension-number-form", value=self.digits)

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True, order=True)
class PhoneNumber:
    """A number of the public network, kept in E.164 with its plus sign."""

    e164: str

    def __post_init__(self) -> None:
        if not (self.e164.startswith("+") and _E164_DIGITS.fullmatch(self.e164[1:])):
            raise InvalidValueError("phone-number-form", value=self.e164)

    def __str__(self) -> str:
        return self.e164

    @classmethod
    def parse(cls, text: str, country: Country) -> PhoneNumber:
        """Read a number as people of `country` write it: +32 2 555 10 01, 0032…, 02/555.10.01.

        Raises InvalidValueError.
        """
        pack = COUNTRY_PACKS[country]
        whole = _with_calling_code(without_punctuation(text), pack)
        called = canonical(whole) if whole else None
        if called is not None:
            return cls(called)
        own_code = "+" + pack.calling_code
        digits = len(whole.removeprefix(own_code))
        lengths = numbering_plan(pack.calling_code).lengths
        if whole.startswith(own_code) and digits not in lengths:
            facts = {"least": str(lengths[0]), "most": str(lengths[-1])}
            raise InvalidValueError("phone-number-length", value=text, digits=str(digits), **facts)
        is_of_the_form = _E164_DIGITS.fullmatch(whole[1:])
        raise InvalidValueError("phone-number-unknown" if is_of_the_form else "phone-number-form", value=text)

    def national(self, country: Country) -> str:
        """Return the number as it is dialled inside `country`: 025551001, or 0031… for another country."""
        pack = COUNTRY_PACKS[country]
        if self.e164.startswith("+" + pack.calling_code):
            return pack.national_prefix + self.e164[1 + len(pack.calling_code) :]
        return pack.international_prefix + self.e164[1:]

    def kind(self, country: Country) -> NumberKind:
        """Return what a call to this number is, seen from `country`."""
        kind = longest_beginning(number_kinds(country), self.e164)
        if kind not in PREMIUM_KINDS and costs_more(self.e164):
            return NumberKind.SERVICE
        return kind


def _with_calling_code(digits: str, pack: CountryPack) -> str:
    """Return what was written in any form with + and calling code; empty if it has none of these forms."""
    if not re.fullmatch(r"\+?[0-9]+", digits):
        return ""
    if digits.startswith("+"):
        return digits
    if digits.startswith(pack.international_prefix):
        return "+" + digits[len(pack.international_prefix) :]
    if pack.national_prefix and digits.startswith(pack.national_prefix):
        return f"+{pack.calling_code}{digits[len(pack.national_prefix) :]}"
    if not pack.national_prefix and len(digits) > LONGEST_SHORT_NUMBER and not digits.startswith("0"):
        return f"+{pack.calling_code}{digits}"
    return ""


def without_punctuation(text: str) -> str:
    """Return a number as it was typed or sent, without what stands between its digits."""
    return _PUNCTUATION.sub("", text.strip(OUTER_SPACES))


def number_kinds(country: Country) -> dict[str, NumberKind]:
    """Return the kind for each beginning of an E.164 number; the longest that fits decides.

    One that says nothing of premium numbers gives way to what numbering.py knows of them.
    """
    pack = COUNTRY_PACKS[country]
    kinds = {"+": NumberKind.WORLD} | {f"+{code}": NumberKind.EUROPE for code in EUROPE_CODES}
    kinds[f"+{pack.calling_code}"] = NumberKind.NATIONAL
    # A premium number of a neighbour is premium from here too; its mobiles are calls abroad.
    for other in COUNTRY_PACKS.values():
        for beginning, kind in other.kinds.items():
            if other is pack or kind in PREMIUM_KINDS:
                kinds[f"+{other.calling_code}{beginning}"] = kind
    return kinds


def longest_beginning(table: Mapping[str, _T], number: str) -> _T:
    """Return the value of the longest beginning that the number has; KeyError if none fits."""
    fitting = [beginning for beginning in table if number.startswith(beginning)]
    if not fitting:
        raise KeyError(number)
    return table[max(fitting, key=len)]


@dataclass(frozen=True, slots=True, order=True)
class MacAddress:
    """A phone's hardware address, kept as twelve lower-case hexadecimal digits."""

    digits: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[0-9a-f]{12}", self.digits):
            raise InvalidValueError("mac-form", value=self.digits)
        if int(self.digits[:2], 16) & 1:  # IEEE 802: a multicast address belongs to no device
            raise InvalidValueError("mac-multicast", value=str(self))

    @classmethod
    def parse(cls, text: str) -> MacAddress:
        """Read 00-15-65-AA-BB-CC, 0015.65aa.bbcc, 001565aabbcc; raises InvalidValueError."""
        try:
            return cls(re.sub(r"[:\-. ]", "", text.strip()).lower())
        except InvalidValueError as fault:
            raise InvalidValueError(fault.rule, value=text) from None

    def __str__(self) -> str:
        return ":".join(self.digits[i : i + 2] for i in range(0, 12, 2))

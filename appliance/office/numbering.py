"""What the world's numbering plans say of a number: whether there can be such a one, and whether it costs more.

The plans are those of the `phonenumbers` package (Google's libphonenumber): for each calling code what a whole national
number looks like, and which of them are premium, shared-cost, personal or pager numbers. They are handed on as regular
expressions that Python and POSIX read alike, so that the switch decides by the same text (dialplan/numbers.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata
from phonenumbers.phonemetadata import PhoneNumberDesc

MOST_DIGITS = 15  # ITU-T E.164 section 6.2
_LEAST_DIGITS = 7  # shorter ones are service codes of one network
_NO_REGION = "001"  # codes that belong to no country, such as +979
_PREMIUM_DESCRIPTIONS = ("premium_rate", "shared_cost", "personal_number", "pager")


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """One calling code. `whole`: what a national number looks like, all of it; `premium`: how one that costs more
    begins, as many digits of it as reach somebody (further ones are passed over by the network); each one or more.
    """

    calling_code: str
    whole: tuple[str, ...]
    premium: tuple[str, ...]
    lengths: tuple[int, ...]


def calling_codes() -> tuple[str, ...]:
    """Return every calling code in use, without +."""
    return tuple(sorted(str(code) for code in COUNTRY_CODE_TO_REGION_CODE))


@cache
def numbering_plan(calling_code: str) -> NumberingPlan:
    """Return the plan of a calling code; KeyError if nobody has it."""
    code = int(calling_code)
    found = [_metadata(code, region) for region in COUNTRY_CODE_TO_REGION_CODE[code]]
    whole = dict.fromkeys(_pattern(data.general_desc) for data in found)
    premium = dict.fromkeys(_pattern(getattr(data, name)) for data in found for name in _PREMIUM_DESCRIPTIONS)
    lengths = sorted({length for data in found for length in _lengths(data.general_desc)})
    least = _LEAST_DIGITS - len(calling_code)
    return NumberingPlan(
        calling_code,
        tuple(text for text in whole if text),
        tuple(text for text in premium if text),
        tuple(length for length in lengths if least <= length <= MOST_DIGITS - len(calling_code)),
    )


def plan_of(e164: str) -> NumberingPlan | None:
    """Return the plan of a number with +, None if it begins with no calling code. No code begins another."""
    for length in (1, 2, 3):
        code = e164[1 : 1 + length]
        if code.isascii() and code.isdigit() and len(code) == length and int(code) in COUNTRY_CODE_TO_REGION_CODE:
            return numbering_plan(code)
    return None


def canonical(e164: str) -> str | None:
    """Return a number as it is called; None if there can be no such number.

    A national prefix that was left in it, as in +32 (0)2 555 10 01, goes.
    """
    plan = plan_of(e164)
    if plan is None:
        return None
    own_code = "+" + plan.calling_code
    national = e164[len(own_code) :]
    for written in (national, national.removeprefix("0")):
        if len(written) in plan.lengths and any(re.fullmatch(text, written) for text in plan.whole):
            return own_code + written
    return None


def costs_more(e164: str) -> bool:
    """Tell whether it begins like a premium, shared-cost, personal or pager number of its country."""
    plan = plan_of(e164)
    if plan is None:
        return False
    national = e164[1 + len(plan.calling_code) :]
    return any(re.match(text, national) for text in plan.premium)


def _metadata(code: int, region: str) -> PhoneMetadata:
    if region == _NO_REGION:
        found = PhoneMetadata.metadata_for_nongeo_region(code, None)
    else:
        found = PhoneMetadata.metadata_for_region(region, None)
    assert found is not None, f"phonenumbers has no plan for +{code}"
    return found


def _lengths(description: PhoneNumberDesc | None) -> tuple[int, ...]:
    return description.possible_length if description else ()


def _pattern(description: PhoneNumberDesc | None) -> str:
    text = (description.national_number_pattern if description else None) or ""
    return f"({text})".replace("(?:", "(").replace(r"\d", "[0-9]") if text else ""

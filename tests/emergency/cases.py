"""The cases of the emergency matrix: which call, from whom, with which lines, on a box in which state."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product

from appliance.office.country import COUNTRY_PACKS, Country


class Form(StrEnum):
    """How the number is dialled; what stands for it in the value is the number."""

    BARE = "N"
    PLUS = "+N"
    ZERO = "0N"
    NINE = "9N"
    HASH = "N#"
    ZERO_HASH = "0N#"
    TEL = "tel:N"
    USER_PHONE = "N;user=phone"
    PREFIX = "*31*N"  # a code for the number shown, whether the office has it or not

    def dial(self, number: str) -> str:
        """Return what a phone sends."""
        return self.value.replace("N", number)


class CallerState(StrEnum):
    """What holds for the phone that calls."""

    NORMAL = "normal"
    NO_PERMISSION = "no permission"
    DO_NOT_DISTURB = "do not disturb"
    NIGHT = "night"
    FORWARDED = "forwarded"
    ANONYMOUS = "anonymous"
    GUEST = "guest logged in"


class LineState(StrEnum):
    """What holds for the lines; the second works unless both are named."""

    HEALTHY = "healthy"
    KNOWN_DARK = "line1 known dark"
    JUST_DARK = "line1 just dark"
    REFUSES_503 = "line1 503"
    REFUSES_403 = "line1 403"
    REFUSES_404 = "line1 404"
    REFUSES_486 = "line1 486"
    FULL = "line1 full"
    UNREGISTERED = "line1 unregistered"
    BOTH_FULL_OUT = "both full, calls out"
    BOTH_FULL_IN = "both full, calls in"
    BOTH_DARK = "both dark"


class BoxState(StrEnum):
    """What the box is doing."""

    QUIET = "quiet"
    RELOAD = "apply under way"
    RESTARTED = "restarted a moment ago"
    DISK_FULL = "no byte can be written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One emergency call."""

    country: Country
    number: str
    form: Form
    caller: CallerState
    line: LineState
    box: BoxState

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every two of its values together."""
        number = f"{self.country} {self.number}"
        return combinations((number, self.form, self.caller, self.line, self.box), 2)


def calls_per_batch(country: Country) -> int:
    """How many phones call at once: at least one per number of the country and per form."""
    return max(len(COUNTRY_PACKS[country].emergency_numbers) + 1, len(Form))


def batches(*, is_all: bool) -> list[tuple[Case, ...]]:
    """Return the matrix, each batch one state of lines and box: sampled for all pairs, or nearly everything."""
    chance = random.Random(112)
    seen: set[tuple[str, str]] = set()
    found = []
    for (place, country), (turn, line) in product(enumerate(Country), enumerate(LineState)):
        boxes = list(BoxState)
        for box in boxes if is_all else [boxes[(place + turn) % len(boxes)]]:
            found.append(tuple(_batch(country, line, box, chance, seen)))
    return found


def _batch(
    country: Country, line: LineState, box: BoxState, chance: random.Random, seen: set[tuple[str, str]]
) -> Iterator[Case]:
    """Give each phone the number and form whose pairs are the newest; each number is called before one is again."""
    numbers = list(COUNTRY_PACKS[country].emergency_numbers)
    for position in range(calls_per_batch(country)):
        caller = list(CallerState)[position % len(CallerState)]
        choices = [
            Case(country=country, number=number, form=form, caller=caller, line=line, box=box)
            for number, form in product(numbers, Form)
        ]
        chance.shuffle(choices)
        best = max(choices, key=lambda case: sum(pair not in seen for pair in case.pairs()))
        seen.update(best.pairs())
        numbers.remove(best.number)
        numbers = numbers or list(COUNTRY_PACKS[country].emergency_numbers)
        yield best

"""Callers from outside: who they are, whom the office refuses, and whom it treats in a way of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError

_DIGITS = re.compile(r"\+[1-9][0-9]{0,14}")


@dataclass(frozen=True, slots=True)
class Everybody:
    """Any caller."""


@dataclass(frozen=True, slots=True)
class Anonymous:
    """A caller who withholds the number."""


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """A number in E.164, whole or (`is_beginning`) as the beginning of many."""

    e164: str
    is_beginning: bool = False

    def __post_init__(self) -> None:
        if not _DIGITS.fullmatch(self.e164):
            raise InvalidValueError("caller-number-form", value=self.e164)


CallerTest = Everybody | Anonymous | CallerNumber


def caller_fits(test: CallerTest, caller: str) -> bool:
    """Tell whether a caller (E.164 or a short number; empty: withheld) is meant."""
    match test:
        case Everybody():
            return True
        case Anonymous():
            return caller == ""
        case CallerNumber(e164, is_beginning):
            return caller.startswith(e164) if is_beginning else caller == e164


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterPeriod:
    """While these opening hours say open, the callers that a filter means go to this destination."""

    opening_hours_id: str
    destination: Destination = HangUp()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Callers that are refused, always or while `opening_hours_id` says open.

    `periods` have destinations of their own and come before that, the first one that is open. To a filter, a period of
    opening hours that has a destination is open like any other: what it says is for callers who are not meant.
    """

    id: str
    name: str
    callers: tuple[CallerTest, ...]
    opening_hours_id: str | None = None
    destination: Destination = HangUp()
    periods: tuple[FilterPeriod, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerRule:
    """Callers that go to a destination of their own."""

    id: str
    name: str
    callers: tuple[CallerTest, ...]
    destination: Destination

    def __post_init__(self) -> None:
        check_id(self.id)

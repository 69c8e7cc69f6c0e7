"""When something applies: the tests of a moment in the office's own local time, and what is made of them.

Every test is about the moment a call comes in. All of them compare wall-clock time, so a night in which the clocks
change needs no rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import IntEnum, StrEnum

from appliance.office.country import Country
from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError
from appliance.office.public_holidays import public_holidays

MINUTES_PER_DAY = 24 * 60


class Weekday(IntEnum):
    """Days as Python counts them."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From `start` up to but not including `end`, in minutes after midnight; 08:30-12:00."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end <= MINUTES_PER_DAY:
            raise InvalidValueError("period-order", value=str(self))

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `08:30-12:00`; `24:00` is the end of the day. Raises InvalidValueError."""
        match = re.fullmatch(r"\s*([0-2]?\d):([0-5]\d)\s*[-–]\s*([0-2]?\d):([0-5]\d)\s*", text, re.ASCII)
        if not match:
            raise InvalidValueError("period-form", value=text)
        hour, minute, end_hour, end_minute = (int(part) for part in match.groups())
        try:
            return cls(hour * 60 + minute, end_hour * 60 + end_minute)
        except InvalidValueError:
            raise InvalidValueError("period-order", value=text) from None

    def __str__(self) -> str:
        return f"{self.start // 60:02}:{self.start % 60:02}-{self.end // 60:02}:{self.end % 60:02}"


ALL_DAY = Period(0, MINUTES_PER_DAY)


@dataclass(frozen=True, slots=True)
class Weekly:
    """On these weekdays, in this period, between two dates (both included) if they are given."""

    days: tuple[Weekday, ...]
    period: Period = ALL_DAY
    first: date | None = None
    last: date | None = None

    def holds(self, at: datetime) -> bool:
        """Tell whether the moment is inside."""
        minute = at.hour * 60 + at.minute
        is_between = (self.first is None or self.first <= at.date()) and (self.last is None or at.date() <= self.last)
        return is_between and at.weekday() in self.days and self.period.start <= minute < self.period.end


@dataclass(frozen=True, slots=True)
class Yearly:
    """Every year from one moment up to but not including another; the year of both is not looked at."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether the moment is inside; a stretch may run over New Year."""
        if self.is_whole_year:
            return True
        start, now, end = (_in_year(moment) for moment in (self.start, at, self.end))
        return start <= now < end if start < end else now >= start or now < end

    @property
    def is_whole_year(self) -> bool:
        """Whether the stretch leaves no moment of the year out."""
        return self.end - self.start >= _A_YEAR


@dataclass(frozen=True, slots=True)
class Once:
    """From one moment up to but not including another."""

    start: datetime
    end: datetime

    def holds(self, at: datetime) -> bool:
        """Tell whether the moment is inside."""
        return self.start <= at.replace(second=0, microsecond=0) < self.end


@dataclass(frozen=True, slots=True)
class OnHoliday:
    """On a day of these public holidays, by their id."""

    public_holidays_id: str


TimeTest = Weekly | Yearly | Once | OnHoliday


@dataclass(frozen=True, slots=True)
class PeriodPlan:
    """A period of a day with a destination of its own."""

    period: Period
    destination: Destination


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The periods of each weekday; a day that is not named is closed.

    `plans`: periods whose calls go to a destination of their own; they count as open, and come before `periods`.
    """

    id: str
    name: str
    periods: Mapping[Weekday, tuple[Period, ...]]
    plans: Mapping[Weekday, tuple[PeriodPlan, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_id(self.id)

    def tests(self) -> tuple[Weekly, ...]:
        """Return the moments at which the office is open without a plan of their own."""
        return tuple(Weekly((day,), period) for day in sorted(self.periods) for period in self.periods[day])

    def plan_tests(self) -> tuple[tuple[Weekly, Destination], ...]:
        """Return the moments that have a destination of their own."""
        return tuple(
            (Weekly((day,), plan.period), plan.destination) for day in sorted(self.plans) for plan in self.plans[day]
        )

    def every_test(self) -> tuple[Weekly, ...]:
        """Return all moments at which the office is open."""
        return (*self.tests(), *(test for test, _ in self.plan_tests()))

    def is_open(self, local_time: datetime) -> bool:
        """Tell whether the office is open at this local time."""
        return any(test.holds(local_time) for test in self.every_test())


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHolidays:
    """The public holidays of a country, without those named in `worked`, with the office's own `extra` days."""

    id: str
    name: str
    country: Country
    worked: frozenset[str] = frozenset()  # names as public_holidays gives them
    extra: tuple[date, ...] = ()
    destination: Destination = HangUp()

    def __post_init__(self) -> None:
        check_id(self.id)

    def dates(self) -> Mapping[date, str]:
        """Return every day off with its name."""
        days = {day: name for day, name in public_holidays(self.country).items() if name not in self.worked}
        return dict(sorted({**days, **dict.fromkeys(self.extra, self.name)}.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """A holiday period; `yearly` comes back every year, otherwise it may delete itself when it is over."""

    id: str
    name: str
    start: datetime
    end: datetime
    destination: Destination
    yearly: bool = False
    delete_when_over: bool = False

    def __post_init__(self) -> None:
        check_id(self.id)
        if self.start >= self.end:
            raise InvalidValueError("closure-order", value=f"{self.start:%Y-%m-%d %H:%M} - {self.end:%Y-%m-%d %H:%M}")

    def test(self) -> TimeTest:
        """Return the moments at which the office is closed."""
        return Yearly(self.start, self.end) if self.yearly else Once(self.start, self.end)

    def is_over(self, at: datetime) -> bool:
        """Tell whether it will never apply again."""
        return not self.yearly and self.end <= at


class Handling(StrEnum):
    """What a schedule's event does with calls."""

    OPEN = "open"
    FORWARD = "forward"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleEvent:
    """One line of a schedule; `prompt_id` is said first when closed, `destination` takes a forwarded call."""

    name: str
    test: TimeTest
    handling: Handling
    destination: Destination = HangUp()
    prompt_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Events in order of priority: the first that holds decides; `default` when none does."""

    id: str
    name: str
    events: tuple[ScheduleEvent, ...]
    default: Handling = Handling.CLOSED
    default_destination: Destination = HangUp()
    default_prompt_id: str | None = None

    def __post_init__(self) -> None:
        check_id(self.id)


_A_YEAR = timedelta(days=366)
_MINUTE_OF_YEAR = "%m%d%H%M"


def _in_year(moment: datetime) -> int:
    return int(moment.strftime(_MINUTE_OF_YEAR))

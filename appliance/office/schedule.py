"""Opening hours: when the office answers, in its own local time."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError

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


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The periods of each weekday; a day that is not named is closed."""

    id: str
    name: str
    periods: Mapping[Weekday, tuple[Period, ...]]

    def __post_init__(self) -> None:
        check_id(self.id)

    def is_open(self, local_time: datetime) -> bool:
        """Tell whether the office is open at this local time."""
        minute = local_time.hour * 60 + local_time.minute
        today = self.periods.get(Weekday(local_time.weekday()), ())
        return any(period.start <= minute < period.end for period in today)

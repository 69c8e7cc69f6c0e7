"""Moments: each test of office/schedule.py as a comparison of numbers.

STAMP is the moment a call came in, taken once: weekday, date, hour and minute (5202611200830 is Friday 20 November
2026, 08:30) in the office's time zone; every comparison takes the part of it that it needs.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

from appliance.compiler.dialplan_text import Context, DialplanExtension, Do
from appliance.compiler.object_names import subject_place
from appliance.office.call_path.steps import NIGHT, CheckNight, CheckTime
from appliance.office.live_settings import NIGHT_STATE
from appliance.office.night import NightChoice, NightSetting
from appliance.office.office import Office
from appliance.office.schedule import MINUTES_PER_DAY, Once, OnHoliday, TimeTest, Weekly, Yearly

_WEEKTIME, _TODAY, _DATETIME, _YEARTIME = "${STAMP:0:1}${STAMP:9}", "${STAMP:1:8}", "${STAMP:1}", "${STAMP:5}"
_MOST_TESTS_A_LINE = 40  # a line of extensions.conf holds 8 kB (pbx_config.c)
_MINUTE = "%Y%m%d%H%M"
_MINUTE_OF_YEAR = "%m%d%H%M"
_DAY = "%Y%m%d"


def contexts(office: Office) -> list[Context]:
    """Return `night`, and a calendar for each set of public holidays."""
    found = [
        Context("night", (DialplanExtension("s", tuple(_night(office))),), "Is night mode on? Returns 1 or 0"),
    ]
    for days in office.public_holidays:
        # A day that the office added has no name of its own: what people type stays out of the dial plan.
        names = {day: "" if day in days.extra else _plain(name) for day, name in days.dates().items()}
        calendar = tuple(DialplanExtension(day.strftime(_DAY), (Do("NoOp", name),)) for day, name in names.items())
        found.append(Context(_calendar(days.id), calendar, f"Public holidays: {days.name}"))
    return found


def take_moment(office: Office) -> Do:
    """Take the moment: now, or the one that the test phone asks for; channels made for a call's members have it too."""
    return Do("Set", f"__STAMP=${{STRFTIME(${{AS_IF_AT}},{office.site.time_zone},%u%Y%m%d%H%M)}}")


def check_time(step: CheckTime) -> list[Do]:
    """Go to the other subject if one of the tests holds."""
    there = subject_place(step.then)
    expressions = _expressions(step.tests)
    chunks = [
        expressions[first : first + _MOST_TESTS_A_LINE] for first in range(0, len(expressions), _MOST_TESTS_A_LINE)
    ]
    return [Do("GotoIf", f"$[{_any(chunk)}]?{there}") for chunk in chunks]


def check_night(step: CheckNight, index: int) -> list[Do]:
    """Send outside callers away while night mode is on."""
    day = f"day-{index}"
    # A call at its night destination is not sent there again.
    lines = [Do("GotoIf", f'$["${{ORIGIN}}" != "outside" | "${{AT_NIGHT_DESTINATION}}" = "1"]?{day}')]
    if step.choice is NightChoice.FOLLOW:
        lines += [Do("Gosub", "night,s,1"), Do("GotoIf", f"$[${{GOSUB_RETVAL}} = 0]?{day}")]
    lines.append(Do("Set", "AT_NIGHT_DESTINATION=1"))
    return [*lines, Do("Goto", subject_place(NIGHT)), Do("NoOp", label=day)]


def holds(tests: tuple[TimeTest, ...]) -> str:
    """Return one expression that is true if any of the tests holds; false for none."""
    return _any(_expressions(tests)) or "0"


def _night(office: Office) -> list[Do]:
    night = office.night
    lines = [
        Do("Set", f"NIGHT=${{DB({NIGHT_STATE})}}"),
        Do("GotoIf", f'$["${{NIGHT}}" = "{NightSetting.ON.value}"]?yes'),
        Do("GotoIf", f'$["${{NIGHT}}" = "{NightSetting.OFF.value}"]?no'),
        Do("NoOp", label="auto"),
    ]
    if night.public_holidays_id is not None:
        lines += [Do("GotoIf", f"$[{holds((OnHoliday(night.public_holidays_id),))}]?yes")]
    if night.opening_hours_id is not None:
        tests = office.opening_hours_of(night.opening_hours_id).every_test()
        lines += [Do("GotoIf", f"$[{expression}]?no") for expression in _expressions(tests)]
        lines.append(Do("Return", "1", label="yes"))
        lines.append(Do("Return", "0", label="no"))
    else:
        lines.append(Do("Return", "0", label="no"))
        lines.append(Do("Return", "1", label="yes"))
    return lines


def _any(expressions: list[str]) -> str:
    return " | ".join(f"({expression})" for expression in expressions)


def _expressions(tests: tuple[TimeTest, ...]) -> list[str]:
    return [expression for test in tests for expression in _of(test)]


def _of(test: TimeTest) -> list[str]:
    match test:
        case Weekly(days, period, first, last):
            between = _between(first, last)
            edges = [(_weektime(day + 1, period.start), _weektime(day + 1, period.end)) for day in days]
            return [f"{_WEEKTIME} >= {start} & {_WEEKTIME} < {end}{between}" for start, end in edges]
        case Yearly(begins, ends):
            return [_yearly(begins, ends)]
        case Once(begins, ends):
            return [f"{_DATETIME} >= {begins:{_MINUTE}} & {_DATETIME} < {ends:{_MINUTE}}"]
        case OnHoliday(public_holidays_id):
            return [f"${{DIALPLAN_EXISTS({_calendar(public_holidays_id)},{_TODAY},1)}}"]
        case _:
            assert_never(test)


def _yearly(start: datetime, end: datetime) -> str:
    test = Yearly(start, end)
    if test.is_whole_year:
        return "1"
    first, last = (moment.strftime(_MINUTE_OF_YEAR) for moment in (start, end))
    both = "&" if first < last else "|"
    return f"{_YEARTIME} >= {first} {both} {_YEARTIME} < {last}"


def _between(first: date | None, last: date | None) -> str:
    text = f" & {_TODAY} >= {first:{_DAY}}" if first else ""
    return text + (f" & {_TODAY} <= {last:{_DAY}}" if last else "")


def _weektime(day: int, minute: int) -> str:
    hours, minutes = divmod(min(minute, MINUTES_PER_DAY), 60)
    return f"{day}{hours:02}{minutes:02}"


def _calendar(public_holidays_id: str) -> str:
    return f"holidays-{public_holidays_id}"


def _plain(name: str) -> str:
    """Return a holiday's name as a word or two that mean nothing to the switch."""
    return "".join(letter if letter.isalnum() or letter == " " else " " for letter in name)

"""Opening hours, public holidays, closures and schedules as tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from appliance.office.country import Country
from appliance.office.problems import InvalidValueError
from appliance.office.schedule import (
    Closure,
    Handling,
    Once,
    OnHoliday,
    OpeningHours,
    Period,
    PeriodPlan,
    PublicHolidays,
    Schedule,
    ScheduleEvent,
    Weekday,
    Weekly,
    Yearly,
)
from appliance.storage.document.destinations import DESTINATION
from appliance.storage.document.kinds import Day, Flag, Moment, Several, Words, choice, each, reference, words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.people import NAME
from appliance.storage.document.reading import Place, Row, Unread, shown
from appliance.storage.document.tables import IdKey, Inline, Key, Rows, Table

PERIOD = words(Period.parse)
_PERIOD_PLAN = Table(PeriodPlan, Key("period", PERIOD), Key("go_to", DESTINATION, "destination"))


@dataclass(frozen=True, slots=True)
class _PeriodOrPlan:
    """`"08:30-12:00"`, or `{ period = "11:30-12:30", go_to = "202" }`."""

    def read(self, value: object, place: Place) -> Period | PeriodPlan:
        if isinstance(value, dict):
            return _PERIOD_PLAN.read(value, place)
        if isinstance(value, str):
            return Period.parse(value)
        raise InvalidValueError("period-form", value=shown(value))

    def write(self, value: Period | PeriodPlan, writing: Writing) -> object:
        return str(value) if isinstance(value, Period) else Inline(_PERIOD_PLAN.write(value, writing))


@dataclass(frozen=True, slots=True)
class _Week:
    """A key for each weekday: its periods, and those with a destination of their own, in one list."""

    kind: _PeriodOrPlan = _PeriodOrPlan()

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        periods: dict[Weekday, tuple[Period, ...]] = {}
        plans: dict[Weekday, tuple[PeriodPlan, ...]] = {}
        for day in Weekday:
            key = _key(day)
            if not row.has(key):
                continue
            values, place = row.value(key), row.place_of(key)
            if not isinstance(values, list):
                place.note("not-a-list-of-texts", value=shown(values))
                continue
            read = list(each(self.kind, values, place))
            own = sorted((one for one in read if isinstance(one, PeriodPlan)), key=lambda plan: plan.period)
            plain = sorted(one for one in read if isinstance(one, Period))
            # A plan may stand inside a plain period: it comes first there.
            if not place.reading.is_stored and (_overlap(plain) or _overlap(plan.period for plan in own)):
                place.note("periods-overlap")
            if plain:
                periods[day] = tuple(plain)
            if own:
                plans[day] = tuple(own)
        return {"periods": periods, "plans": plans}

    def write(self, thing: OpeningHours, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        written: dict[str, object] = {}
        for day in Weekday:
            both: list[Period | PeriodPlan] = [*thing.periods.get(day, ()), *thing.plans.get(day, ())]
            if both:
                written[_key(day)] = [self.kind.write(one, writing) for one in sorted(both, key=_start)]
        return written


def _start(one: Period | PeriodPlan) -> Period:
    return one if isinstance(one, Period) else one.period


def _key(day: Weekday) -> str:
    return day.name.lower()


def _overlap(periods: Iterable[Period]) -> bool:
    return any(first.end > second.start for first, second in pairwise(periods))


def _weekday(text: str) -> Weekday:
    try:
        return Weekday[text.strip().upper()]
    except KeyError:
        raise InvalidValueError("not-a-choice", value=shown(text), choices=", ".join(map(_key, Weekday))) from None


_WEEKLY = Table(
    Weekly,
    Key("days", Several(Words(lambda text, _: _weekday(text), lambda day, _: _key(day)))),
    Key("period", PERIOD),
    Key("from", Day(), "first"),
    Key("until", Day(), "last"),
)
_ON_HOLIDAY = Table(OnHoliday, Key("holidays", reference("public_holidays"), "public_holidays_id"))
_ONCE = Table(Once, Key("start", Moment()), Key("end", Moment()))
_YEARLY = Table(Yearly, Key("start", Moment()), Key("end", Moment()))
_WHEN: dict[str, Table[Any]] = {"days": _WEEKLY, "holidays": _ON_HOLIDAY, "start": _ONCE}


@dataclass(frozen=True, slots=True)
class _When:
    """The moments of an event: `days`, `holidays`, or `start` and `end`, the latter with `yearly = true` or once."""

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        found = [key for key in _WHEN if row.has(key)]
        if len(found) != 1:
            row.place.note("event-when", value=", ".join(found))
            return {}
        table = _WHEN[found[0]]
        if table is _ONCE and row.has("yearly"):
            try:
                table = _YEARLY if Flag().read(row.value("yearly"), row.place) else _ONCE
            except InvalidValueError as fault:
                row.place_of("yearly").note_fault(fault)
        try:
            return {"test": table.part_of(row.part("", "test"))}
        except Unread:
            return {}

    def write(self, thing: ScheduleEvent, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        match thing.test:
            case Weekly():
                return _WEEKLY.write(thing.test, writing)
            case OnHoliday():
                return _ON_HOLIDAY.write(thing.test, writing)
            case Once():
                return _ONCE.write(thing.test, writing)
            case Yearly():
                return {"yearly": True, **_YEARLY.write(thing.test, writing)}


OPENING_HOURS = Table(OpeningHours, IdKey(), Key("name", NAME), _Week())

PUBLIC_HOLIDAYS = Table(
    PublicHolidays,
    IdKey(),
    Key("name", NAME),
    Key("country", choice(Country), absent=lambda reading: reading.country),
    Key("worked", Several(words(str), collect=frozenset)),
    Key("extra", Several(Day(), are_texts=False)),
    Key("destination", DESTINATION),
)

CLOSURE = Table(
    Closure,
    IdKey(),
    Key("name", NAME),
    Key("start", Moment()),
    Key("end", Moment()),
    Key("yearly", Flag()),
    Key("delete_when_over", Flag()),
    Key("destination", DESTINATION),
    blamed="end",
)

_EVENT = Table(
    ScheduleEvent,
    Key("name", NAME),
    _When(),
    Key("does", choice(Handling), "handling"),
    Key("destination", DESTINATION),
    Key("prompt", reference("prompt"), "prompt_id"),
)

SCHEDULE = Table(
    Schedule,
    IdKey(),
    Key("name", NAME),
    Key("default", choice(Handling)),
    Key("default_destination", DESTINATION),
    Key("default_prompt", reference("prompt"), "default_prompt_id"),
    Rows("event", _EVENT, "events", item="event"),
)

"""Opening hours, public holidays, closures and schedules as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from appliance.office.call_plan import PlanUse
from appliance.office.country import Country
from appliance.office.declared.destinations import SendsCallsTo
from appliance.office.declared.keys import Column, IdKey, Key, Walk
from appliance.office.declared.kinds import Choice, Day, Flag, Leaf, Moment, Parsed, Reference
from appliance.office.declared.known_names import Writing
from appliance.office.declared.lists import Several, each, still_there
from appliance.office.declared.moving import Move
from appliance.office.declared.place import Place
from appliance.office.declared.reading import AlreadyReported, Row, Spot, shown
from appliance.office.declared.shared_kinds import ANY_TEXT, NAME
from appliance.office.declared.tables import Inline, Rows, Table
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

PERIOD = Parsed(Period.parse, "08:30-12:00")
_WHEN_OPEN = SendsCallsTo(PlanUse.OPENING_HOURS)
_PERIOD_PLAN = Table(PeriodPlan, Key("period", PERIOD), Key("go_to", _WHEN_OPEN, "destination"))


@dataclass(frozen=True, slots=True)
class PeriodOrPlan:
    """`"08:30-12:00"`, or `{ period = "11:30-12:30", go_to = "202" }`."""

    def read(self, value: object, spot: Spot) -> Period | PeriodPlan:
        if isinstance(value, dict):
            return _PERIOD_PLAN.read(value, spot)
        if isinstance(value, str):
            return Period.parse(value)
        raise InvalidValueError("period-form", value=shown(value))

    def write(self, value: Period | PeriodPlan, writing: Writing) -> object:
        return str(value) if isinstance(value, Period) else Inline(_PERIOD_PLAN.write(value, writing))

    def leaves(self, value: Period | PeriodPlan, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        if isinstance(value, PeriodPlan):
            yield from _PERIOD_PLAN.leaves(value, place, owner)

    def moved(self, value: Period | PeriodPlan, move: Move) -> Period | PeriodPlan:
        return _PERIOD_PLAN.moved(value, move) if isinstance(value, PeriodPlan) else value


@dataclass(frozen=True, slots=True)
class _Week:
    """A key for each weekday: its periods, and those with a destination of their own, in one list."""

    kind: PeriodOrPlan = PeriodOrPlan()

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        periods: dict[Weekday, tuple[Period, ...]] = {}
        plans: dict[Weekday, tuple[PeriodPlan, ...]] = {}
        for day in Weekday:
            key = _key(day)
            if not row.has(key):
                continue
            values, spot = row.value(key), row.spot_of(key)
            if not isinstance(values, list):
                spot.note("not-a-list-of-texts", value=shown(values))
                continue
            read = list(each(self.kind, values, spot))
            own = sorted((one for one in read if isinstance(one, PeriodPlan)), key=lambda plan: plan.period)
            plain = sorted(one for one in read if isinstance(one, Period))
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

    def columns(self, _defaults: Mapping[str, object]) -> Iterator[Column]:
        for day in Weekday:
            yield Column(_key(day), Several(self.kind))

    def leaves(self, thing: OpeningHours, walk: Walk, _defaults: Mapping[str, object]) -> Iterator[Leaf]:
        for day, plans in thing.plans.items():
            for plan in plans:
                yield from self.kind.leaves(plan, walk.below(_key(day)), walk.owner)

    def moved(self, thing: OpeningHours, move: Move, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        left = {day: tuple(still_there(_PERIOD_PLAN, plans, move)) for day, plans in thing.plans.items()}
        plans = {day: kept for day, kept in left.items() if kept}
        return {} if plans == thing.plans else {"plans": plans}


def _start(one: Period | PeriodPlan) -> Period:
    return one if isinstance(one, Period) else one.period


def _key(day: Weekday) -> str:
    return day.name.lower()


def _overlaps(hours: OpeningHours) -> Iterator[tuple[str, InvalidValueError]]:
    """A plan may stand inside a plain period: it comes first there."""
    for day in Weekday:
        plain, own = hours.periods.get(day, ()), tuple(plan.period for plan in hours.plans.get(day, ()))
        if _overlap(plain) or _overlap(own):
            yield _key(day), InvalidValueError("periods-overlap")


def _overlap(periods: Iterable[Period]) -> bool:
    return any(first.end > second.start for first, second in pairwise(sorted(periods)))


_WEEKLY = Table(
    Weekly,
    Key("days", Several(Choice(Weekday, by_name=True))),
    Key("period", PERIOD),
    Key("from", Day(), "first"),
    Key("until", Day(), "last"),
)
_ON_HOLIDAY = Table(OnHoliday, Key("holidays", Reference("public_holidays"), "public_holidays_id"))
_ONCE = Table(Once, Key("start", Moment()), Key("end", Moment()))
_YEARLY = Table(Yearly, Key("start", Moment()), Key("end", Moment()))
_WHEN: dict[str, Table[Any]] = {"days": _WEEKLY, "holidays": _ON_HOLIDAY, "start": _ONCE}


@dataclass(frozen=True, slots=True)
class _When:
    """The moments of an event: `days`, `holidays`, or `start` and `end`, the latter with `yearly = true` or once."""

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        found = [key for key in _WHEN if row.has(key)]
        if len(found) != 1:
            row.spot.note("event-when", value=", ".join(found))
            return {}
        table = _WHEN[found[0]]
        if table is _ONCE and row.has("yearly"):
            try:
                table = _YEARLY if Flag().read(row.value("yearly"), row.spot) else _ONCE
            except InvalidValueError as fault:
                row.spot_of("yearly").note_fault(fault)
        try:
            return {"test": table.part_of(row.part("", "test"))}
        except AlreadyReported:
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

    def columns(self, _defaults: Mapping[str, object]) -> Iterator[Column]:
        for table in (_WEEKLY, _ON_HOLIDAY, _ONCE):
            yield from (replace(column, is_required=False) for column in table.columns())
        yield Column("yearly", Flag(), default=False)

    def leaves(self, thing: ScheduleEvent, walk: Walk, _defaults: Mapping[str, object]) -> Iterator[Leaf]:
        if isinstance(thing.test, OnHoliday):
            yield from _ON_HOLIDAY.walk(thing.test, walk)

    def moved(self, thing: ScheduleEvent, move: Move, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        if not isinstance(thing.test, OnHoliday):
            return {}
        moved = _ON_HOLIDAY.moved(thing.test, move)
        return {} if moved == thing.test else {"test": moved}


OPENING_HOURS = Table(OpeningHours, IdKey(), Key("name", NAME), _Week(), check=_overlaps)

PUBLIC_HOLIDAYS = Table(
    PublicHolidays,
    IdKey(),
    Key("name", NAME),
    Key("country", Choice(Country), absent=lambda reading: reading.country),
    Key("worked", Several(ANY_TEXT, collect=frozenset)),
    Key("extra", Several(Day(), are_texts=False)),
    Key("destination", SendsCallsTo(PlanUse.PUBLIC_HOLIDAYS)),
)

CLOSURE = Table(
    Closure,
    IdKey(),
    Key("name", NAME),
    Key("start", Moment()),
    Key("end", Moment()),
    Key("yearly", Flag()),
    Key("delete_when_over", Flag()),
    Key("destination", SendsCallsTo(PlanUse.CLOSURE)),
    blamed="end",
)

_EVENT = Table(
    ScheduleEvent,
    Key("name", NAME),
    _When(),
    Key("does", Choice(Handling), "handling"),
    Key("destination", _WHEN_OPEN),
    Key("prompt", Reference("prompt"), "prompt_id"),
)

SCHEDULE = Table(
    Schedule,
    IdKey(),
    Key("name", NAME),
    Key("default", Choice(Handling)),
    Key("default_destination", _WHEN_OPEN),
    Key("default_prompt", Reference("prompt"), "default_prompt_id"),
    Rows("event", _EVENT, "events", item="event"),
)

"""A declared subject and a row, as the fields of a form: one widget for each kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from appliance.office.declared.destinations import BackupTo, Caller, ForwardTo, SendsCallsTo
from appliance.office.declared.devices import DoesAtPhone
from appliance.office.declared.keys import Column, ListOf, MapOf
from appliance.office.declared.kinds import (
    Choice,
    Count,
    Day,
    Flag,
    Moment,
    Parsed,
    PublicNumber,
    Reference,
    SecretText,
    ShortNumber,
    Text,
)
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.people import BoxOnLamp
from appliance.office.declared.place import Place
from appliance.office.declared.subject import Subject
from appliance.office.declared.tables import OneOf, Table
from appliance.office.declared.times import PeriodOrPlan
from appliance.office.problems import Problem
from wizard.forms.fields import Field, FieldRow, ObjectForm, Option, Widget
from wizard.forms.options import Options
from wizard.forms.words import Words

LONG_TEXT = 250  # letters; a longer text gets several lines
_SHORT_LONGEST, _NUMBER_LONGEST = 4, 40
_LISTS = {SendsCallsTo: "destinations", BackupTo: "backup_destinations", DoesAtPhone: "key_functions"}
KEY = "key"  # the field of a row of a MapOf that says which key it is of


@dataclass(frozen=True, slots=True)
class Builder:
    """Makes fields of rows of one office, in one language."""

    subject: Subject
    options: Options
    words: Words
    problems: Sequence[Problem] = ()

    def form(self, row: Mapping[str, Any], place: Place) -> ObjectForm:
        """Return the form of an object whose row stands at a place; problems elsewhere are beside the fields."""
        first: list[Field] = []
        more: list[Field] = []
        for column in typed_columns(self.subject.table):
            made = self.field(column, row.get(column.key), column.key, place.below(column.key))
            (first if not self.subject.first or column.key in self.subject.first else more).append(made)
        order = {key: at for at, key in enumerate(self.subject.first)}
        first.sort(key=lambda one: order.get(one.name, len(order)))
        known = [place.below(column.key) for column in typed_columns(self.subject.table)]
        beside = [one for one in self.problems if not any(_is_at(one, key) for key in known)]
        return ObjectForm(first=tuple(first), more=tuple(more), problems=tuple(beside))

    def field(self, column: Column, value: Any, name: str, place: Place) -> Field:
        """Return the field of one key. `value` is what the row has there, None for nothing."""
        label, hint = self.words.label(self.subject.kind, column.key), self.words.hint(self.subject.kind, column.key)
        problems = tuple(one for one in self.problems if one.place == place)

        def made(widget: Widget, **more: Any) -> Field:
            return Field(
                name=name,
                label=label,
                hint=hint,
                widget=widget,
                problems=problems,
                is_required=column.is_required,
                nothing=self.words.say("form-choose" if column.is_required else "form-nothing"),
                **{"value": _shown(value), **more},
            )

        kind = column.kind
        match kind:
            case Flag():
                return made(Widget.TICK, value="on" if value else "")
            case Count():
                return made(Widget.NUMBER, least=kind.least, most=kind.most)
            case Moment():
                return made(Widget.MOMENT)
            case Day():
                return made(Widget.DAY)
            case SecretText():
                return made(Widget.SECRET, value="")
            case Reference(named_kind):
                choices = self.options.of(named_kind)
                return made(Widget.SELECT, choices=choices, options=choices.options)
            case Choice() | BoxOnLamp():
                return made(Widget.SELECT, options=self._options(kind, column.key))
            case SendsCallsTo() | BackupTo() | DoesAtPhone():
                choices = self.options.of(_LISTS[type(kind)])
                return made(Widget.SELECT_OR_NUMBER, choices=choices, options=choices.options)
            case OrNone(Reference() as inner, word):
                options = (Option(word, self.words.option(column.key, word)), *self._options(inner, column.key))
                return made(Widget.SELECT, options=options)
            case OrNone(_, word):
                return made(Widget.TEXT, example=word)
            case Several(Choice() as inner):
                return made(Widget.TICKS, values=tuple(value or ()), options=self._options(inner, column.key))
            case Several(Reference() | BoxOnLamp() as inner):
                return made(Widget.ORDER, values=tuple(value or ()), options=self._options(inner, column.key))
            case Several():
                return made(Widget.LINES, value=_lines(kind, value))
            case ListOf():
                rows = tuple(self._rows(kind, value or [], name, _with_item(place, kind.item)))
                return made(Widget.ROWS, rows=rows, kinds=self._kinds_of_row(column.key, kind))
            case MapOf():
                rows = tuple(self._keyed(kind, value or {}, name, place))
                return made(Widget.ROWS, rows=rows, kinds=self._kinds_of_row(column.key, kind), is_keyed=True)
            case Table():
                row = value if isinstance(value, Mapping) else {}
                fields = tuple(self._columns(kind, row, name, place))
                return made(Widget.GROUP, fields=fields, is_here=column.is_required or bool(row))
            case Text():
                widget = Widget.AREA if kind.has_lines or kind.longest > LONG_TEXT else Widget.TEXT
                return made(widget, longest=kind.longest)
            case Parsed():
                return made(Widget.TEXT, example=kind.example)
            case ShortNumber():
                return made(Widget.TEXT, longest=_SHORT_LONGEST)
            case PublicNumber() | ForwardTo() | Caller():
                return made(Widget.TEXT, longest=_NUMBER_LONGEST)
            case _:
                raise TypeError(f"no widget for {kind}")

    def _columns(self, table: Table[Any], row: Mapping[str, Any], name: str, place: Place) -> Iterator[Field]:
        for column in typed_columns(table):
            yield self.field(column, row.get(column.key), f"{name}.{column.key}", place.below(column.key))

    def _rows(self, kind: ListOf, values: Sequence[Any], name: str, place: Place) -> Iterator[FieldRow]:
        for number, value in enumerate(values):
            form, table = form_of_row(kind.kind, value)
            row = value if isinstance(value, Mapping) else {table.columns()[0].key: value}
            # Faults name a row by one of its keys, or by its position from 1.
            at = place.row(str(row.get(kind.called) or number + 1))
            yield FieldRow(
                number=number,
                form=form,
                title=self.words.row(form),
                fields=tuple(self._columns(table, row, f"{name}.{number}", at)),
                problems=tuple(one for one in self.problems if one.place == at),
            )

    def _keyed(self, kind: MapOf, value: Mapping[str, Any], name: str, place: Place) -> Iterator[FieldRow]:
        assert isinstance(kind.kind, Table)
        for number, (key, row) in enumerate(value.items()):
            at = Place((*place.steps[:-1], (place.steps[-1][0], key)))
            options = tuple(Option(one, one) for one in kind.keys)
            which = Field(
                name=f"{name}.{number}.{KEY}",
                label=self.words.label(self.subject.kind, "menu-key"),
                hint="",
                widget=Widget.SELECT,
                value=key,
                options=options,
                is_required=True,
                nothing=self.words.say("form-choose"),
            )
            yield FieldRow(
                number=number,
                form="",
                title="",
                fields=(which, *self._columns(kind.kind, row, f"{name}.{number}", at)),
                problems=tuple(one for one in self.problems if one.place == at),
            )

    def _kinds_of_row(self, key: str, kind: ListOf | MapOf) -> tuple[Option, ...]:
        if isinstance(kind.kind, OneOf):
            return tuple(Option(form, self.words.row(form)) for form in kind.kind.forms)
        return (Option("", self.words.row(key)),)

    def _options(self, kind: object, key: str) -> tuple[Option, ...]:
        match kind:
            case Choice():
                return tuple(Option(word, self.words.option(key, word)) for word in kind.words)
            case Reference(named_kind):
                return self.options.named(named_kind)
            case BoxOnLamp():
                return self.options.boxes
            case _:
                raise TypeError(f"no choices for {kind}")


def at_the_form(problems: Sequence[Problem], made: Place | None, shown: Place) -> tuple[Problem, ...]:
    """Return problems with those of the object that was `made` of a form at the place where the form is `shown`.

    Rules that look at the whole office name an object as the office file does, by its number or name.
    """
    if made is None:
        return tuple(problems)
    length = len(made.steps)
    return tuple(
        replace(one, place=Place((*shown.steps, *one.place.steps[length:])))
        if one.place is not None and one.place.is_inside(made)
        else one
        for one in problems
    )


def typed_columns(table: Table[Any]) -> tuple[Column, ...]:
    """Return the keys that a person fills in."""
    return tuple(column for column in table.columns() if not column.is_made)


def form_of_row(kind: object, value: object) -> tuple[str, Table[Any]]:
    """Return which of several kinds a row is, "" where there is one, and its table."""
    if isinstance(kind, OneOf):
        keys = value if isinstance(value, Mapping) else {}
        form = next((form for form in kind.forms if form in keys), next(iter(kind.forms)))
        return form, kind.forms[form]
    assert isinstance(kind, Table)
    return "", kind


def _with_item(place: Place, item: str) -> Place:
    return Place((*place.steps[:-1], (item, "")))


def _is_at(problem: Problem, place: Place) -> bool:
    if problem.place is None or len(problem.place.steps) < len(place.steps):
        return False
    *above, (key, _) = problem.place.steps[: len(place.steps)]
    *above_place, (key_of_place, _) = place.steps
    return above == above_place and key == key_of_place


def _shown(value: object) -> str:
    match value:
        case None | bool():
            return ""
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case dict() | list() | tuple():
            return ""
        case _:
            return str(value)


def _lines(kind: Several[Any], value: object) -> str:
    if not isinstance(value, list | tuple):
        return _shown(value)
    if isinstance(kind.kind, PeriodOrPlan):
        return "\n".join(_period(one) for one in value)
    return "\n".join(_shown(one) for one in value)


def _period(value: object) -> str:
    return f"{value['period']} > {value['go_to']}" if isinstance(value, dict) else str(value)

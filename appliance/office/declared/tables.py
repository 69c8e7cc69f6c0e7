"""Tables, declared once per subject: the declaration serves reading, writing and walking through an object."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from appliance.office.declared.keys import Column, ListOf, TablePart, Walk
from appliance.office.declared.kinds import Kind, Leaf
from appliance.office.declared.known_names import Writing
from appliance.office.declared.lists import still_there
from appliance.office.declared.moving import Move
from appliance.office.declared.place import Place
from appliance.office.declared.reading import AlreadyReported, Row, Spot, shown
from appliance.office.problems import InvalidValueError

_T = TypeVar("_T")


class Table(Generic[_T]):
    """A table that is an object of the office. A fault of the whole object belongs to the key `blamed`.

    `check` returns what no single key can know: the key that is blamed, and what is wrong.
    """

    def __init__(
        self,
        build: Callable[..., _T],
        *parts: TablePart,
        blamed: str = "",
        check: Callable[[_T], Iterator[tuple[str, InvalidValueError]]] | None = None,
    ) -> None:
        self.build = build
        self.parts = parts
        self._blamed = blamed
        self._check = check
        self._defaults = _defaults_of(build)
        self._columns = tuple(column for part in parts for column in part.columns(self._defaults))

    def read(self, value: object, spot: Spot, kept: object = None) -> _T:
        """Return the object; raises InvalidValueError or AlreadyReported."""
        if not isinstance(value, dict):
            raise InvalidValueError("not-a-table", value=shown(value))
        row = Row(value, spot, kept)
        before = len(spot.reading.problems)
        try:
            built = self.part_of(row)
        except AlreadyReported:
            row.finish()
            raise
        row.finish()
        if len(spot.reading.problems) > before:
            raise AlreadyReported
        return built

    def part_of(self, row: Row) -> _T:
        """Return the object that stands in a table among other keys; raises AlreadyReported."""
        before = len(row.spot.reading.problems)
        for part in self.parts:
            row.values.update(part.read(row, self._defaults))
        if len(row.spot.reading.problems) > before:
            raise AlreadyReported
        try:
            built = self.build(**row.values)
        except InvalidValueError as fault:
            (row.spot_of(self._blamed) if self._blamed else row.spot).note_fault(fault)
            raise AlreadyReported from None
        if not row.spot.reading.is_stored:
            for key, wrong in self.faults(built):
                row.spot_of(key).note_fault(wrong)
        return built

    def write(self, thing: _T, writing: Writing) -> dict[str, object]:
        """Return the table."""
        written: dict[str, object] = {}
        for part in self.parts:
            written.update(part.write(thing, writing, self._defaults))
        return written

    def columns(self) -> tuple[Column, ...]:
        """Return the keys of a row, but for the id."""
        return self._columns

    def blank(self, writing: Writing) -> dict[str, object]:
        """Return the row of a new object, with what is as delivered."""
        found = ((column.key, column.blank(writing)) for column in self._columns)
        return {key: value for key, value in found if value is not None}

    def leaves(self, thing: _T, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return the values of an object that stands here."""
        return self.walk(thing, Walk(place, owner))

    def walk(self, thing: _T, walk: Walk) -> Iterator[Leaf]:
        """Return the values of an object whose keys may stand among others."""
        for part in self.parts:
            yield from part.leaves(thing, walk, self._defaults)

    def moved(self, thing: _T, move: Move) -> _T:
        """Return the object once another has gone; NothingLeftError where it cannot be without it."""
        changed: dict[str, object] = {}
        for part in self.parts:
            changed.update(part.moved(thing, move, self._defaults))
        return replace(thing, **changed) if changed else thing  # type: ignore[type-var]  # every table is of a dataclass

    def faults(self, thing: _T) -> Iterator[tuple[str, InvalidValueError]]:
        """Return what no single key can know: the key that is blamed, and what is wrong."""
        if self._check is not None:
            yield from self._check(thing)


@dataclass(frozen=True, slots=True)
class Nested:
    """An object whose keys stand in the table of the object it belongs to, with a prefix."""

    attribute: str
    table: Table[Any]
    prefix: str = ""

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute."""
        try:
            return {self.attribute: self.table.part_of(row.part(self.prefix, self.attribute))}
        except AlreadyReported:
            return {}

    def write(self, thing: Any, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return its keys."""
        written = self.table.write(getattr(thing, self.attribute), writing)
        return {self.prefix + key: value for key, value in written.items()}

    def columns(self, _defaults: Mapping[str, object]) -> Iterator[Column]:
        """Return its keys."""
        for column in self.table.columns():
            yield replace(column, key=self.prefix + column.key)

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        """Return those of the object."""
        yield from self.table.walk(getattr(thing, self.attribute), replace(walk, prefix=walk.prefix + self.prefix))

    def moved(self, thing: Any, move: Move, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute, if it changes."""
        value = getattr(thing, self.attribute)
        moved = self.table.moved(value, move)
        return {} if moved == value else {self.attribute: moved}


@dataclass(frozen=True, slots=True)
class Rows:
    """Tables in a list, named in faults by one of their keys or by their position: `event[2]`."""

    key: str
    kind: Kind[Any]
    attribute: str
    item: str
    called: str = ""

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the attribute."""
        spot = row.spot_of(self.key)
        if not row.has(self.key):
            if self.attribute not in defaults:
                spot.note("missing", value=self.key)
            return {}
        values = row.value(self.key)
        if not isinstance(values, list):
            spot.note("not-a-list-of-tables", value=self.key)
            return {}
        read: list[object] = []
        for position, value in enumerate(values, start=1):
            name = value.get(self.called) if isinstance(value, dict) else None
            item = row.spot_of(self.item).row(position, name)
            try:
                read.append(self.kind.read(value, item))
            except InvalidValueError as fault:
                item.note_fault(fault)
            except AlreadyReported:
                pass
        return {self.attribute: tuple(read)}

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the list."""
        values = getattr(thing, self.attribute)
        if self.attribute in defaults and values == defaults[self.attribute]:
            return {}
        return {self.key: [self.kind.write(value, writing) for value in values]}

    def columns(self, defaults: Mapping[str, object]) -> Iterator[Column]:
        """Return the list."""
        yield Column(self.key, ListOf(self.kind, self.item, self.called), is_required=self.attribute not in defaults)

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        """Return those of each row."""
        for position, value in enumerate(getattr(thing, self.attribute), start=1):
            name = str(getattr(value, self.called)) if self.called else str(position)
            yield from self.kind.leaves(value, walk.below(self.item, name), walk.owner)

    def moved(self, thing: Any, move: Move, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        """Return the rows that are left, if they change."""
        values = getattr(thing, self.attribute)
        moved = tuple(still_there(self.kind, values, move))
        return {} if moved == values else {self.attribute: moved}


class Inline(dict[str, object]):
    """A table that is written on one line."""


@dataclass(frozen=True, slots=True)
class OneOf:
    """A table on one line that is one of several kinds, told apart by a key that only one of them has."""

    forms: Mapping[str, Table[Any]] = field(default_factory=dict)
    rule: str = ""

    def read(self, value: object, spot: Spot) -> Any:
        """Return the object; raises InvalidValueError or AlreadyReported."""
        if not isinstance(value, dict):
            raise InvalidValueError("not-a-table", value=shown(value))
        found = [key for key in self.forms if key in value]
        if len(found) != 1:
            raise InvalidValueError(self.rule, value=shown(", ".join(value)), choices=", ".join(self.forms))
        return self.forms[found[0]].read(value, spot)

    def write(self, value: Any, writing: Writing) -> Inline:
        """Return the table."""
        return Inline(self._form_of(value).write(value, writing))

    def leaves(self, value: Any, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return those of the form that the value has."""
        return self._form_of(value).leaves(value, place, owner)

    def moved(self, value: Any, move: Move) -> Any:
        """Return it once an object has gone; NothingLeftError."""
        return self._form_of(value).moved(value, move)

    def _form_of(self, value: object) -> Table[Any]:
        return next(form for form in self.forms.values() if form.build is type(value))


def _defaults_of(build: Callable[..., object]) -> dict[str, object]:
    if not dataclasses.is_dataclass(build):
        return {}
    defaults: dict[str, object] = {}
    for one in dataclasses.fields(build):
        if one.default is not dataclasses.MISSING:
            defaults[one.name] = one.default
        elif one.default_factory is not dataclasses.MISSING:
            defaults[one.name] = one.default_factory()
    return defaults

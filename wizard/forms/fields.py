"""What a form shows: fields, and rows and groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from appliance.office.declared.devices import CALL
from appliance.office.problems import Problem

MOST_SHOWN = 60  # choices; of more than that the field is typed in, and offers them while it is


class Widget(StrEnum):
    """How a field is asked for; the templates have a macro for each."""

    TEXT = "text"
    AREA = "area"
    NUMBER = "number"
    MOMENT = "moment"
    DAY = "day"
    SECRET = "secret"
    TICK = "tick"
    SELECT = "select"
    SELECT_OR_NUMBER = "select-or-number"  # a choice, or a number outside that is typed beside it
    TICKS = "ticks"
    ORDER = "order"  # ticks, each with its place in the list
    LINES = "lines"  # one value a line
    ROWS = "rows"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what the row says, what a person reads, and the heading it stands under ("" for none)."""

    value: str
    label: str
    group: str = ""

    @property
    def called(self) -> str:
        """What it is called where no heading stands above it."""
        return f"{self.label} · {self.group}" if self.group else self.label


@dataclass(frozen=True)
class Choices:
    """A list that many fields of a form choose from; what it takes to type a choice is worked out once for all."""

    name: str
    options: tuple[Option, ...]

    @property
    def are_typed(self) -> bool:
        """Whether there are too many for all of them to be shown."""
        return len(self.options) > MOST_SHOWN

    @cached_property
    def values(self) -> dict[str, str]:
        """The value of each, by what it is called where it is typed; two of one name are told apart by it."""
        found: dict[str, str] = {}
        for option in self.options:
            found[option.called if option.called not in found else f"{option.called} · {option.value}"] = option.value
        return found

    @cached_property
    def called(self) -> Mapping[str, str]:
        """What each is called where it is typed, by its value; the first counts."""
        return {value: name for name, value in reversed(self.values.items())}

    def value_of(self, typed: str) -> str | None:
        """Return the value of what was typed: all that a choice is called, or the number that it begins with."""
        return self._values_typed.get(" ".join(typed.split()).casefold())

    @cached_property
    def _values_typed(self) -> Mapping[str, str]:
        names = {name.casefold(): value for name, value in reversed(self.values.items())}
        numbers = {number: value for name, value in names.items() if (number := name.split()[0]).isdigit()}
        return numbers | names


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """One row of a list. `form`: which of several kinds of row it is; `number`: its place in the list, from 0."""

    number: int
    form: str
    title: str
    fields: Sequence[Field]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `name` is the HTML name; `value` what stands in it, as typed; `values` what is ticked, in order.

    `kinds`: of rows, what can be added, with its label; `is_keyed`: each row has a key of its own, so no order.
    `is_here`: of a group that may be left out, whether it is in. `nothing`: what no choice is called. `choices`: of a
    select, the list that its options are.
    """

    name: str
    label: str
    hint: str
    widget: Widget
    value: str = ""
    values: Sequence[str] = ()
    options: Sequence[Option] = ()
    rows: Sequence[FieldRow] = ()
    fields: Sequence[Field] = ()
    kinds: Sequence[Option] = ()
    problems: Sequence[Problem] = ()
    is_required: bool = False
    is_here: bool = True
    longest: int = 0
    least: int | None = None
    most: int | None = None
    example: str = ""
    nothing: str = ""
    is_keyed: bool = False
    choices: Choices | None = None

    @property
    def typed_of(self) -> Choices | None:
        """What its choice is typed of, where there are too many to show."""
        return self.choices if self.choices and self.choices.are_typed else None

    @property
    def shown(self) -> str:
        """What stands in it where it is typed: what its choice is called, a number outside, or what was typed."""
        called = self.typed_of.called if self.typed_of else {}
        return called.get(self.value) or (self.outside if self.is_unknown else self.value)

    @property
    def ticked_first(self) -> Sequence[Option]:
        """The choices: those that are ticked in their order, then the others."""
        known = {option.value: option for option in self.options}
        ticked = [known.get(value, Option(value, value)) for value in self.values]
        return [*ticked, *(option for option in self.options if option.value not in self.values)]

    @property
    def is_unknown(self) -> bool:
        """Whether what stands in it is none of its choices, such as a number outside."""
        return bool(self.value) and self.value not in {option.value for option in self.options}

    @property
    def outside(self) -> str:
        """The number outside that stands in it."""
        return self.value.removeprefix(f"{CALL} ") if self.is_unknown else ""

    @property
    def has_faults(self) -> bool:
        """Whether anything in it is wrong, so that it must be seen."""
        inner = [*self.fields, *(one for row in self.rows for one in row.fields)]
        return bool(self.problems) or any(row.problems for row in self.rows) or any(one.has_faults for one in inner)


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectForm:
    """A form of one object: what is asked first, what is folded away, and what is wrong with none of its fields."""

    first: Sequence[Field] = field(default_factory=tuple)
    more: Sequence[Field] = field(default_factory=tuple)
    problems: Sequence[Problem] = ()

    @property
    def lists(self) -> Sequence[Choices]:
        """The lists that its fields are typed of, each once."""
        typed = {one.typed_of.name: one.typed_of for one in _all_of((*self.first, *self.more)) if one.typed_of}
        return tuple(typed.values())

    @property
    def must_unfold(self) -> bool:
        """Whether what is folded away has a fault in it."""
        return any(one.has_faults for one in self.more)


def _all_of(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _all_of((*one.fields, *(inner for row in one.rows for inner in row.fields)))

"""What a form shows: fields, and rows and groups of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

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
    `is_here`: of a group that may be left out, whether it is in. `nothing`: what no choice is called. `list`: the name
    of its choices, which many fields share (`Options.of`).
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
    list: str = ""

    @property
    def is_typed(self) -> bool:
        """Whether there is too much to choose from for all of it to be shown."""
        return bool(self.list) and len(self.options) > MOST_SHOWN

    @property
    def shown(self) -> str:
        """What stands in it where it is typed: what its choice is called, a number outside, or what was typed."""
        called = (name for name, value in names_of(self.options).items() if value == self.value)
        return next(called, self.outside if self.is_unknown else self.value)

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
    def lists(self) -> Mapping[str, Iterable[str]]:
        """What the choices of its fields that are typed are called, by the name of their list."""
        typed = {one.list: one.options for one in _all_of((*self.first, *self.more)) if one.is_typed}
        return {name: names_of(options) for name, options in typed.items()}

    @property
    def must_unfold(self) -> bool:
        """Whether what is folded away has a fault in it."""
        return any(one.has_faults for one in self.more)


def names_of(options: Iterable[Option]) -> dict[str, str]:
    """Return what each choice is called where it is typed, with its value; two of one name are told apart by it."""
    found: dict[str, str] = {}
    for option in options:
        found[option.called if option.called not in found else f"{option.called} · {option.value}"] = option.value
    return found


def _all_of(fields: Iterable[Field]) -> Iterator[Field]:
    for one in fields:
        yield one
        yield from _all_of((*one.fields, *(inner for row in one.rows for inner in row.fields)))

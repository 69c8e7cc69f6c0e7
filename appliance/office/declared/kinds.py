"""Kinds of values, as data: what a setting may be, how it stands in a row, and what it names.

A row is what the office file, a form and the API have in common: texts, numbers, truth values, lists and tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from appliance.office.declared.known_names import Writing
from appliance.office.declared.moving import Move
from appliance.office.declared.place import Place
from appliance.office.declared.reading import Spot, shown
from appliance.office.names import MOST_TEXT_BYTES
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.problems import InvalidValueError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of an object, and where it stands. `owner`: the kind and id of what sends calls by it.

    `applies` False: it is set, and not used as the rest of the object is set now.
    """

    place: Place
    kind: Kind[Any]
    value: Any
    owner: tuple[str, str]
    applies: bool = True


class Kind(Protocol[_T]):
    """`read` raises InvalidValueError, or AlreadyReported when it has noted the faults itself."""

    def read(self, value: object, spot: Spot) -> _T:
        """Return the value that stands in a row."""

    def write(self, value: _T, writing: Writing) -> object:
        """Return the value as it stands in a row."""

    def leaves(self, value: _T, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return the values it is made of, or itself."""

    def moved(self, value: _T, move: Move) -> _T:
        """Return the value once an object has gone; NothingLeftError."""


class Single(Generic[_T]):
    """A value that is made of no others."""

    __slots__ = ()

    def leaves(self, value: _T, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return the value itself."""
        yield Leaf(place, self, value, owner)  # type: ignore[arg-type]  # each kind below reads and writes

    def moved(self, value: _T, _move: Move) -> _T:
        """It names nothing."""
        return value


class Plain(Generic[_T]):
    """A value that names nothing, and that its type alone keeps right."""

    __slots__ = ()

    def leaves(self, value: _T, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """There is nothing to look at."""
        yield from ()

    def moved(self, value: _T, _move: Move) -> _T:
        """It names nothing."""
        return value


def text_of(value: object) -> str:
    """Return what stands in a row, which must be a text; InvalidValueError `not-text`."""
    if not isinstance(value, str):
        raise InvalidValueError("not-text", value=shown(value))
    return value


def _as_typed(text: str) -> str:
    return text


@dataclass(frozen=True, slots=True)
class Text(Single[str]):
    """A text. `check` returns it, put right where it may be, or raises InvalidValueError.

    `longest`: letters. `has_lines`: it may be long. `is_newer`: the rule is newer than some saved revisions, which
    are read all the same.
    """

    check: Callable[[str], str] = _as_typed
    longest: int = MOST_TEXT_BYTES
    has_lines: bool = False
    is_newer: bool = False

    def read(self, value: object, spot: Spot) -> str:
        """Return the text, checked."""
        text = text_of(value)
        return text if self.is_newer and spot.reading.is_stored else self.check(text)

    def write(self, value: str, _writing: Writing) -> str:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class SecretText(Plain[str]):
    """A text that is taken and never shown (SecretKey)."""

    check: Callable[[str], str]

    def read(self, value: object, _spot: Spot) -> str:
        """Return the text, checked."""
        return self.check(text_of(value))

    def write(self, _value: str, _writing: Writing) -> str:
        """Return nothing of it."""
        return ""


@dataclass(frozen=True, slots=True)
class Parsed(Plain[_T]):
    """A text that means a value of a type of its own; `str` writes it. `example`: one that is right."""

    parse: Callable[[str], _T]
    example: str

    def read(self, value: object, _spot: Spot) -> _T:
        """Parse the text."""
        return self.parse(text_of(value))

    def write(self, value: _T, _writing: Writing) -> str:
        """Return the text."""
        return str(value)


@dataclass(frozen=True, slots=True)
class ShortNumber(Plain[ExtensionNumber]):
    """A number that is dialled inside the office and is this object's own."""

    def read(self, value: object, _spot: Spot) -> ExtensionNumber:
        """Parse the text."""
        return ExtensionNumber(text_of(value))

    def write(self, value: ExtensionNumber, _writing: Writing) -> str:
        """Return the digits."""
        return value.digits


@dataclass(frozen=True, slots=True)
class PublicNumber(Single[PhoneNumber]):
    """A number of the public network, as the office's country writes it. `is_ours`: one that the office has."""

    is_ours: bool = False

    def read(self, value: object, spot: Spot) -> PhoneNumber:
        """Parse the text."""
        return spot.reading.phone_number(text_of(value))

    def write(self, value: PhoneNumber, _writing: Writing) -> str:
        """Return it with + and calling code."""
        return value.e164


@dataclass(frozen=True, slots=True)
class Reference(Single[str]):
    """The id of another object of the subject `kind`, written as that object's number if it has one."""

    kind: str

    def read(self, value: object, spot: Spot) -> str:
        """Return the id of what is named by number or id."""
        text = text_of(value)
        if self.kind == "number":  # people write it as they dial it
            with suppress(InvalidValueError):  # it may be an id
                text = spot.reading.phone_number(text).e164
        return spot.reading.names.id_of(self.kind, text)

    def write(self, value: str, writing: Writing) -> str:
        """Return its number, or its id."""
        return writing.name_of(self.kind, value)

    def moved(self, value: str, move: Move) -> str:
        """Return which id is named now; NothingLeftError."""
        return move.named(self.kind, value)


@dataclass(frozen=True, slots=True)
class Choice(Plain[Any]):
    """One word out of several: the values of an enumeration, or its names in small letters (`by_name`)."""

    of: type[Enum]
    by_name: bool = False

    @property
    def words(self) -> dict[str, Enum]:
        """The words, in the order of the enumeration."""
        return {one.name.lower() if self.by_name else str(one.value): one for one in self.of}

    def read(self, value: object, _spot: Spot) -> Any:
        """Return what the word means."""
        text = text_of(value)
        found = self.words.get(text)
        if found is None:
            raise InvalidValueError("not-a-choice", value=shown(text), choices=", ".join(self.words))
        return found

    def write(self, value: Enum, _writing: Writing) -> str:
        """Return the word."""
        return value.name.lower() if self.by_name else str(value.value)


@dataclass(frozen=True, slots=True)
class Flag(Plain[bool]):
    """True or false."""

    def read(self, value: object, _spot: Spot) -> bool:
        """Check that it is one."""
        if not isinstance(value, bool):
            raise InvalidValueError("not-true-or-false", value=shown(value))
        return value

    def write(self, value: bool, _writing: Writing) -> bool:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class Count(Single[int]):
    """A whole number between two others, both included."""

    least: int
    most: int

    def check(self, value: int) -> int:
        """Return it; InvalidValueError `not-in-range`."""
        if not self.least <= value <= self.most:
            raise InvalidValueError("not-in-range", value=shown(value), least=str(self.least), most=str(self.most))
        return value

    def read(self, value: object, spot: Spot) -> int:
        """Check that it is one."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidValueError("not-in-range", value=shown(value), least=str(self.least), most=str(self.most))
        return value if spot.reading.is_stored else self.check(value)

    def write(self, value: int, _writing: Writing) -> int:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class Moment(Plain[datetime]):
    """A date and a time of the office's own clock."""

    def read(self, value: object, _spot: Spot) -> datetime:
        """Check that it is one without a time zone."""
        if not isinstance(value, datetime) or value.tzinfo is not None:
            raise InvalidValueError("not-a-moment", value=shown(value))
        return value

    def write(self, value: datetime, _writing: Writing) -> datetime:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class Day(Plain[date]):
    """A date."""

    def read(self, value: object, _spot: Spot) -> date:
        """Check that it is one without a time."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise InvalidValueError("not-a-date", value=shown(value))
        return value

    def write(self, value: date, _writing: Writing) -> date:
        """Return it."""
        return value

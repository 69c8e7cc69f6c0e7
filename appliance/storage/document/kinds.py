"""Kinds of values: each knows how a value stands in the document, to read it and to write it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar

from appliance.office.problems import InvalidValueError
from appliance.storage.document.known_names import Writing
from appliance.storage.document.reading import Place, Reading, Unread, shown

_T = TypeVar("_T")
_E = TypeVar("_E", bound=Enum)


class Kind(Protocol[_T]):
    """`read` raises InvalidValueError, or Unread when it has noted the faults itself."""

    def read(self, value: object, place: Place) -> _T: ...

    def write(self, value: _T, writing: Writing) -> object: ...


@dataclass(frozen=True, slots=True)
class Words(Generic[_T]):
    """A text that means a value."""

    parse: Callable[[str, Reading], _T]
    show: Callable[[_T, Writing], str]

    def read(self, value: object, place: Place) -> _T:
        """Parse the text."""
        if not isinstance(value, str):
            raise InvalidValueError("not-text", value=shown(value))
        return self.parse(value, place.reading)

    def write(self, value: _T, writing: Writing) -> str:
        """Return the text."""
        return self.show(value, writing)


def words(parse: Callable[[str], _T]) -> Words[_T]:
    """Return the kind of a text that nothing else is needed for; `str` writes it."""
    return Words(lambda text, _: parse(text), lambda value, _: str(value))


def newer(check: Callable[[str], str]) -> Words[str]:
    """Return the kind of a text with a rule that is newer than some saved revisions, which are read all the same."""
    return Words(lambda text, reading: text if reading.is_stored else check(text), lambda value, _: value)


def reference(kind: str) -> Words[str]:
    """Return the kind of an id of another object, written as that object's number if it has one."""
    return Words(lambda text, reading: reading.names.id_of(kind, text), lambda one, writing: writing.name_of(kind, one))


def choice(kind: type[_E]) -> Words[_E]:
    """Return the kind of one word out of several."""

    def choose(text: str) -> _E:
        try:
            return kind(text)
        except ValueError:
            choices = ", ".join(str(one.value) for one in kind)
            raise InvalidValueError("not-a-choice", value=shown(text), choices=choices) from None

    return Words(lambda text, _: choose(text), lambda value, _: str(value.value))


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: object, _place: Place) -> bool:
        """Check that it is one."""
        if not isinstance(value, bool):
            raise InvalidValueError("not-true-or-false", value=shown(value))
        return value

    def write(self, value: bool, _writing: Writing) -> bool:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class Count:
    """A whole number between two others, both included."""

    least: int
    most: int

    def read(self, value: object, place: Place) -> int:
        """Check that it is one."""
        is_number = isinstance(value, int) and not isinstance(value, bool)
        if is_number and (place.reading.is_stored or self.least <= value <= self.most):  # type: ignore[operator]
            return value  # type: ignore[return-value]
        raise InvalidValueError("not-in-range", value=shown(value), least=str(self.least), most=str(self.most))

    def write(self, value: int, _writing: Writing) -> int:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and a time of the office's own clock."""

    def read(self, value: object, _place: Place) -> datetime:
        """Check that it is one without a time zone."""
        if not isinstance(value, datetime) or value.tzinfo is not None:
            raise InvalidValueError("not-a-moment", value=shown(value))
        return value

    def write(self, value: datetime, _writing: Writing) -> datetime:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class Day:
    """A date."""

    def read(self, value: object, _place: Place) -> date:
        """Check that it is one without a time."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise InvalidValueError("not-a-date", value=shown(value))
        return value

    def write(self, value: date, _writing: Writing) -> date:
        """Return it."""
        return value


@dataclass(frozen=True, slots=True)
class OrNone(Generic[_T]):
    """A value, or a word that says there is none."""

    kind: Kind[_T]
    word: str

    def read(self, value: object, place: Place) -> _T | None:
        """Read either."""
        return None if value == self.word else self.kind.read(value, place)

    def write(self, value: _T | None, writing: Writing) -> object:
        """Return either."""
        return self.word if value is None else self.kind.write(value, writing)


@dataclass(frozen=True, slots=True)
class Several(Generic[_T]):
    """A list. `collect` makes a tuple or a set of it; `are_texts` chooses the words for what is no list."""

    kind: Kind[_T]
    collect: Callable[[Iterator[_T]], Any] = tuple
    are_texts: bool = True

    def read(self, value: object, place: Place) -> Any:
        """Read each; every fault is noted."""
        if not isinstance(value, list) or (self.are_texts and not all(isinstance(one, str) for one in value)):
            raise InvalidValueError("not-a-list-of-texts" if self.are_texts else "not-a-list", value=shown(value))
        return self.collect(each(self.kind, value, place))

    def write(self, value: Any, writing: Writing) -> list[object]:
        """Return each; a set in the order of its texts."""
        written = [self.kind.write(one, writing) for one in value]
        return sorted(written, key=str) if isinstance(value, frozenset) else written


def each(kind: Kind[_T], values: list[object], place: Place) -> Iterator[_T]:
    """Yield every value that can be read and note the faults of the others."""
    for value in values:
        try:
            yield kind.read(value, place)
        except InvalidValueError as fault:
            place.note_fault(fault)
        except Unread:
            pass

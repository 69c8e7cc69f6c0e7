"""Kinds that are made of another kind: a list of it, or it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from appliance.office.declared.kinds import Kind, Leaf
from appliance.office.declared.known_names import Writing
from appliance.office.declared.moving import Move, NothingLeftError
from appliance.office.declared.place import Place
from appliance.office.declared.reading import AlreadyReported, Spot, shown
from appliance.office.problems import InvalidValueError

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class OrNone(Generic[_T]):
    """A value, or a word that says there is none."""

    kind: Kind[_T]
    word: str

    def read(self, value: object, spot: Spot) -> _T | None:
        """Read either."""
        return None if value == self.word else self.kind.read(value, spot)

    def write(self, value: _T | None, writing: Writing) -> object:
        """Return either."""
        return self.word if value is None else self.kind.write(value, writing)

    def leaves(self, value: _T | None, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return those of the value, if there is one."""
        if value is not None:
            yield from self.kind.leaves(value, place, owner)

    def moved(self, value: _T | None, move: Move) -> _T | None:
        """Return the value once an object has gone; NothingLeftError."""
        return None if value is None else self.kind.moved(value, move)


@dataclass(frozen=True, slots=True)
class Several(Generic[_T]):
    """A list. `collect` makes a tuple or a set of it; `are_texts` chooses the words for what is no list."""

    kind: Kind[_T]
    collect: Callable[[Iterator[_T]], Any] = tuple
    are_texts: bool = True

    def read(self, value: object, spot: Spot) -> Any:
        """Read each; every fault is noted."""
        if not isinstance(value, list) or (self.are_texts and not all(isinstance(one, str) for one in value)):
            raise InvalidValueError("not-a-list-of-texts" if self.are_texts else "not-a-list", value=shown(value))
        return self.collect(each(self.kind, value, spot))

    def write(self, value: Any, writing: Writing) -> list[object]:
        """Return each; a set in the order of its texts."""
        written = [self.kind.write(one, writing) for one in value]
        return sorted(written, key=str) if isinstance(value, frozenset) else written

    def leaves(self, value: Any, place: Place, owner: tuple[str, str]) -> Iterator[Leaf]:
        """Return those of each, at the place of the list."""
        for one in value:
            yield from self.kind.leaves(one, place, owner)

    def moved(self, value: Any, move: Move) -> Any:
        """Return the list with what is left, each once."""
        return self.collect(iter(dict.fromkeys(still_there(self.kind, value, move))))


def each(kind: Kind[_T], values: list[object], spot: Spot) -> Iterator[_T]:
    """Yield every value that can be read and note the faults of the others."""
    for value in values:
        try:
            yield kind.read(value, spot)
        except InvalidValueError as fault:
            spot.note_fault(fault)
        except AlreadyReported:
            pass


def still_there(kind: Kind[_T], values: Iterable[_T], move: Move) -> Iterator[_T]:
    """Yield every value that is left once an object has gone."""
    for value in values:
        with suppress(NothingLeftError):
            yield kind.moved(value, move)

"""One pass over a document: where it stands, what it has found wrong, and what it may look up meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appliance.office.country import Country
from appliance.office.numbers import PhoneNumber
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.secret import Secret
from appliance.storage.document.known_names import NamesInDocument

LONGEST_SHOWN = 40  # letters of a wrong value in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretMaker:
    """Where new secrets come from; arguments, so that reading a document stays repeatable in tests."""

    password: Callable[[], Secret]
    token: Callable[[], Secret]
    pin: Callable[[], Secret]


class Unread(Exception):  # noqa: N818  (no fault of its own: the fault has been noted)
    """A value has faults that are noted already."""


class Reading:
    """Collects every fault. `is_stored`: a revision that was found good when it was saved, so that a rule that is
    newer than the revision does not make it unreadable.
    """

    def __init__(self, secrets: SecretMaker, country: Country, names: NamesInDocument, *, is_stored: bool) -> None:
        self.secrets = secrets
        self.country = country
        self.names = names
        self.is_stored = is_stored
        self.problems: list[Problem] = []

    def phone_number(self, text: str) -> PhoneNumber:
        """Read a number as the office's country writes it; raises InvalidValueError."""
        return PhoneNumber(text) if self.is_stored else PhoneNumber.parse(text, self.country)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the document something stands, such as `extension[201].email`."""

    reading: Reading
    where: str

    def note(self, rule: str, **facts: str) -> None:
        """Note a fault here."""
        self.note_fault(InvalidValueError(rule, **facts))

    def note_fault(self, fault: InvalidValueError) -> None:
        """Note the fault of a value that stands here."""
        problem = fault.at(self.where)
        facts = {name: printable(fact) for name, fact in problem.facts.items()}
        self.reading.problems.append(Problem(where=problem.where, rule=problem.rule, facts=facts))

    def below(self, key: str) -> Place:
        """Return the place of a key of this table."""
        return Place(self.reading, f"{self.where}.{printable(key)[:LONGEST_SHOWN]}")

    def row(self, number: int, name: object = None) -> Place:
        """Return the place of a row of this list, by its name if it has one that can be shown, or by its number."""
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        shown = name[:LONGEST_SHOWN] if isinstance(name, str) and name.isprintable() and name else str(number)
        return Place(self.reading, f"{self.where}[{shown}]")


class Row:
    """One table that is being read: what has been asked for, and what has been read so far."""

    def __init__(self, table: Mapping[str, object], place: Place, kept: object = None) -> None:
        self.table = table
        self.place = place
        self.kept = kept
        self.prefix = ""
        self.asked: set[str] = set()
        self.values: dict[str, object] = {}

    def part(self, prefix: str, attribute: str) -> Row:
        """Return the same table, of which only keys with a prefix are asked for."""
        row = Row(self.table, self.place, getattr(self.kept, attribute, None))
        row.prefix = self.prefix + prefix
        row.asked = self.asked
        return row

    def has(self, key: str) -> bool:
        """Tell whether the key is written; it counts as asked for."""
        self.asked.add(self.prefix + key)
        return self.prefix + key in self.table

    def value(self, key: str) -> object:
        """Return what is written at a key."""
        return self.table[self.prefix + key]

    def place_of(self, key: str) -> Place:
        """Return where the key stands."""
        return self.place.below(self.prefix + key)

    def finish(self) -> None:
        """Name the keys nobody asked for: a misspelt setting must not pass in silence."""
        for key in sorted(self.table.keys() - self.asked):
            self.place.below(key).note("unknown-key", value=key[:LONGEST_SHOWN])


def shown(value: object) -> str:
    """Return a wrong value as a message shows it."""
    try:
        text = str(value)
    except (ValueError, RecursionError):  # an endless number, or tables inside tables without end
        return "…"
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def printable(text: str) -> str:
    """Return a text in which nothing moves a cursor or ends a line: such signs are written as Python writes them."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)

"""One pass over a document: where it stands, what it has found wrong, and what it may look up meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from appliance.office.country import Country
from appliance.office.declared.known_names import NamesInDocument
from appliance.office.declared.place import Place
from appliance.office.numbers import PhoneNumber
from appliance.office.problems import InvalidValueError, Problem, problem_at
from appliance.office.secret import Secret

LONGEST_SHOWN = 40  # letters of a wrong value in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretMaker:
    """Where new secrets come from; arguments, so that reading a document stays repeatable in tests."""

    password: Callable[[], Secret]
    token: Callable[[], Secret]
    pin: Callable[[], Secret]


class AlreadyReported(Exception):  # noqa: N818  (no fault of its own: the fault has been noted)
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
class Spot:
    """A place in a document that is being read."""

    reading: Reading
    place: Place

    def note(self, rule: str, **facts: str) -> None:
        """Note a fault here."""
        self.note_fault(InvalidValueError(rule, **facts))

    def note_fault(self, fault: InvalidValueError) -> None:
        """Note the fault of a value that stands here."""
        facts = {name: printable(fact) for name, fact in fault.facts.items()}
        self.reading.problems.append(problem_at(self.place, fault.rule, **facts))

    def below(self, key: str) -> Spot:
        """Return a key of this table."""
        return Spot(self.reading, self.place.below(printable(key)[:LONGEST_SHOWN]))

    def row(self, number: int, name: object = None) -> Spot:
        """Return a row of this list, by its name if it has one that can be shown, or by its number."""
        if isinstance(name, int) and not isinstance(name, bool):
            name = str(name)
        shown = name[:LONGEST_SHOWN] if isinstance(name, str) and name.isprintable() and name else str(number)
        return Spot(self.reading, self.place.row(shown))


class Row:
    """One table that is being read: what has been asked for, and what has been read so far."""

    def __init__(self, table: Mapping[str, object], spot: Spot, kept: object = None) -> None:
        self.table = table
        self.spot = spot
        self.kept = kept
        self.prefix = ""
        self.asked: set[str] = set()
        self.values: dict[str, object] = {}

    def part(self, prefix: str, attribute: str) -> Row:
        """Return the same table, of which only keys with a prefix are asked for."""
        row = Row(self.table, self.spot, getattr(self.kept, attribute, None))
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

    def spot_of(self, key: str) -> Spot:
        """Return where the key stands."""
        return self.spot.below(self.prefix + key)

    def finish(self) -> None:
        """Name the keys nobody asked for: a misspelt setting must not pass in silence."""
        for key in sorted(self.table.keys() - self.asked):
            self.spot.below(key).note("unknown-key", value=key[:LONGEST_SHOWN])


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

"""One defect in the office's settings, as data; its wording belongs to the screens and the command line."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from appliance.office.declared.place import Place

# Letters of a fact in a message: longer than any value that is right, and short enough for a line on a screen.
MOST_SHOWN_LETTERS = 200
# Controls and newlines, half pairs, private use, line and paragraph separators; no name has any of them.
NO_LETTER = frozenset({"Cc", "Cs", "Co", "Zl", "Zp"})
# Letters that turn the reading direction (Unicode UAX #9) or hide at the start of a file.
DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_CONTROL_PICTURES, _DELETE, _DELETE_PICTURE = 0x2400, 0x7F, "\u2421"  # Unicode block "Control Pictures"


def as_typed(text: str) -> str:
    """Return a text as a message shows it: as it was typed.

    What cannot be seen is shown as a sign for it (\u2407, <U+202E>), and a text without end ends in "\u2026".
    """
    end = "\u2026" if len(text) > MOST_SHOWN_LETTERS else ""
    return "".join(map(_visible, text[:MOST_SHOWN_LETTERS])) + end


def _visible(letter: str) -> str:
    if unicodedata.category(letter) not in NO_LETTER and letter not in DIRECTION:
        return letter
    number = ord(letter)
    if number < ord(" "):
        return chr(_CONTROL_PICTURES + number)
    return _DELETE_PICTURE if number == _DELETE else f"<U+{number:04X}>"


class Severity(StrEnum):
    """An error keeps the office from being compiled; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`rule` names the text; `facts` fill its gaps (see `as_typed`).

    `where` is the name of a field, or the text of `place`, which is set where the fault is in an office. `cause`, a
    failure of the world, is said in the text as the fact `value`.
    """

    where: str
    rule: str
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR
    place: Place | None = field(default=None, repr=False, compare=False)
    cause: BaseException | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", {name: as_typed(fact) for name, fact in self.facts.items()})


class InvalidValueError(ValueError):
    """A text that is not a value of its kind: the rule it breaks and the facts that explain it."""

    def __init__(self, rule: str, **facts: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts: Mapping[str, str] = facts

    def at(self, where: str) -> Problem:
        """Return this as a Problem of the field with this name."""
        return Problem(where=where, rule=self.rule, facts=self.facts)

    def at_place(self, place: Place) -> Problem:
        """Return this as a Problem of an office."""
        return problem_at(place, self.rule, **self.facts)


def problem_at(place: Place, rule: str, **facts: str) -> Problem:
    """Return an error of an office at its place."""
    return Problem(where=str(place), rule=rule, facts=facts, place=place)


def warning_at(place: Place, rule: str, **facts: str) -> Problem:
    """Return a warning of an office at its place."""
    return Problem(where=str(place), rule=rule, facts=facts, severity=Severity.WARNING, place=place)

"""Where in an office something stands, as a value; text only where a person or a program reads it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """Names of tables and keys, outermost first, each with the name of a row where it is a list ("" elsewhere).

    `str` gives the text of the office file's faults: `call_plan[helpdesk].step[2].ring`.
    """

    steps: tuple[tuple[str, str], ...] = ()

    def below(self, key: str, row: str | int = "") -> Place:
        """Return the place of a key, or of one row of its list, inside this one."""
        return Place((*self.steps, (key, str(row))))

    def row(self, name: str) -> Place:
        """Return the place of a row of this list."""
        return Place((*self.steps[:-1], (self.steps[-1][0], name)))

    def is_inside(self, other: Place) -> bool:
        """Tell whether this is that place, or one below it."""
        return self.steps[: len(other.steps)] == other.steps

    def __str__(self) -> str:
        return ".".join(f"{key}[{row}]" if row else key for key, row in self.steps)


def place_of(key: str, row: str | int = "") -> Place:
    """Return the place of a table, or of one row of a list, of the office."""
    return Place().below(key, row)

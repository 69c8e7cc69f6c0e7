"""What a change returns: the new revision, or the defects of what was typed, each at its field."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.declared.place import Place
from appliance.office.problems import Problem


@dataclass(frozen=True, slots=True)
class Outcome:
    """`revision` is None when nothing was saved; each problem's `where` is the name of a field.

    `name`: of a declared object that was put, what names it from now on; `place`: where problems say that it stands.
    """

    revision: int | None
    problems: tuple[Problem, ...] = ()
    name: str = ""
    place: Place | None = None

"""What stands in a form: the texts as typed, and what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from appliance.office.problems import Problem

LONGEST_TEXT = 20_000  # letters of one field; a pasted list of 300 employees has 9,000


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """`values` by field; a problem's `where` is the field it belongs to."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def at(self, name: str) -> tuple[Problem, ...]:
        """Return what is wrong with a field."""
        return tuple(problem for problem in self.problems if problem.where == name)

    def beside(self, *names: str) -> tuple[Problem, ...]:
        """Return what is wrong and belongs to none of these fields."""
        return tuple(problem for problem in self.problems if problem.where not in names)


def typed(name: str) -> str:
    """Return a field of the request as typed."""
    return request.form.get(name, "")[:LONGEST_TEXT]


def typed_form(*names: str) -> dict[str, str]:
    """Return several fields of the request as typed."""
    return {name: typed(name) for name in names}

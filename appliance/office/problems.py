"""One defect in the office's settings, as data; its wording belongs to the screens and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """An error keeps the office from being compiled; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """`where` is a path like `extension[201].email`; `rule` names the text; `facts` fill its gaps."""

    where: str
    rule: str
    facts: Mapping[str, str] = field(default_factory=dict)
    severity: Severity = Severity.ERROR


class InvalidValueError(ValueError):
    """A text that is not a value of its kind: the rule it breaks and the facts that explain it."""

    def __init__(self, rule: str, **facts: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.facts: Mapping[str, str] = facts

    def at(self, where: str) -> Problem:
        """Return this as a Problem at a place."""
        return Problem(where=where, rule=self.rule, facts=self.facts)

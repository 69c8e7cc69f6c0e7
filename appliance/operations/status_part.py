"""One part of the box as the status tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: `state` ok, warning or failed.

    `what` is so and `remedy` what to do are names of texts in `part-what` and `part-remedy` of wizard/translations
    (remedy empty: nothing to do); `facts` fill their gaps.
    """

    name: str
    state: str
    what: str
    remedy: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def failed(name: str, what: str, remedy: str, **facts: str) -> Part:
    """Return a part that does not work; `facts` fill the gaps of its texts."""
    return Part(name=name, state="failed", what=what, remedy=remedy, facts=facts)

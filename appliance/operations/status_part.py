"""One part of the box as the status tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class PartState(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"  # calls go on, and somebody should look
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part.

    `what` is so and `remedy` what to do are names of texts in `part-what` and `part-remedy` of appliance/words
    (remedy empty: nothing to do); `facts` fill their gaps, and `causes` the one called `fault`.
    """

    name: str
    state: PartState
    what: str
    remedy: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    causes: tuple[BaseException, ...] = field(default=(), compare=False)


def failed(name: str, what: str, remedy: str, *causes: BaseException, **facts: str) -> Part:
    """Return a part that does not work; `facts` and `causes` fill the gaps of its texts."""
    return Part(name=name, state=PartState.FAILED, what=what, remedy=remedy, facts=facts, causes=causes)

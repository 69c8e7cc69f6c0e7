"""An outbound route: which trunks carry a call to numbers that begin a certain way, and when."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError

_BEGINNING = re.compile(r"\+[0-9]{0,15}")


def check_beginning(text: str) -> str:
    """Return the beginning of E.164 numbers (`+` is all of them); raise InvalidValueError."""
    if not _BEGINNING.fullmatch(text):
        raise InvalidValueError("beginning-form", value=text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteTrunk:
    """`millicents_per_minute`: what a minute costs there, in thousandths of a cent; None: not known, comes last."""

    trunk_id: str
    millicents_per_minute: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRoute:
    """For numbers with one of `beginnings`; the route with the longest one that fits is used.

    `cheapest_first` orders the trunks by cost, otherwise they are tried as listed. `opening_hours_id`: the route holds
    within these hours only; outside them the next shorter beginning decides.
    """

    id: str
    name: str
    beginnings: tuple[str, ...]
    trunks: tuple[RouteTrunk, ...]
    cheapest_first: bool = False
    opening_hours_id: str | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

    def trunk_ids(self) -> tuple[str, ...]:
        """Return the trunks in the order in which they are tried."""
        trunks = self.trunks
        if self.cheapest_first:
            trunks = tuple(sorted(trunks, key=_cost))
        return tuple(trunk.trunk_id for trunk in trunks)


def _cost(trunk: RouteTrunk) -> tuple[bool, int]:
    return trunk.millicents_per_minute is None, trunk.millicents_per_minute or 0

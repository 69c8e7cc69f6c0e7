"""A ring group: several extensions rung by one number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber


class HuntPolicy(StrEnum):
    """How members are tried."""

    RING_ALL = "ring-all"
    LINEAR = "linear"  # one after another, in the order of the list


@dataclass(frozen=True, slots=True, kw_only=True)
class RingGroup:
    """`ring_seconds` holds for the whole group under ring-all and for each member under linear."""

    id: str
    number: ExtensionNumber
    name: str
    member_ids: tuple[str, ...]
    policy: HuntPolicy = HuntPolicy.RING_ALL
    ring_seconds: int = 20
    no_answer: Destination = HangUp()

    def __post_init__(self) -> None:
        check_id(self.id)

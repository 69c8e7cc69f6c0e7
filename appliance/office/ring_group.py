"""A ring group: several extensions, and numbers outside, rung by one number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.night import NightChoice
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.ring_tone import RingTone


class HuntPolicy(StrEnum):
    """How members are tried."""

    RING_ALL = "ring-all"
    LINEAR = "linear"  # one after another, in the order of the list
    CIRCULAR = "circular"  # one after another, beginning after the last one that was rung
    UNIFORM = "uniform"  # one after another, the one longest without a call of the group first


@dataclass(frozen=True, slots=True, kw_only=True)
class RingGroup:
    """`ring_seconds` holds for the whole group under ring-all and for each member under the other policies.

    `wait_seconds`: how long a caller waits before `no_answer`; the members are tried again until then. None: once
    round. `unreachable`: where calls go when no member has a phone that answers (None: as `no_answer`).
    `gives_busy_tone`: when every member is busy the caller hears so, instead of going to `no_answer`.
    `outgoing_number`: shown on calls to `outside_members`.
    """

    id: str
    number: ExtensionNumber
    name: str
    member_ids: tuple[str, ...]
    outside_members: tuple[PhoneNumber, ...] = ()
    policy: HuntPolicy = HuntPolicy.RING_ALL
    ring_seconds: int = 20
    wait_seconds: int | None = None
    no_answer: Destination = HangUp()
    unreachable: Destination | None = None
    gives_busy_tone: bool = False
    night: NightChoice = NightChoice.OFF
    ring_tone: RingTone | None = None
    outgoing_number: PhoneNumber | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

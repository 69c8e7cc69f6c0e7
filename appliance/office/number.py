"""A number (DID): dialled from outside; says what happens to the call."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.country import Language
from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.numbers import PhoneNumber
from appliance.office.ring_tone import RingTone


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """`destination` is the main call plan. The rest is asked in this order: filters, caller rules (before the
    schedules, unless `caller_rules_last`), public holidays, closures, opening hours, schedule, mode key.

    `opening_hours_id` None means always open; `when_closed` takes the call outside those hours. `label` is shown on the
    phones that ring.
    """

    id: str
    number: PhoneNumber
    destination: Destination
    opening_hours_id: str | None = None
    when_closed: Destination = HangUp()
    backup_route_id: str | None = None
    filter_ids: tuple[str, ...] = ()
    caller_rule_ids: tuple[str, ...] = ()
    caller_rules_last: bool = False
    public_holidays_id: str | None = None
    closure_ids: tuple[str, ...] = ()
    schedule_id: str | None = None
    mode_key_id: str | None = None
    label: str = ""
    ring_tone: RingTone | None = None
    language: Language | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

"""A number (DID): dialled from outside; says what happens to the call."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.numbers import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """`opening_hours_id` None means always open; `when_closed` takes the call outside those hours."""

    id: str
    number: PhoneNumber
    destination: Destination
    opening_hours_id: str | None = None
    when_closed: Destination = HangUp()
    backup_route_id: str | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

"""A team: people who work at the same hours; outside them their calls go elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.destination import Destination, ToVoicemail
from appliance.office.ids import check_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """`member_ids`: extensions, each in one team at most. `when_closed`: where calls for a member go outside the hours.

    Night mode of a member comes first; a member's own forwarding counts within the hours.
    """

    id: str
    name: str
    member_ids: tuple[str, ...]
    opening_hours_id: str
    when_closed: Destination = ToVoicemail()

    def __post_init__(self) -> None:
        check_id(self.id)

"""A backup route: where calls go when the phones are gone."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.destination import ToCallPlan, ToOutsideNumber, ToSharedVoicemail, ToVoicemail
from appliance.office.ids import check_id

BackupDestination = ToOutsideNumber | ToVoicemail | ToSharedVoicemail | ToCallPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRoute:
    """In force while every watched extension is unreachable; no watched extension means all of them."""

    id: str
    name: str
    destination: BackupDestination
    watched_extension_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)

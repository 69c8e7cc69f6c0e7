"""A backup route: where calls go when the phones are gone."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.destination import ToOutsideNumber, ToVoicemail
from appliance.office.ids import check_id


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupRoute:
    """In force while every watched extension is unreachable; no watched extension means all of them."""

    id: str
    name: str
    destination: ToOutsideNumber | ToVoicemail
    watched_extension_ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)

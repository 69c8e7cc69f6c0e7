"""Music on hold: what a waiting caller hears."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.ids import check_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """Recordings by the SHA-256 of each (hex), played one after another."""

    id: str
    name: str
    recordings: tuple[str, ...]

    def __post_init__(self) -> None:
        check_id(self.id)

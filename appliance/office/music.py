"""Music on hold: what a waiting caller hears."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.prompt import Prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class Music:
    """Recordings by the SHA-256 of each (hex), played one after another."""

    id: str
    name: str
    recordings: tuple[str, ...]

    def __post_init__(self) -> None:
        check_id(self.id)

    def pieces(self) -> tuple[Prompt, ...]:
        """Return the recordings as prompts, which is how the switch gets them."""
        return tuple(
            Prompt(id=f"music-{position}", name=self.name, audio=recording, is_music=True)
            for position, recording in enumerate(self.recordings, start=1)
        )

"""An extension: a short internal number and the person behind it."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber
from appliance.office.secret import Secret
from appliance.office.voicemail import VoicemailBox

DEFAULT_RING_SECONDS = 20  # five rings at the European ringing rhythm of 1 s on, 3 s off (ETSI ES 201 970)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`ring_seconds` is how long its phones ring before the voicemail box, or the end, takes the call."""

    id: str
    number: ExtensionNumber
    name: str
    sip_password: Secret
    ring_seconds: int = DEFAULT_RING_SECONDS
    voicemail: VoicemailBox | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

    @property
    def sip_user(self) -> str:
        """The name its phones register with; made from the id, so that a renumbering drops nobody."""
        return f"ext-{self.id}"

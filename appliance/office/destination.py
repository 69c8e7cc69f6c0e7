"""The closed union of places a call can be sent to."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.numbers import PhoneNumber


@dataclass(frozen=True, slots=True)
class ToExtension:
    """An extension, by its id."""

    extension_id: str


@dataclass(frozen=True, slots=True)
class ToRingGroup:
    """A ring group, by its id."""

    ring_group_id: str


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    """The voicemail box of an extension (its id), or of the company (None)."""

    extension_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToOutsideNumber:
    """A number of the public network, such as a mobile."""

    number: PhoneNumber


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Destination = ToExtension | ToRingGroup | ToVoicemail | ToOutsideNumber | HangUp

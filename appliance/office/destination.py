"""The closed union of places a call can be sent to."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.numbers import PhoneNumber


@dataclass(frozen=True, slots=True)
class ToExtension:
    """An extension, by its id, with its owner's forwarding and voicemail."""

    extension_id: str


@dataclass(frozen=True, slots=True)
class ToRingGroup:
    """A ring group, by its id."""

    ring_group_id: str


@dataclass(frozen=True, slots=True)
class ToCallPlan:
    """A call plan, by its id."""

    call_plan_id: str


@dataclass(frozen=True, slots=True)
class ToAttendant:
    """An auto attendant, by its id."""

    attendant_id: str


@dataclass(frozen=True, slots=True)
class ToSpeedDial:
    """A speed-dial number, by its id."""

    speed_dial_id: str


@dataclass(frozen=True, slots=True)
class ToVoicemail:
    """The voicemail box of an extension (its id), or of the company (None)."""

    extension_id: str | None = None


@dataclass(frozen=True, slots=True)
class ToSharedVoicemail:
    """A voicemail box that belongs to nobody in particular, by its id."""

    box_id: str


@dataclass(frozen=True, slots=True)
class ToOutsideNumber:
    """A number of the public network, such as a mobile."""

    number: PhoneNumber


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Say a prompt, by its id, and end the call."""

    prompt_id: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call."""


Destination = (
    ToExtension
    | ToRingGroup
    | ToCallPlan
    | ToAttendant
    | ToSpeedDial
    | ToVoicemail
    | ToSharedVoicemail
    | ToOutsideNumber
    | PlayPrompt
    | HangUp
)

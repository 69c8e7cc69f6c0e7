"""A phone's keys: what each does, whatever the brand."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.problems import InvalidValueError

MOST_KEYS = 300  # ours: a phone with all its expansion modules has fewer
MOST_MODULES = 6


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line of the phone itself: 1 is its extension, 2 the next."""

    line: int = 1


@dataclass(frozen=True, slots=True)
class Colleague:
    """Shows whether somebody is free; calls them, or picks up what rings there."""

    extension_id: str


@dataclass(frozen=True, slots=True)
class Group:
    """The same for a ring group."""

    ring_group_id: str


@dataclass(frozen=True, slots=True)
class ModeSwitch:
    """Shows a mode key's colour and changes it."""

    mode_key_id: str


@dataclass(frozen=True, slots=True)
class NightSwitch:
    """Shows whether night mode is on and changes it."""


@dataclass(frozen=True, slots=True)
class ParkingPlace:
    """Shows whether a call waits in a parking slot and fetches it."""

    slot: ExtensionNumber


@dataclass(frozen=True, slots=True)
class OutsideNumber:
    """Calls a number outside."""

    number: PhoneNumber


@dataclass(frozen=True, slots=True)
class PickUp:
    """Takes a call that rings somewhere in the same groups."""


KeyFunction = OwnLine | Colleague | Group | ModeSwitch | NightSwitch | ParkingPlace | OutsideNumber | PickUp


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneKey:
    """`position` counts from 1 over all pages of the phone (`module` 0) or of one expansion module.

    An empty `label` means the natural one: the colleague's name, the slot, the number.
    """

    position: int
    does: KeyFunction
    label: str = ""
    module: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.position <= MOST_KEYS:
            raise InvalidValueError("key-position", value=str(self.position), most=str(MOST_KEYS))
        if not 0 <= self.module <= MOST_MODULES:
            raise InvalidValueError("key-module", value=str(self.module), most=str(MOST_MODULES))

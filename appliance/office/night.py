"""Night mode: sends outside callers to one place when the office has gone home."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.destination import Destination, ToVoicemail


class NightSetting(StrEnum):
    """Of the office."""

    AUTO = "auto"  # on outside the working hours, and on holidays
    ON = "on"
    OFF = "off"


class NightChoice(StrEnum):
    """Of one employee, ring group or attendant."""

    FOLLOW = "follow"
    ON = "on"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class NightMode:
    """`setting` is the console's; a code or a key at a phone changes the state in force (live_settings.py)."""

    setting: NightSetting = NightSetting.OFF
    destination: Destination = ToVoicemail()
    opening_hours_id: str | None = None
    public_holidays_id: str | None = None

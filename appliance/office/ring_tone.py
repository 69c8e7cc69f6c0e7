"""Ring tones: how a phone can tell by ear where a call comes from."""

from __future__ import annotations

from enum import StrEnum


class RingTone(StrEnum):
    """Names the switch sends with a call; each brand's phone has a melody for each."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    GROUP = "group"
    NIGHT = "night"
    URGENT = "urgent"
    DOOR = "door"

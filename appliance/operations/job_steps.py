"""What a long act is doing, step after step, told to whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias


class Step(StrEnum):
    """A step of a job."""

    LOG_IN = "log-in"  # a line logs in anew
    CALL_IN = "call-in"  # the company number is called, and must come in by a line
    RING = "ring"  # the test phone calls
    TELL = "tell"  # a phone is told something
    FETCH = "fetch"  # and fetches its settings
    MAIL = "mail"  # the mail server is given a mail
    ASK_LAN = "ask-lan"  # who is there answers


Progress: TypeAlias = Callable[[Step], None]


def unwatched(_step: Step) -> None:
    """Tell nobody."""

"""Call forwarding: where an extension's calls go instead, always or in certain cases.

What stands here is the setting of the console; a person changes it by code at the phone too, so the switch keeps the
state in force (live_settings.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.numbers import ExtensionNumber, PhoneNumber


class ForwardCase(StrEnum):
    """When a call is forwarded."""

    ALWAYS = "always"
    BUSY = "busy"
    NO_ANSWER = "no-answer"
    UNREACHABLE = "unreachable"  # no phone registered, or no network


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarding:
    """A number of the office or outside for each case; None where that case is not forwarded.

    `ring_seconds`: how long the phone rings before the no-answer case.
    """

    always: ExtensionNumber | PhoneNumber | None = None
    busy: ExtensionNumber | PhoneNumber | None = None
    no_answer: ExtensionNumber | PhoneNumber | None = None
    unreachable: ExtensionNumber | PhoneNumber | None = None
    ring_seconds: int = 20

    def each(self) -> Iterator[tuple[ForwardCase, ExtensionNumber | PhoneNumber | None]]:
        """Return every case with its number."""
        yield ForwardCase.ALWAYS, self.always
        yield ForwardCase.BUSY, self.busy
        yield ForwardCase.NO_ANSWER, self.no_answer
        yield ForwardCase.UNREACHABLE, self.unreachable

"""The numbered diary of a virtual phone: what happened, in order, with the time of each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

Event = dict[str, Any]


class Diary:
    """Events `{"sequence", "monotonic", "wall", "event", ...}`; sequence counts from 1, times are seconds."""

    def __init__(self) -> None:
        self._events: list[Event] = []

    def write(self, event: str, **facts: Any) -> None:
        """Add an event that happened now."""
        stamp = {"sequence": len(self._events) + 1, "monotonic": time.monotonic(), "wall": time.time()}
        self._events.append({**stamp, "event": event, **facts})

    def since(self, sequence: int) -> list[Event]:
        """Every event after that sequence number."""
        return self._events[max(sequence, 0) :]

    def first(self, event: str, after: int, match: Mapping[str, Any]) -> Event | None:
        """The first such event after a sequence number whose facts equal those asked; None when not yet."""
        for candidate in self.since(after):
            if candidate["event"] == event and all(candidate.get(name) == match[name] for name in match):
                return candidate
        return None

"""What the switch says, asked at most twice a second for all who want to know."""

from __future__ import annotations

import threading
import time

from appliance.asterisk.live_state import LiveState
from appliance.errors import BelboxError
from appliance.operations.box import Box

FRESH_SECONDS = 0.5


class SharedLook:
    """The last answer of the switch of one box; None when it does not answer."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._lock = threading.Lock()
        self._seen: tuple[float, LiveState | None] = (0.0, None)

    def look(self) -> LiveState | None:
        """Return what the switch says, as old as FRESH_SECONDS at most."""
        with self._lock:
            seen_at, state = self._seen
            if time.monotonic() - seen_at > FRESH_SECONDS:
                try:
                    state = self._box.look()
                except (BelboxError, OSError):
                    state = None
                self._seen = (time.monotonic(), state)
            return state

    def forget(self) -> None:
        """Ask anew at the next look: something has just changed."""
        with self._lock:
            self._seen = (0.0, None)

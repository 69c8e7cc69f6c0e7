"""Tries at a door: each counts when it begins, by where it comes from, in bounded memory."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from limits import RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

MOST_TRIES = 5
TRIES_SECONDS = 300
# Addresses counted at once, some 5 MB. Whoever has more of them than that has as many tries anyway, so that the one
# not seen for longest is forgotten, and nobody is locked out for another's sake.
MOST_SOURCES = 10_000


class Tries:
    """At most MOST_TRIES in TRIES_SECONDS from each source at one door; a restart forgets."""

    def __init__(self) -> None:
        self._limit = RateLimitItemPerSecond(MOST_TRIES, TRIES_SECONDS)
        self._storage = MemoryStorage()
        self._window = MovingWindowRateLimiter(self._storage)
        self._last: OrderedDict[str, float] = OrderedDict()  # source -> time.monotonic() of its last try, oldest first
        self._lock = threading.Lock()  # a check and its count are one act

    def begin(self, source: str) -> bool:
        """Count a try; False when this source has none left."""
        with self._lock:
            moment = time.monotonic()
            last = self._last.get(source)
            if last is not None and moment - last >= TRIES_SECONDS:
                self._forget(source)  # also when the clock was set back meanwhile, by which the window counts
            while source not in self._last and len(self._last) >= MOST_SOURCES:
                self._forget(next(iter(self._last)))
            may_try = self._window.hit(self._limit, source)
            if may_try:
                self._last[source] = moment
                self._last.move_to_end(source)
            return may_try

    def left(self, source: str) -> int:
        """Return how many tries this source has left."""
        with self._lock:
            return int(self._window.get_window_stats(self._limit, source).remaining)

    def succeeded(self, source: str) -> None:
        """Forget the tries of a source that has shown who it is."""
        with self._lock:
            self._forget(source)

    def _forget(self, source: str) -> None:
        self._last.pop(source, None)
        self._window.clear(self._limit, source)

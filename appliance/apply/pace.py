"""How long an apply waits for the ones before it: once is at once, a loop slows itself down.

Each reload is work for the switch while people dial. A person who saves a few pages feels nothing of this; a program
that applies without end gets one every five seconds.
"""

from __future__ import annotations

import time
from pathlib import Path

from appliance.state_files import as_json, from_json

REMEMBERED_SECONDS = 60.0
FREE_APPLIES = 20  # within REMEMBERED_SECONDS, without a rest between them
REST_STEP_SECONDS = 0.5
LONGEST_REST_SECONDS = 5.0
MOST_REMEMBERED = 100


def rest_after(moments: list[float], now: float) -> float:
    """Return how many seconds to wait at `now`, after applies that ended at these moments (same clock)."""
    recent = [moment for moment in moments if now - REMEMBERED_SECONDS < moment <= now]
    if len(recent) < FREE_APPLIES:
        return 0.0
    rest = min((len(recent) - FREE_APPLIES + 1) * REST_STEP_SECONDS, LONGEST_REST_SECONDS)
    return max(0.0, recent[-1] + rest - now)


def rest_before_apply(lock: Path) -> None:
    """Wait as long as the applies before this one ask for; `lock` is held by the caller, and holds their moments."""
    # A wait for time itself: the rest is what is wanted, and no event ends it.
    time.sleep(rest_after(_moments(lock), time.monotonic()))


def applied_now(lock: Path) -> None:
    """Note that an apply has ended."""
    # CLOCK_MONOTONIC is one for all processes and starts again with the machine: no moment lies in the future.
    moments = [*_moments(lock), time.monotonic()][-MOST_REMEMBERED:]
    lock.write_text(as_json(moments))


def _moments(lock: Path) -> list[float]:
    try:
        return from_json(lock.read_bytes(), list[float])
    except (OSError, ValueError):
        return []

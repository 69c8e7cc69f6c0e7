"""The watch on the switch, while the switch has much to tell."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import pytest

from appliance.asterisk.live_state import LiveState
from appliance.operations.switch_watch import REST_SHARE, watch
from tests.switch.calls import opened
from tests.switch.offices import small_office

LOOK_SECONDS = 0.05  # what a look at a large office takes
GAPS = 3


@pytest.mark.feature("I5")
def test_a_slow_look_is_had_seldom_however_much_happens(
    needs_namespaces: None, switch_root: Path, tmp_path: Path
) -> None:
    """P1: between two looks of 0.05 s the switch has a second for its phones."""
    looks: list[float] = []
    stop, enough = threading.Event(), threading.Event()

    def on_state(_: LiveState | None) -> None:
        looks.append(time.monotonic())
        stop.wait(LOOK_SECONDS)
        if len(looks) > GAPS:
            enough.set()

    with opened(small_office(), tmp_path, switch_root) as bench:
        heard = (lambda: bench.manager_address, small_office, on_state, lambda _: None, stop)
        watching = threading.Thread(target=watch, args=heard)
        watching.start()
        try:
            for state in itertools.cycle(("INUSE", "NOT_INUSE")):
                bench.console(f"devstate change Custom:storm {state}")
                if enough.wait(0.01):
                    break
        finally:
            stop.set()
            watching.join()
    assert min(later - earlier for earlier, later in itertools.pairwise(looks)) >= REST_SHARE * LOOK_SECONDS

"""The watch: what the switch sees, looked at on every event and every two seconds, kept in a small file."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from appliance.asterisk.live_state import LiveState, look
from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.errors import BelboxError
from appliance.office.office import Office
from appliance.state_files import write_state

LOOK_SECONDS = 2.0
PAUSE_SECONDS = 0.3  # a call is a dozen events; one look answers them all
REST_SHARE = 20  # a look at 250 phones is work for the switch too: in a storm it rests so much longer than it looked
RETRY_SECONDS = 1.0

_log = logging.getLogger(__name__)


def watch(
    manager: Callable[[], ManagerAddress],
    office: Callable[[], Office],
    on_state: Callable[[LiveState | None], None],
    on_connect: Callable[[ManagerInterface], None],
    stop: threading.Event,
) -> None:
    """Call `on_state` after each event of the switch and at least every LOOK_SECONDS; None: it does not answer.

    `on_connect` is called whenever the switch begins to answer. A switch that refuses us, or says what makes no sense,
    is tried again like one that does not answer.
    """
    was_answering = True
    while not stop.is_set():
        try:
            with ManagerInterface(manager(), events=True) as events, ManagerInterface(manager()) as asked:
                was_answering = _tell(was_answering, True, "")
                on_connect(asked)
                while not stop.is_set():
                    began = time.monotonic()
                    on_state(look(asked, office()))
                    took = time.monotonic() - began
                    if next(events.events(LOOK_SECONDS), None) is not None:
                        stop.wait(rest_after(took))
                        events.drop_events()
        except BelboxError as fault:
            was_answering = _tell(was_answering, False, str(fault))
            on_state(None)
            stop.wait(RETRY_SECONDS)


def rest_after(look_seconds: float) -> float:
    """Return how many seconds to wait after a look, when the switch has more to tell."""
    return min(max(PAUSE_SECONDS, REST_SHARE * look_seconds), LOOK_SECONDS)


def write_live_state(path: Path, state: LiveState | None, now: datetime) -> None:
    """Keep the state in a file, whole or not at all."""
    data = {"seen_at": now, "switch_answers": state is not None, **(asdict(state) if state else {})}
    write_state(path, data, 0o644)


def _tell(was_answering: bool, answers: bool, why: str) -> bool:
    if was_answering != answers:
        _log.warning("the switch answers again" if answers else f"the switch does not answer: {why}")
    return answers

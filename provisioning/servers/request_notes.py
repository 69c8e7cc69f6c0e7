"""What was asked, handed on to who keeps the list of phones: no answer waits for a disk, or tells by its time."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from provisioning.phone_identity import Answer, SeenBy

NOTES_WAITING = 2000  # a storm of 250 phones; what a flood adds is not noted
LOOK_AT_STOP_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestNote:
    """One request for a file, answered or not. `when` is aware; `is_enrolled`: a secret path was given."""

    name: str
    address: str
    seen_by: SeenBy
    when: datetime
    user_agent: str = ""
    is_enrolled: bool = False
    answer: Answer = Answer.GIVEN


class RequestNotes:
    """A queue between the servers and the disk."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[RequestNote] = queue.Queue(NOTES_WAITING)

    def put(self, note: RequestNote) -> None:
        """Return at once."""
        with suppress(queue.Full):
            self._waiting.put_nowait(note)

    def work(self, handle: Callable[[RequestNote], None], stop: threading.Event, started: Callable[[], None]) -> None:
        """Hand each note to `handle` until `stop`."""
        started()
        while not stop.is_set():
            try:
                note = self._waiting.get(timeout=LOOK_AT_STOP_SECONDS)
            except queue.Empty:
                continue
            handle(note)

"""What was asked, handed on to who keeps the list of phones: no answer waits for a disk, or tells by its time."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from provisioning.phone_identity import Answer, SeenBy

NOTES_WAITING = 2000  # a storm of 250 phones; of a flood the newest are noted
LOOK_EVERY_SECONDS = 0.2  # many at a time: a thread woken for each would hold up who answers the phones


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
    """Between the servers and the disk."""

    def __init__(self) -> None:
        self._waiting: deque[RequestNote] = deque(maxlen=NOTES_WAITING)

    def put(self, note: RequestNote) -> None:
        """Return at once. Any thread."""
        self._waiting.append(note)

    def work(self, handle: Callable[[RequestNote], None], stop: threading.Event, started: Callable[[], None]) -> None:
        """Hand each note to `handle` until `stop`."""
        started()
        while not stop.wait(LOOK_EVERY_SECONDS):
            while self._waiting:
                handle(self._waiting.popleft())

"""A fake of the box's own test phone: what it sees is what a test says, and the switch tells of it meanwhile."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import datetime

from appliance.test_phone.result import TestCallOutcome, TestCallResult
from tests.edges.switch import FakeSwitch


def a_call(outcome: TestCallOutcome = TestCallOutcome.RANG, code: int = 180, detail: str = "") -> TestCallResult:
    """A call that ended so."""
    return TestCallResult(outcome=outcome, code=code, seconds_to_ring=None, tone_level=None, digits="", detail=detail)


@dataclass
class FakeTestPhone:
    """`events`: what the switch says, to whoever listens, while a call is made."""

    switch: FakeSwitch
    result: TestCallResult = field(default_factory=a_call)
    events: list[dict[str, str]] = field(default_factory=list)
    called: list[str] = field(default_factory=list)
    hangs_up: threading.Event | None = None  # a call lasts until then; None: it is over at once
    fault: Exception | None = None

    def call(self, number: str, ring_seconds: float, as_if_at: datetime | None = None) -> TestCallResult:
        self.called.append(number if as_if_at is None else f"{number} at {as_if_at:%A %H:%M}")
        for event in self.events:
            self.switch.tell(**event)
        if self.fault is not None:
            raise self.fault
        if self.hangs_up is not None:
            assert self.hangs_up.wait(ring_seconds)
        return self.result

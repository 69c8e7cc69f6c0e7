"""What the test phone saw of a call; another process reads it from the output of the one that called."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from appliance.state_files import from_json

HEARD_LEVEL = 500  # a tone that went through G.711 and back comes at some thousands; line noise at a few


class TestCallOutcome(StrEnum):
    """How a test call ended."""

    __test__ = False

    ANSWERED = "answered"
    RANG = "rang"
    BUSY = "busy"
    REFUSED = "refused"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestCallResult:
    """What the test phone saw. `tone_level` is what came back of its own tone (0 to 32,767), None if not asked.

    `digits` are those that came back. `code` is the last SIP code. `detail` of a call that could not be made: the rule
    of the BelboxError that says why.
    """

    __test__ = False

    outcome: TestCallOutcome
    code: int
    seconds_to_ring: float | None
    tone_level: float | None
    digits: str
    detail: str = ""

    @property
    def heard_itself(self) -> bool:
        """Audio went out and came back."""
        return self.tone_level is not None and self.tone_level >= HEARD_LEVEL

    @property
    def reached_somebody(self) -> bool:
        """A telephone rang or was answered."""
        return self.outcome in {TestCallOutcome.ANSWERED, TestCallOutcome.RANG}

    @classmethod
    def failed(cls, detail: str) -> TestCallResult:
        """Return what is said of a call that could not be made."""
        return cls(
            outcome=TestCallOutcome.FAILED, code=0, seconds_to_ring=None, tone_level=None, digits="", detail=detail
        )

    def as_json(self) -> str:
        """Return it as `belbox test-call --json` prints it."""
        return json.dumps({**asdict(self), "heard_itself": self.heard_itself}, indent=2, ensure_ascii=False)

    @classmethod
    def read(cls, text: str) -> TestCallResult:
        """Return what `as_json` wrote; ValueError for anything else."""
        return from_json(text, cls)

"""What a phone, or a number behind a line, does with a call that comes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Rings:
    """180, and nothing more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Rings (180, or 183 with sound), answers after some seconds, presses digits, hangs up if told when."""

    after_seconds: float = 0.0
    early_sound: bool = False
    presses: str = ""
    presses_after_seconds: float = 0.3
    hangs_up_after_seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuses:
    """A final SIP code, after ringing for some seconds if there are any; `headers` such as Retry-After go with it."""

    code: int
    after_seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progresses:
    """183 with sound, never an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignores:
    """Not a word to the call; OPTIONS are answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirects:
    """302 to another number at the same server, as a phone with a forward of its own."""

    to: str


Behaviour = Rings | Answers | Refuses | Progresses | Ignores | Redirects

RINGS = Rings()
ANSWERS = Answers()
PRESSES_ONE = Answers(presses="1", presses_after_seconds=0.5)  # who answers outside, and does as the voice asks
BUSY = Refuses(code=486)
DECLINES = Refuses(code=603)

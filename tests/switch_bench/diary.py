"""The diary of a bench: what phones and lines saw, in one order, with the time of each."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class What(StrEnum):
    """What can be seen. Facts are named in brackets."""

    REGISTERED = "registered"  # a phone at the switch, or the switch at a line
    UNREGISTERED = "unregistered"
    REGISTRATION_REFUSED = "registration refused"  # (code)
    INVITED = "invited"  # a call came (number, name, called, alert_info, call_info)
    RINGS = "rings"  # this phone rings (number, name)
    STOPPED_RINGING = "stopped ringing"  # the caller, or somebody else's answer, took the call away (reason)
    REFUSED = "refused"  # this phone or line refused a call (code)
    HEARS_RINGING = "hears ringing"  # this caller got 180
    PROGRESS = "progress"  # this caller got 183
    ANSWERED = "answered"
    SHOWS = "shows"  # in a call, another name or number came (number, name)
    DIGIT = "digit"  # heard (digit)
    HELD = "held"  # the other side changed the direction of the sound (direction)
    HOLDS = "holds"  # what the switch answered to a hold, or its end, of this phone (direction, code)
    TRANSFER = "transfer"  # how a transfer of this phone goes (code)
    NOTIFIED = "notified"  # NOTIFY (event, body): lamps, messages waiting, check-sync
    NOT_WATCHED = "not watched"  # the switch refuses to tell of a number (number, code)
    ENDED = "ended"  # a call of any kind is over (ended_with)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`at` is monotonic time in seconds; `call` is the call's number in the bench, 0 for none."""

    sequence: int
    at: float
    who: str
    what: What
    call: int
    facts: Mapping[str, str]

    def __str__(self) -> str:
        facts = " ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.sequence} {self.at:.3f} {self.who} {self.what} call {self.call} {facts}"


class NotSeenError(AssertionError):
    """What a test waited for did not come; the message holds the diary since."""


class Diary:
    """Written by the network thread, read and waited for by the test, as a rule from the newest chapter on."""

    def __init__(self) -> None:
        self._chapter = 0
        self._events: list[Event] = []
        self._news = threading.Condition()

    def write(self, who: str, what: What, call: int = 0, **facts: str) -> None:
        """Add what happened now."""
        with self._news:
            event = Event(
                sequence=len(self._events) + 1, at=time.monotonic(), who=who, what=what, call=call, facts=facts
            )
            self._events.append(event)
            self._news.notify_all()

    @property
    def last(self) -> int:
        """The sequence number of the newest event: give it to `after` to see only what follows."""
        return len(self._events)

    def wait_for_news(self, seconds: float) -> None:
        """Wait until something more is written, at most so long."""
        with self._news:
            self._news.wait(seconds)

    def begin_chapter(self) -> None:
        """Leave what was until now out of every look that does not say `after`."""
        self._chapter = self.last

    def events(
        self,
        who: str | None = None,
        what: What | None = None,
        *,
        after: int | None = None,
        call: int | None = None,
        **facts: str,
    ) -> tuple[Event, ...]:
        """Every event that fits, in order."""
        return tuple(
            event
            for event in self._events[self._chapter if after is None else after :]
            if who in {None, event.who}
            and what in {None, event.what}
            and call in {None, event.call}
            and all(event.facts.get(name) == value for name, value in facts.items())
        )

    def wait_for(
        self,
        who: str | None,
        what: What,
        *,
        after: int | None = None,
        call: int | None = None,
        seconds: float = 5.0,
        **facts: str,
    ) -> Event:
        """Return the first event that fits, at once if it is there already; NotSeenError after `seconds`."""
        limit = time.monotonic() + seconds
        begin = self._chapter if after is None else after
        start = begin
        with self._news:
            while not (found := self.events(who, what, after=start, call=call, **facts)):
                start = self.last
                rest = limit - time.monotonic()
                if rest <= 0:
                    seen = "\n".join(str(event) for event in self._events[begin:][-40:])
                    raise NotSeenError(f"not seen within {seconds:g} s: {who} {what} {facts or ''}; seen:\n{seen}")
                self._news.wait(rest)
            return found[0]

"""Making a change true at once, and telling the person how it went."""

from __future__ import annotations

from flask import flash, g

from appliance.office.problems import Problem
from wizard.current import account, language, say, services
from wizard.services import TestCallView
from wizard.texts import problem_text

GOOD = "good"
BAD = "bad"
LONGEST_NOTICE = 500  # letters: it travels in the session cookie, which holds 4 KB
_CALL_WORKED = frozenset({"rang", "answered"})


def apply_now() -> bool:
    """Apply the newest revision and tell of a failure; True when it is in force."""
    failures = services().apply(author=account().user_name)
    forget_what_was_read()
    for failure in failures:
        tell_problem(failure)
    return not failures


def tell(key: str, /, **facts: str) -> None:
    """Show a good message on the next page."""
    flash(say(key, **facts)[:LONGEST_NOTICE], GOOD)


def tell_problem(problem: Problem) -> None:
    """Show what went wrong on the next page."""
    flash(problem_text(problem, language())[:LONGEST_NOTICE], BAD)


def tell_call(seen: TestCallView, called: str) -> None:
    """Show on the next page what the test phone saw."""
    seconds = "" if seen.seconds_to_ring is None else f"{seen.seconds_to_ring:.1f}"
    facts = {"called": called, "code": str(seen.code), "seconds": seconds, "detail": seen.detail}
    words = say(f"call-{seen.outcome}", **facts)
    if seen.audio is not None:
        words += " " + say("call-audio-heard" if seen.audio else "call-audio-lost")
    worked = seen.outcome in _CALL_WORKED and seen.audio is not False
    flash(words[:LONGEST_NOTICE], GOOD if worked else BAD)


def forget_what_was_read() -> None:
    """Let this request read the office and the live state anew."""
    g.pop("office", None)
    g.pop("live", None)

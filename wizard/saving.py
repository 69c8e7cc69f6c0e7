"""Making a change true at once, and telling the person how it went."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from flask import flash, g, make_response, session
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.problems import Problem
from appliance.test_phone.result import TestCallResult
from appliance.words.texts import error_text, problem_text
from wizard.current import account, language, operations, say

GOOD = "good"
BAD = "bad"
# Letters of one notice, and of all that wait: they travel in the session cookie, of which a browser keeps 4 KB, and
# where a letter takes up to 3.5 bytes.
LONGEST_NOTICE = 500
MOST_NOTICES = 900

_log = logging.getLogger(__name__)


def apply_now() -> bool:
    """Apply the newest revision and tell of a failure; True when it is in force."""
    try:
        operations().in_force.apply()
    except BelboxError as fault:
        _log.exception("what %s changed could not be made true", account().user_name)
        tell_problem(not_applied(fault))
        return False
    finally:
        forget_what_was_read()
    return True


def not_applied(fault: BelboxError, where: str = "") -> Problem:
    """Return a failure of the world as a problem of what was asked."""
    return Problem(where=where, rule="apply-failed", cause=fault)


def tell(key: str, /, **facts: str) -> None:
    """Show a good message on the next page."""
    _keep(say(key, **facts), GOOD)


def tell_problem(problem: Problem) -> None:
    """Show what went wrong on the next page."""
    _keep(problem_text(problem, language()), BAD)


def refused(page: Callable[[], ResponseReturnValue], problems: Sequence[Problem]) -> ResponseReturnValue:
    """Answer that nothing was changed: the page again, with what was wrong at its top."""
    for problem in problems:
        tell_problem(problem)
    return make_response(page()), 422


def tell_call(seen: TestCallResult, called: str) -> None:
    """Show on the next page what the test phone saw."""
    detail = error_text(BelboxError(seen.detail, code=str(seen.code)), language()) if seen.detail else ""
    seconds = "" if seen.seconds_to_ring is None else f"{seen.seconds_to_ring:.1f}"
    facts = {"called": called, "code": str(seen.code), "seconds": seconds, "detail": detail}
    words = say(f"call-{seen.outcome}", **facts)
    is_deaf = seen.tone_level is not None and not seen.heard_itself
    if seen.tone_level is not None:
        words += " " + say("call-audio-lost" if is_deaf else "call-audio-heard")
    _keep(words, GOOD if seen.reached_somebody and not is_deaf else BAD)


def forget_what_was_read() -> None:
    """Let this request read the office and the live state anew."""
    g.pop("office", None)
    g.pop("live", None)


def _keep(words: str, level: str) -> None:
    waiting = sum(len(text) for _, text in session.get("_flashes", ()))
    room = min(LONGEST_NOTICE, MOST_NOTICES - waiting)
    if room > 0:
        flash(words if len(words) <= room else f"{words[: room - 1]}…", level)

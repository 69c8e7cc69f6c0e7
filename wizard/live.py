"""Live parts of pages as Server-Sent Events: the HTML of the page, and then the elements and rows of it that changed.

Source: HTML Living Standard, "Server-sent events".
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from flask import Blueprint, Response, abort, render_template, stream_with_context

from wizard.current import operations, session_token
from wizard.first_boot.frame import words_around
from wizard.first_boot.steps import StepName
from wizard.live_parts import Sent
from wizard.saving import forget_what_was_read

STEP_OF = {
    "phones": StepName.PHONES,
    "lines": StepName.LINE,
    "home": None,
    "firmware": None,
}  # the step whose page a subject is on
MOST_LISTENERS = 12  # half of the server's threads (serve.py); who comes later looks again every few seconds
STREAM_SECONDS = 60.0  # then the browser comes back by itself, through the gate
WAIT_SECONDS = 5.0  # a comment this often finds a browser that is gone
RETRY_MILLISECONDS = 2000

pages = Blueprint("live", __name__)
_listeners = threading.BoundedSemaphore(MOST_LISTENERS)


@pages.get("/live/<subject>")
def stream(subject: str) -> Response:
    """Send the live part of a page now, and again whenever it changes."""
    if subject not in STEP_OF:
        abort(404)
    step, live = STEP_OF[subject], operations().live

    def render() -> str:
        forget_what_was_read()
        return render_template(f"live/{subject}.html", **(words_around(step) if step else {}))

    return event_stream(render, wait=lambda: live.wait_for_change(WAIT_SECONDS))


def event_stream(
    render: Callable[[], str], *, wait: Callable[[], object], is_over: Callable[[], bool] = lambda: False
) -> Response:
    """Send what `render` gives, to whoever is logged in, whenever it is another; `wait` returns when it may be."""
    accounts, token = operations().accounts, session_token()
    sent = Sent()

    def events() -> Iterator[str]:
        if news := sent.news(render()):
            yield "".join(f"data: {line}\n" for line in news.splitlines()) + "\n"

    return stream_of(
        events, wait=wait, is_over=is_over, is_let_in=lambda: accounts.account_of_session(token) is not None
    )


def stream_of(
    events: Callable[[], Iterator[str]],
    *,
    wait: Callable[[], object],
    is_let_in: Callable[[], bool],
    is_over: Callable[[], bool] = lambda: False,
) -> Response:
    """Send what `events` yields, now and after each `wait`, while whoever listens is let in; a comment if none."""
    text = stream_with_context(_text(events, wait, is_let_in, is_over))
    return Response(text, content_type="text/event-stream; charset=utf-8", headers={"X-Accel-Buffering": "no"})


def _text(
    events: Callable[[], Iterator[str]],
    wait: Callable[[], object],
    is_let_in: Callable[[], bool],
    is_over: Callable[[], bool],
) -> Iterator[str]:
    yield f"retry: {RETRY_MILLISECONDS}\n\n"
    may_stay = _listeners.acquire(blocking=False)
    try:
        limit = time.monotonic() + STREAM_SECONDS
        while True:
            yield "".join(events()) or ": nothing new\n\n"
            if not may_stay or is_over() or time.monotonic() > limit:
                return
            wait()
            if not is_let_in():
                return
    finally:
        if may_stay:
            _listeners.release()

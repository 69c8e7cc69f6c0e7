"""Voicemail of the office in the browser: heard, sent on, removed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.problems import Problem
from wizard.answers import recording
from wizard.current import office, operations
from wizard.form import typed
from wizard.saving import tell, tell_problem

pages = Blueprint("messages", __name__, url_prefix="/messages")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the boxes of the office and what is in them."""
    return render_template("messages.html", boxes=operations().messages.boxes(office()))


@pages.get("/<box>/<message>.wav")
def sound(box: str, message: str) -> ResponseReturnValue:
    """Return a message."""
    return recording(operations().messages.sound(office(), box, message))


@pages.post("/<box>/<message>/remove")
def remove(box: str, message: str) -> ResponseReturnValue:
    """Remove a message for good."""
    return acted(lambda: operations().messages.remove(office(), box, message), "messages.page", "messages-removed")


@pages.post("/<box>/<message>/send-on")
def send_on(box: str, message: str) -> ResponseReturnValue:
    """Put a copy in an employee's box."""
    to = typed("to")
    return acted(lambda: operations().messages.send_on(office(), box, message, to), "messages.page", "messages-sent")


def acted(act: Callable[[], bool], page_after: str, done: str) -> ResponseReturnValue:
    """Do something with a message, say how it went, and show the page again."""
    try:
        if act():
            tell(done)
        else:
            tell_problem(Problem(where="", rule="message-gone"))
    except (BelboxError, OSError) as fault:
        tell_problem(Problem(where="", rule="job-failed", cause=fault))
    return redirect(url_for(page_after), 303)

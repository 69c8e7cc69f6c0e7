"""The first page after the wizard: what is so now, and the parts of the box."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wizard.current import office, operations
from wizard.first_boot.frame import steps
from wizard.first_boot.steps import DONE, is_finished
from wizard.saving import apply_now, tell

pages = Blueprint("home", __name__)


@pages.get("/")
def page() -> ResponseReturnValue:
    """Show the state of the telephones."""
    listed = steps()
    return render_template(
        "home.html",
        office=office(),
        steps_done=sum(step.progress in DONE for step in listed),
        steps=len(listed),
        is_finished=is_finished(listed),
        parts=operations().status.parts(),
        repairs=operations().alerts.repairs(),
        attention=operations().offices.problems(),
    )


@pages.post("/apply")
def apply() -> ResponseReturnValue:
    """Make the saved settings true."""
    if apply_now():
        tell("home-applied")
    return redirect(url_for("home.page"), 303)

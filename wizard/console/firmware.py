"""The firmware library, and new firmware going over the phones."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.problems import Problem
from wizard.current import account, operations
from wizard.form import chosen, typed
from wizard.saving import refused, tell

pages = Blueprint("firmware", __name__, url_prefix="/firmware")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show what the library holds and what is under way."""
    return render_template("firmware.html", files=operations().firmware.library())


@pages.post("/start")
def start() -> ResponseReturnValue:
    """Begin to give one file to the phones it is for."""
    try:
        operations().firmware.begin(typed("firmware"), by_night=chosen("when", "night", "now") != "now")
    except BelboxError as fault:
        return refused(page, (Problem(where="firmware", rule="firmware-not-begun", cause=fault),))
    tell("firmware-begun")
    return redirect(url_for("firmware.page"), 303)


@pages.post("/stop")
def stop() -> ResponseReturnValue:
    """Let no further phone begin."""
    operations().firmware.stop(account().user_name)
    tell("firmware-stopped")
    return redirect(url_for("firmware.page"), 303)

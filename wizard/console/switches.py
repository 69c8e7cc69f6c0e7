"""Night mode and mode keys as switches: what is so now, and the buttons that turn it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.night import NightSetting
from appliance.office.problems import Problem
from wizard.current import office, operations
from wizard.form import chosen, path_back
from wizard.saving import tell_problem

pages = Blueprint("switches", __name__, url_prefix="/switches")
RED, GREEN = "red", "green"


@pages.post("/night")
def night() -> ResponseReturnValue:
    """Turn night mode on or off, or leave it to its hours."""
    setting = NightSetting(chosen("setting", *NightSetting))
    return _turned(lambda: operations().switches.turn_night(setting))


@pages.post("/mode_key/<name>")
def mode_key(name: str) -> ResponseReturnValue:
    """Turn a mode key red or green."""
    if name not in {key.id for key in office().mode_keys}:
        abort(404)
    is_red = chosen("colour", RED, GREEN) == RED
    return _turned(lambda: operations().switches.turn_mode_key(name, is_red=is_red))


def _turned(turn: Callable[[], None]) -> ResponseReturnValue:
    try:
        turn()
    except (BelboxError, OSError) as fault:
        tell_problem(Problem(where="", rule="not-turned", cause=fault))
    return redirect(path_back() or url_for("home.page"), 303)

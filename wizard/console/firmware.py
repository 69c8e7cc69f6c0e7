"""The firmware library, and new firmware going over the phones."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wizard.current import account, services
from wizard.form import chosen, typed
from wizard.saving import refused, tell

pages = Blueprint("firmware", __name__, url_prefix="/firmware")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show what the library holds and what is under way."""
    rollout = services().phone_services.rollout()
    counts = Counter(progress for _, progress in rollout.phones) if rollout else Counter()
    return render_template("firmware.html", files=services().phone_services.firmware(), rollout=rollout, counts=counts)


@pages.post("/start")
def start() -> ResponseReturnValue:
    """Begin to give one file to the phones it is for."""
    problems = services().phone_services.start_firmware(
        typed("firmware"), by_night=chosen("when", "night", "now") != "now"
    )
    if problems:
        return refused(page, problems)
    tell("firmware-begun")
    return redirect(url_for("firmware.page"), 303)


@pages.post("/stop")
def stop() -> ResponseReturnValue:
    """Let no further phone begin."""
    services().phone_services.stop_firmware(author=account().user_name)
    tell("firmware-stopped")
    return redirect(url_for("firmware.page"), 303)

"""Step 6: the phones on the LAN, and whose each is."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.office.problems import Problem
from wizard.console.jobs import begin_beside, follow
from wizard.current import account, office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import typed
from wizard.saving import apply_now, refused, tell

pages = Blueprint("phones", __name__, url_prefix="/setup/phones")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the phones that were found."""
    return question(StepName.PHONES, "phones.html")


@pages.post("/window/open")
def open_window() -> ResponseReturnValue:
    """Let phones fetch their settings for some minutes."""
    operations().phones.open_enrolment()
    begin_beside(operations().long_acts.scan_lan)
    return redirect(url_for("phones.page"), 303)


@pages.post("/window/close")
def close_window() -> ResponseReturnValue:
    """Let no more phones in."""
    operations().phones.close_enrolment()
    return redirect(url_for("phones.page"), 303)


@pages.post("/look")
def look() -> ResponseReturnValue:
    """Look for phones now."""
    begin_beside(operations().long_acts.scan_lan)
    return redirect(url_for("phones.page"), 303)


@pages.post("/<mac>/assign")
def assign(mac: str) -> ResponseReturnValue:
    """Give a phone to an employee, or to nobody."""
    wanted = typed("owner").strip()
    number = wanted.partition(" ")[0]
    owner = next((item for item in office().extensions if item.number.digits == number), None)
    if wanted and owner is None:
        return refused(page, (Problem(where="owner", rule="no-such-extension", facts={"value": wanted}),))
    outcome = operations().phones.assign(mac=mac, extension_id=owner.id if owner else "", author=account().user_name)
    if outcome.problems:
        return refused(page, outcome.problems)
    if apply_now():
        if owner:
            tell("phone-assigned", mac=mac, name=owner.name, number=owner.number.digits)
        else:
            tell("phone-freed", mac=mac)
    return redirect(url_for("phones.page"), 303)


@pages.post("/ring/<extension_id>")
def ring(extension_id: str) -> ResponseReturnValue:
    """Ring the phone of an employee."""
    if extension_id not in {item.id for item in office().extensions}:
        abort(404)
    return follow(lambda: operations().long_acts.ring_phone(extension_id), url_for("phones.page"))

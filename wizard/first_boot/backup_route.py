"""Step 7: where calls go when the phones or the internet are gone."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.office.destination import ToOutsideNumber
from wizard.current import account, office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import Form, is_sent, typed, typed_form
from wizard.saving import apply_now, tell, tell_call

pages = Blueprint("backup_route", __name__, url_prefix="/setup/backup-route")


@pages.route("", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the mobile number."""
    if not is_sent():
        return _show(Form(values={"number": saved_number()}))
    outcome = operations().company.save_backup_route(number=typed("number"), author=account().user_name)
    if outcome.problems:
        return _show(Form(values=typed_form("number"), problems=outcome.problems)), 422
    if apply_now():
        tell("backup_route-saved", number=saved_number())
    return redirect(url_for("backup_route.page"), 303)


@pages.post("/prove")
def prove() -> ResponseReturnValue:
    """Ring the mobile."""
    if saved_number():
        tell_call(operations().test_calls.prove_backup_route(), saved_number())
    return redirect(url_for("backup_route.page"), 303)


def saved_number() -> str:
    """Return the number of the backup route; empty while there is none."""
    for route in office().backup_routes:
        if isinstance(route.destination, ToOutsideNumber):
            return str(route.destination.number)
    return ""


def _show(form: Form) -> str:
    return question(StepName.BACKUP_ROUTE, "backup_route.html", form=form, saved_number=saved_number())

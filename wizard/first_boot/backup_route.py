"""Step 7: where calls go when the phones or the internet are gone."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from wizard.console.jobs import follow
from wizard.current import account, backup_number, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import Form, is_sent, typed, typed_form
from wizard.saving import apply_now, tell

pages = Blueprint("backup_route", __name__, url_prefix="/setup/backup-route")


@pages.route("", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the mobile number."""
    if not is_sent():
        return _show(Form(values={"number": backup_number()}))
    outcome = operations().company.save_backup_route(number=typed("number"), author=account().user_name)
    if outcome.problems:
        return _show(Form(values=typed_form("number"), problems=outcome.problems)), 422
    if apply_now():
        tell("backup_route-saved", number=backup_number())
    return redirect(url_for("backup_route.page"), 303)


@pages.post("/prove")
def prove() -> ResponseReturnValue:
    """Ring the mobile."""
    if not backup_number():
        return redirect(url_for("backup_route.page"), 303)
    return follow(operations().long_acts.ring_backup, url_for("backup_route.page"))


def _show(form: Form) -> str:
    return question(StepName.BACKUP_ROUTE, "backup_route.html", form=form, saved_number=backup_number())

"""Step 3: the number the office shows and is reached on."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from wizard.current import account, office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import Form, is_sent, typed, typed_form
from wizard.saving import apply_now

pages = Blueprint("company_number", __name__, url_prefix="/setup")


@pages.route("/company-number", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the company number."""
    if not is_sent():
        number = office().site.company_number
        return _show(Form(values={"number": str(number) if number else ""}))
    outcome = operations().company.save_number(number=typed("number"), author=account().user_name)
    if outcome.problems:
        return _show(Form(values=typed_form("number"), problems=outcome.problems)), 422
    is_true = apply_now()
    return redirect(url_for("lines.page" if is_true else "company_number.page"), 303)


def _show(form: Form) -> str:
    return question(StepName.COMPANY_NUMBER, "company_number.html", form=form)

"""Step 5: when the office is open, its public holidays, and what happens outside those hours."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance.office.schedule import Weekday
from wizard.console.jobs import follow
from wizard.current import account, office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.first_boot.subjects import subject_lists
from wizard.form import Form, chosen, is_sent, typed
from wizard.saving import apply_now, tell

pages = Blueprint("hours", __name__, url_prefix="/setup/hours")
DAYS = tuple(day.name.lower() for day in Weekday)
WORKDAYS = DAYS[:5]
USUAL = "09:00-17:00"
FIELDS = ("days", "periods")
KINDS = ("opening_hours", "public_holidays", "closure", "night")
_YES = "yes"


@pages.route("", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the hours; once there are some, show what the office has."""
    if not is_sent():
        return _show(Form(values={"periods": USUAL, "holidays": _YES}), WORKDAYS)
    days = request.form.getlist("days")
    has_holidays = chosen("holidays", "", _YES) == _YES
    outcome = operations().company.save_hours(
        days=days, periods=typed("periods"), has_holidays=has_holidays, author=account().user_name
    )
    if outcome.problems:
        values = {"periods": typed("periods"), "holidays": typed("holidays")}
        return _show(Form(values=values, problems=outcome.problems), tuple(days)), 422
    if apply_now():
        tell("hours-saved")
    return redirect(url_for("hours.page"), 303)


@pages.post("/prove")
def prove() -> ResponseReturnValue:
    """Call the office as if it were closed."""
    return follow(operations().long_acts.call_when_closed, url_for("hours.page"))


def _show(form: Form, days: tuple[str, ...]) -> str:
    return question(
        StepName.HOURS,
        "hours.html",
        form=form,
        fields=FIELDS,
        days=DAYS,
        ticked=days,
        has_hours=bool(office().opening_hours),
        lists=subject_lists(KINDS),
    )

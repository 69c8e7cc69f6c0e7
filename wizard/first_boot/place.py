"""Step 2: the language, and where the office is."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.office.country import Country
from appliance.words.texts import LANGUAGES
from wizard.current import account, office, operations
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import Form, is_sent, typed, typed_form
from wizard.saving import apply_now

pages = Blueprint("place", __name__, url_prefix="/setup")
FIELDS = ("language", "company_name", "country", "time_zone")


@pages.route("/place", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the language of the office, its name, country and time zone."""
    if not is_sent():
        site = office().site
        values = {
            "language": site.language.value,
            "company_name": site.company_name,
            "country": site.country.value,
            "time_zone": site.time_zone,
        }
        return _show(Form(values=values))
    outcome = operations().company.save_place(
        company_name=typed("company_name"),
        country=typed("country"),
        time_zone=typed("time_zone"),
        language=typed("language"),
        author=account().user_name,
    )
    if outcome.problems:
        return _show(Form(values=typed_form(*FIELDS), problems=outcome.problems)), 422
    operations().accounts.set_language(account().id, typed("language"))
    is_true = apply_now()
    return redirect(url_for("company_number.page" if is_true else "place.page"), 303)


def _show(form: Form) -> str:
    return question(
        StepName.LANGUAGE,
        "place.html",
        form=form,
        fields=FIELDS,
        countries=[country.value for country in Country],
        office_languages=LANGUAGES,
        time_zones=_time_zones(),
    )


@cache
def _time_zones() -> tuple[str, ...]:
    """Return the zones named after a place; the others are old names and offsets."""
    regions = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
    return tuple(sorted(zone for zone in available_timezones() if zone.startswith(regions)))

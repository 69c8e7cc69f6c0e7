"""A second factor of one's own login: a code of an app on the mobile, beside the password."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from appliance.operations.one_time_code import address_of, new_secret
from wizard.answers import qr_code
from wizard.current import account, office, operations
from wizard.form import Form, is_sent, typed
from wizard.saving import tell

pages = Blueprint("second_factor", __name__, url_prefix="/second-factor")
_SECRET = "new-factor"  # in the session until a code of it was typed


@pages.route("", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Show a new secret, and ask for its first code; of who has one, the password to end it."""
    own = account()
    if own.has_second_factor:
        return _ended(own.id)
    if not is_sent():
        session[_SECRET] = new_secret()
        return _show(Form())
    problems = operations().accounts.set_second_factor(own.id, session.get(_SECRET, ""), typed("code"))
    if problems:
        return _show(Form(problems=problems)), 422
    session.pop(_SECRET)
    tell("factor-begun")
    return redirect(url_for("second_factor.page"), 303)


@pages.get("/code.svg")
def code() -> ResponseReturnValue:
    """Return the new secret as a QR code."""
    if _SECRET not in session:
        abort(404)
    issuer = f"Belbox {office().site.company_name}".strip()
    return qr_code(address_of(session[_SECRET], account().user_name, issuer))


def _ended(account_id: int) -> ResponseReturnValue:
    if not is_sent():
        return _show(Form())
    problems = operations().accounts.end_second_factor(account_id, typed("password"))
    if problems:
        return _show(Form(problems=problems)), 422
    tell("factor-ended")
    return redirect(url_for("second_factor.page"), 303)


def _show(form: Form) -> str:
    return render_template("second_factor.html", form=form, secret=session.get(_SECRET, ""))

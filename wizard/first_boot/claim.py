"""Step 1: whoever stands at the box makes the first administrator."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.operations.accounts import Account
from wizard.accounts import sign_in
from wizard.current import language, operations
from wizard.form import Form, is_sent, typed, typed_form

pages = Blueprint("claim", __name__)


@pages.route("/claim", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the code, a name and a password."""
    if not is_sent():
        return render_template("claim.html", form=Form())
    claimed = operations().accounts.claim(
        typed("code"), typed("user_name"), typed("password"), language(), request.remote_addr or ""
    )
    if isinstance(claimed, Account):
        sign_in(claimed)
        return redirect(url_for("place.page"), 303)
    return render_template("claim.html", form=Form(values=typed_form("code", "user_name"), problems=claimed)), 422

"""An invitation: whoever has its address chooses a password, once, and is logged in."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from appliance.operations.accounts import Account
from wizard.accounts import come_in
from wizard.current import operations
from wizard.form import Form, is_sent, typed

pages = Blueprint("invitation", __name__, url_prefix="/invitation")


@pages.route("/<token>", methods=["GET", "POST"])
def page(token: str) -> ResponseReturnValue:
    """Ask for a password."""
    accounts = operations().accounts
    if not is_sent():
        return render_template("invitation.html", form=Form(), invited=accounts.invited(token))
    taken = accounts.take_up(token, typed("password"), request.remote_addr or "")
    if not isinstance(taken, Account):
        return render_template("invitation.html", form=Form(problems=taken), invited=accounts.invited(token)), 422
    return come_in(taken)

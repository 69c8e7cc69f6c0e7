"""Logging in and out, and the language an account reads."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.office.problems import Problem
from appliance.operations.accounts import Account
from appliance.words.texts import LANGUAGES
from wizard.accounts import sign_in, sign_out
from wizard.current import account, operations
from wizard.form import Form, chosen, is_sent, path_back, typed, typed_form
from wizard.gate import ALREADY_CLAIMED

pages = Blueprint("login", __name__)


@pages.route("/login", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the name and the password."""
    if not is_sent():
        claimed = (Problem(where="", rule="already-claimed"),) if ALREADY_CLAIMED in request.args else ()
        return render_template("login.html", form=Form(problems=claimed))
    found = operations().accounts.log_in(typed("user_name"), typed("password"), request.remote_addr or "")
    if isinstance(found, Account):
        sign_in(found)
        return redirect(url_for("home.page"), 303)
    return render_template("login.html", form=Form(values=typed_form("user_name"), problems=found)), 422


@pages.post("/logout")
def out() -> ResponseReturnValue:
    """End the session."""
    sign_out()
    return redirect(url_for("login.page"), 303)


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remember the language of this account and show the same page in it."""
    operations().accounts.set_language(account().id, chosen("language", *LANGUAGES))
    return redirect(path_back() or url_for("home.page"), 303)

"""Logging in and out, and the language an account reads."""

from __future__ import annotations

import time
from contextlib import suppress

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from appliance.office.problems import Problem
from appliance.operations.accounts import Account
from appliance.operations.jobs import TooManyJobs
from appliance.words.texts import LANGUAGES
from wizard.accounts import HALF, come_in, sign_in, sign_out
from wizard.current import account, operations
from wizard.form import Form, chosen, is_sent, path_back, typed, typed_form
from wizard.gate import ALREADY_CLAIMED

pages = Blueprint("login", __name__)
MOST_NAME_LETTERS = 100
HALF_SECONDS = 300.0  # between the password and the code


@pages.route("/login", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the name and the password."""
    if not is_sent():
        claimed = (Problem(where="", rule="already-claimed"),) if ALREADY_CLAIMED in request.args else ()
        return render_template("login.html", form=Form(problems=claimed))
    found = operations().accounts.log_in(typed("user_name"), typed("password"), request.remote_addr or "")
    if isinstance(found, Account):
        return come_in(found)
    return render_template("login.html", form=Form(values=typed_form("user_name"), problems=found)), 422


@pages.route("/login/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Ask for the code of the second factor of who has shown a password just now."""
    account_id, at = session.get(HALF, (0, 0.0))
    if not account_id or not 0 <= time.time() - at <= HALF_SECONDS:
        return redirect(url_for("login.page"), 303)
    if not is_sent():
        return render_template("login_code.html", form=Form())
    found = operations().accounts.check_code(account_id, typed("code"))
    if isinstance(found, Account):
        sign_in(found)
        return redirect(url_for("home.page"), 303)
    return render_template("login_code.html", form=Form(problems=found)), 422


@pages.route("/login/forgotten", methods=["GET", "POST"])
def forgotten() -> ResponseReturnValue:
    """Send who forgot a password the address for another one; the answer is the same whether there is such a login."""
    if not is_sent():
        return render_template("login_forgotten.html", form=Form(), is_asked=False)
    if not operations().accounts.may_ask_again(request.remote_addr or ""):
        form = Form(values=typed_form("user_name"), problems=(Problem(where="user_name", rule="login-locked"),))
        return render_template("login_forgotten.html", form=form, is_asked=False), 422
    with suppress(TooManyJobs):
        operations().long_acts.send_forgotten(typed("user_name")[:MOST_NAME_LETTERS])
    return render_template("login_forgotten.html", form=Form(), is_asked=True)


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

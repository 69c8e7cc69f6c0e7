"""Logging in and out, and the language an account reads."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from wizard.accounts import sign_in
from wizard.current import LANGUAGE_KEY, account, services
from wizard.form import Form, typed, typed_form
from wizard.services import Account
from wizard.texts import LANGUAGES

pages = Blueprint("login", __name__)


@pages.route("/login", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the name and the password."""
    if request.args.get("language") in LANGUAGES:
        session[LANGUAGE_KEY] = request.args["language"]
    if request.method == "GET":
        return render_template("login.html", form=Form())
    found = services().log_in(typed("user_name"), typed("password"), request.remote_addr or "")
    if isinstance(found, Account):
        sign_in(found)
        return redirect(url_for("home.page"), 303)
    return render_template("login.html", form=Form(values=typed_form("user_name"), problems=found)), 422


@pages.post("/logout")
def out() -> ResponseReturnValue:
    """End the session."""
    logout_user()
    session.clear()
    return redirect(url_for("login.page"), 303)


@pages.post("/language")
def choose_language() -> ResponseReturnValue:
    """Remember the language of this account and show the same page in it."""
    if typed("language") in LANGUAGES:
        services().set_language(account().id, typed("language"))
    back = typed("back")
    # Only a path of this box: "//host" and "/\host" would lead away.
    is_here = back.startswith("/") and not back.startswith(("//", "/\\")) and back.isprintable()
    return redirect(back if is_here else url_for("home.page"), 303)

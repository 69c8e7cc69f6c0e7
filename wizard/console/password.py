"""Changing one's own password, which ends every other session of the account."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wizard.accounts import sign_in
from wizard.current import account, operations
from wizard.form import Form, is_sent, typed
from wizard.saving import tell

pages = Blueprint("password", __name__)


@pages.route("/password", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the old password and the new one."""
    if not is_sent():
        return render_template("password.html", form=Form())
    owner = account()
    problems = operations().accounts.set_password(owner.id, typed("old_password"), typed("new_password"))
    if problems:
        return render_template("password.html", form=Form(problems=problems)), 422
    sign_in(owner)
    tell("password-changed")
    return redirect(url_for("home.page"), 303)

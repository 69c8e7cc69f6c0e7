"""One's own login: the address, and what goes to it by mail."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.operations.accounts import AlertKind
from wizard.current import account, operations
from wizard.form import Form, is_sent, typed
from wizard.saving import tell

pages = Blueprint("own_login", __name__, url_prefix="/own-login")
KINDS = tuple(kind.value for kind in AlertKind)


@pages.route("", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Ask for the address, and what it is told of."""
    own = account()
    if not is_sent():
        return _show(Form(values={"email": own.email}), own.alerts)
    chosen = frozenset(request.form.getlist("alerts")) & set(KINDS)
    problems = operations().accounts.set_alerts(own.id, typed("email"), chosen)
    if problems:
        return _show(Form(values={"email": typed("email")}, problems=problems), chosen), 422
    tell("own-login-saved")
    return redirect(url_for("own_login.page"), 303)


def _show(form: Form, chosen: frozenset[str]) -> str:
    return render_template("own_login.html", form=form, kinds=KINDS, chosen=chosen)

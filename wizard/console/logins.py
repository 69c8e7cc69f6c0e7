"""Who may open the console: logins, their roles, and the invitations that give each a password."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.operations.accounts import Role
from appliance.words.texts import LANGUAGES
from wizard.console.jobs import follow
from wizard.current import account, language, office, operations
from wizard.form import Form, chosen, typed, typed_form
from wizard.saving import tell, tell_problem

pages = Blueprint("logins", __name__, url_prefix="/logins")
FIELDS = ("user_name", "role", "extension", "language")
ROLES = tuple(role.value for role in Role)
_BLOCKED = ("", "yes")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show every login."""
    return _show(Form(values={"role": Role.EMPLOYEE.value, "language": language()}))


@pages.post("")
def invite() -> ResponseReturnValue:
    """Make a login, and show the address by which its owner chooses a password."""
    role = Role(chosen("role", *ROLES))
    made = operations().accounts.invite(
        typed("user_name"), role, chosen("extension", "", *_people()), chosen("language", *LANGUAGES)
    )
    if not isinstance(made, str):
        return _show(Form(values=typed_form(*FIELDS), problems=made)), 422
    name = typed("user_name").strip()
    if "@" in name and office().mail_server is not None:
        spoken = chosen("language", *LANGUAGES)
        return follow(lambda: operations().long_acts.send_invitation(name, made, name, spoken), url_for("logins.page"))
    return _show(Form(values={"role": role.value, "language": language()}), _address(made), typed("user_name").strip())


@pages.post("/<int:login_id>")
def change(login_id: int) -> ResponseReturnValue:
    """Change what a login is for, or keep it from logging in."""
    _login(login_id)
    problems = operations().accounts.change(
        login_id,
        Role(chosen("role", *ROLES)),
        chosen("extension", "", *_people()),
        is_blocked=chosen("blocked", *_BLOCKED) == "yes",
    )
    for problem in problems:
        tell_problem(problem)
    if not problems:
        tell("logins-changed")
    return redirect(url_for("logins.page"), 303)


@pages.post("/<int:login_id>/again")
def invite_again(login_id: int) -> ResponseReturnValue:
    """Take a password back, and show the address by which another is chosen."""
    name = _login(login_id)
    if login_id == account().id:
        return redirect(url_for("password.page"), 303)
    return _show(Form(values={}), _address(operations().accounts.invite_again(login_id)), name)


@pages.post("/<int:login_id>/remove")
def remove(login_id: int) -> ResponseReturnValue:
    """Remove a login."""
    name = _login(login_id)
    problems = operations().accounts.remove(login_id)
    for problem in problems:
        tell_problem(problem)
    if not problems:
        tell("logins-removed", name=name)
    return redirect(url_for("logins.page"), 303)


def _show(form: Form, address: str = "", invited: str = "") -> str:
    return render_template(
        "logins.html",
        form=form,
        fields=FIELDS,
        logins=operations().accounts.logins(),
        roles=ROLES,
        people=[(one.id, f"{one.number} {one.name}") for one in office().extensions],
        address=address,
        invited=invited,
    )


def _login(login_id: int) -> str:
    """Return the name of a login that is there."""
    found = next((one.user_name for one in operations().accounts.logins() if one.id == login_id), None)
    if found is None:
        abort(404)
    return found


def _people() -> tuple[str, ...]:
    return tuple(one.id for one in office().extensions)


def _address(token: str) -> str:
    return url_for("invitation.page", token=token, _external=True)

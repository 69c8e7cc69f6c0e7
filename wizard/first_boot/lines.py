"""Step 4: the lines to the telephone company; each is tested when it is saved."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from appliance.office.trunk import Trunk
from wizard.console.jobs import follow
from wizard.current import account, office, operations, say
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import Form, chosen, is_sent, typed, typed_form
from wizard.saving import apply_now, refused, tell

pages = Blueprint("lines", __name__, url_prefix="/setup/lines")
FIELDS = ("name", "host", "username", "password", "registers")
_CHECKED = "yes"


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the lines and ask for the next."""
    values = {"name": say("line-default-name", number=str(len(office().trunks) + 1)), "registers": _CHECKED}
    return _show(Form(values=values), None)


@pages.post("")
def add() -> ResponseReturnValue:
    """Add a line, make it true and test it."""
    return _save(None)


@pages.route("/<trunk_id>", methods=["GET", "POST"])
def edit(trunk_id: str) -> ResponseReturnValue:
    """Change a line."""
    trunk = _trunk(trunk_id)
    if is_sent():
        return _save(trunk)
    values = {
        "name": trunk.name,
        "host": trunk.host,
        "username": trunk.username,
        "registers": _CHECKED if trunk.registers else "",
    }
    return _show(Form(values=values), trunk)


@pages.post("/<trunk_id>/remove")
def remove(trunk_id: str) -> ResponseReturnValue:
    """Remove a line."""
    trunk = _trunk(trunk_id)
    outcome = operations().lines.remove(trunk.id, author=account().user_name)
    if outcome.problems:
        return refused(page, outcome.problems)
    if apply_now():
        tell("line-removed", name=trunk.name)
    return redirect(url_for("lines.page"), 303)


@pages.post("/<trunk_id>/prove")
def prove(trunk_id: str) -> ResponseReturnValue:
    """Test a line with a real registration and a real call."""
    return _test(_trunk(trunk_id).id)


def _save(trunk: Trunk | None) -> ResponseReturnValue:
    known = {item.id for item in office().trunks}
    outcome = operations().lines.save(
        trunk_id=trunk.id if trunk else "",
        name=typed("name"),
        host=typed("host"),
        username=typed("username"),
        password=typed("password"),
        registers=chosen("registers", "", _CHECKED) == _CHECKED,
        author=account().user_name,
    )
    if outcome.problems:
        values = {**typed_form(*FIELDS), "password": ""}
        return _show(Form(values=values, problems=outcome.problems), trunk), 422
    if apply_now():
        saved = trunk.id if trunk else next((one.id for one in office().trunks if one.id not in known), None)
        if saved is not None:
            return _test(saved)
    return redirect(url_for("lines.page"), 303)


def _test(trunk_id: str) -> ResponseReturnValue:
    return follow(lambda: operations().long_acts.test_line(trunk_id), url_for("lines.page"))


def _show(form: Form, trunk: Trunk | None) -> str:
    return question(StepName.LINE, "lines.html", form=form, fields=FIELDS, trunk=trunk)


def _trunk(trunk_id: str) -> Trunk:
    try:
        return office().trunk(trunk_id)
    except KeyError:
        abort(404)

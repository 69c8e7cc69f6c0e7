"""Step 5: the employees, each with a name and a short number."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance.office.extension import Extension
from appliance.office.names import OUTER_SPACES
from appliance.office.problems import Problem
from wizard.current import account, office, operations
from wizard.first_boot.employee_file import read_list
from wizard.first_boot.frame import question
from wizard.first_boot.steps import StepName
from wizard.form import LONGEST_TEXT, FieldTooLong, Form, is_sent, typed, typed_form
from wizard.saving import apply_now, refused, tell

pages = Blueprint("employees", __name__, url_prefix="/setup/employees")
FIELDS = ("name", "number")


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the employees and ask for the next."""
    return _show(form=Form(values={"number": _next_number()}))


@pages.post("")
def add() -> ResponseReturnValue:
    """Add an employee."""
    return _save(None)


@pages.post("/paste")
def paste() -> ResponseReturnValue:
    """Add a pasted list, all or none."""
    before = len(office().extensions)
    outcome = operations().employees.paste(typed("list"), author=account().user_name)
    if outcome.problems:
        pasted = Form(values=typed_form("list"), problems=outcome.problems)
        return _show(form=Form(values={"number": _next_number()}), pasted=pasted), 422
    if apply_now():
        tell("employee-pasted", count=str(len(office().extensions) - before))
    return redirect(url_for("employees.page"), 303)


@pages.post("/file")
def from_file() -> ResponseReturnValue:
    """Show the employees of a spreadsheet's file as a list, to be looked at and added."""
    sent = request.files.get("file")
    read = read_list(sent.stream.read()) if sent is not None and sent.filename else None
    if not isinstance(read, str):
        missing = Problem(where="file", rule="employee-file-missing")
        pasted = Form(problems=(read or missing,))
        return _show(form=Form(values={"number": _next_number()}), pasted=pasted), 422
    if len(read) > LONGEST_TEXT:
        raise FieldTooLong
    return _show(form=Form(values={"number": _next_number()}), pasted=Form(values={"list": read}))


@pages.route("/<extension_id>", methods=["GET", "POST"])
def edit(extension_id: str) -> ResponseReturnValue:
    """Change an employee."""
    extension = _extension(extension_id)
    if is_sent():
        return _save(extension)
    values = {"name": extension.name, "number": extension.number.digits}
    return _show(form=Form(values=values), extension=extension)


@pages.post("/<extension_id>/remove")
def remove(extension_id: str) -> ResponseReturnValue:
    """Remove an employee."""
    extension = _extension(extension_id)
    outcome = operations().employees.remove(extension.id, author=account().user_name)
    if outcome.problems:
        return refused(page, outcome.problems)
    if apply_now():
        tell("employee-removed", name=extension.name)
    return redirect(url_for("employees.page"), 303)


def _save(extension: Extension | None) -> ResponseReturnValue:
    outcome = operations().employees.save(
        extension_id=extension.id if extension else "",
        name=typed("name"),
        number=typed("number"),
        author=account().user_name,
    )
    if outcome.problems:
        return _show(form=Form(values=typed_form(*FIELDS), problems=outcome.problems), extension=extension), 422
    if apply_now():
        tell("employee-saved", name=typed("name").strip(OUTER_SPACES), number=typed("number").strip(OUTER_SPACES))
    return redirect(url_for("employees.page"), 303)


def _show(*, form: Form, pasted: Form | None = None, extension: Extension | None = None) -> str:
    return question(
        StepName.EMPLOYEES,
        "employees.html",
        form=form,
        fields=FIELDS,
        pasted=pasted or Form(),
        extension=extension,
    )


def _next_number() -> str:
    """Propose the number after the highest, 201 to begin with; empty where that is no free short number."""
    numbers = [int(item.number.digits) for item in office().extensions]
    following = max(numbers, default=200) + 1
    return str(following) if 200 < following < 600 else ""


def _extension(extension_id: str) -> Extension:
    try:
        return office().extension(extension_id)
    except KeyError:
        abort(404)

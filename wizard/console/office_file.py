"""The whole office as one file: fetched from one box, shown in words, and taken in by another."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.problems import Problem, Severity
from wizard.current import account, language, office, operations
from wizard.form import FieldTooLong
from wizard.forms.options import options_of
from wizard.forms.words import Words
from wizard.saving import apply_now, refused, tell
from wizard.value_words import ValueWords

pages = Blueprint("office_file", __name__, url_prefix="/office-file")
UPLOADS = frozenset({"office_file.look", "office_file.take_in"})
MOST_FILE_BYTES = 8 * 1024 * 1024  # 500 employees are 100 kB
MOST_SHOWN = 200  # of the changes, or of the faults
_FILE, _TEXT, _NAME = "file", "text", "name"


@pages.get("/")
def page() -> ResponseReturnValue:
    """Offer the file, and ask for one."""
    return _show(())


@pages.get("/office.toml")
def fetch() -> ResponseReturnValue:
    """Return the office as a file, without its secrets."""
    headers = {"Content-Disposition": 'attachment; filename="office.toml"'}
    return Response(operations().offices.as_text(), content_type="text/plain; charset=utf-8", headers=headers)


@pages.post("/look")
def look() -> ResponseReturnValue:
    """Read a file and show in words what it would change; nothing is changed."""
    file = request.files.get(_FILE)
    if file is None or not file.filename:
        return _show((Problem(where=_FILE, rule="office-file-missing"),)), 422
    content = file.stream.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        raise FieldTooLong
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _show((Problem(where=_FILE, rule="office-file-form"),)), 422
    try:
        read = operations().offices.read(text)
    except BelboxError as fault:
        return _show((Problem(where=_FILE, rule="job-failed", cause=fault),)), 422
    errors = [one for one in read.problems if one.severity is Severity.ERROR]
    if read.office is None or errors:
        return _show(read.problems[:MOST_SHOWN]), 422
    differences = operations().offices.differences(read.office)
    words = Words(language())
    say = ValueWords(options_of(office(), words), words)
    shown = [say.difference(one) for one in differences[:MOST_SHOWN]]
    return _show(
        read.problems[:MOST_SHOWN], changes=shown, more=len(differences) - len(shown), text=text, name=file.filename
    )


@pages.post("/take-in")
def take_in() -> ResponseReturnValue:
    """Take the file in that was shown, and make it true."""
    name = request.form.get(_NAME, "")[:100]
    outcome = operations().offices.take_in(request.form.get(_TEXT, ""), name, author=account().user_name)
    if outcome.problems:
        return refused(page, outcome.problems)
    if apply_now():
        tell("office-file-taken", name=name)
    return redirect(url_for("objects.history"), 303)


def _show(
    problems: tuple[Problem, ...], *, changes: list[str] | None = None, more: int = 0, text: str = "", name: str = ""
) -> str:
    return render_template("office_file.html", problems=problems, changes=changes, more=more, text=text, name=name)

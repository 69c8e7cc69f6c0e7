"""Recordings of prompts and music: taken in from a file, heard, let go."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from appliance.changes.objects import NEW
from appliance.office.problems import Problem
from appliance.operations.recordings import MUSIC, PROMPT
from wizard import answers
from wizard.current import account, operations
from wizard.form import typed
from wizard.saving import apply_now, tell, tell_problem

pages = Blueprint("recordings", __name__, url_prefix="/settings/recordings")
KINDS = (PROMPT, MUSIC)
UPLOADS = frozenset({"recordings.add", "recordings.keep"})  # the requests that may be as long as a recording is
FILE = "file"


@pages.post("/<kind>")
def add(kind: str) -> ResponseReturnValue:
    """Make a new prompt or music of a file."""
    return _keep(_kind(kind), "")


@pages.post("/<kind>/of/<name>")
def keep(kind: str, name: str) -> ResponseReturnValue:
    """Take a recording in for one that is there."""
    if operations().objects.find(_kind(kind), name) is None:
        abort(404)
    return _keep(kind, name)


@pages.post("/<kind>/of/<name>/drop")
def drop(kind: str, name: str) -> ResponseReturnValue:
    """Let a recording go."""
    outcome = operations().recordings.drop(_kind(kind), name, typed("recording"), author=account().user_name)
    for problem in outcome.problems:
        tell_problem(problem)
    if outcome.revision is not None and apply_now():
        tell("recording-dropped")
    return redirect(url_for("objects.edit", kind=kind, name=name), 303)


@pages.get("/<kind>/of/<name>/<recording>.wav")
def sound(kind: str, name: str, recording: str) -> ResponseReturnValue:
    """Return a recording."""
    return answers.recording(operations().recordings.sound(_kind(kind), name, recording))


def _keep(kind: str, name: str) -> ResponseReturnValue:
    file = request.files.get(FILE)
    back = url_for("objects.edit", kind=kind, name=name) if name else url_for("objects.page", kind=kind)
    if file is None or not file.filename:
        tell_problem(Problem(where=FILE, rule="recording-missing"))
        return redirect(back, 303)
    title = typed("name").strip() or file.filename.rpartition(".")[0][:100] or NEW
    outcome = operations().recordings.keep(kind, name, file.stream, title=title, author=account().user_name)
    for problem in outcome.problems:
        tell_problem(problem)
    if outcome.problems:
        return redirect(back, 303)
    if apply_now():
        tell("recording-kept")
    return redirect(url_for("objects.edit", kind=kind, name=outcome.name), 303)


def _kind(kind: str) -> str:
    if kind not in KINDS:
        abort(404)
    return kind

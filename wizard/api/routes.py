"""The API: every declared subject as JSON, for programs with a key. No cookie opens it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import MethodNotAllowed

from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.subject import Subject
from appliance.office.problems import Problem
from appliance.operations.api_keys import Scope
from appliance.operations.objects import Listed
from wizard.api.acts import ACTS, applied
from wizard.api.events import stream
from wizard.api.refusals import no_such, refused, spoken_language
from wizard.api.rows import row_from, to_json
from wizard.api.schema import PREFIX, document
from wizard.api.sent import body, key
from wizard.current import operations
from wizard.gate import SAFE_METHODS

pages = Blueprint("api", __name__, url_prefix=PREFIX)
_BEARER = "Bearer "
_METHODS = {True: ("GET", "PUT", "DELETE"), False: ("GET", "POST")}  # by whether the office has one of a subject


@pages.before_request
def let_in() -> ResponseReturnValue | None:
    """Let in who has a key that may do this."""
    given = request.headers.get("Authorization", "")
    found = operations().api_keys.of(given.removeprefix(_BEARER)) if given.startswith(_BEARER) else None
    if found is None:
        answer = refused(401, Problem(where="Authorization", rule="api-key-missing"))
        answer.headers["WWW-Authenticate"] = "Bearer"
        return answer
    methods = methods_of(request.path)
    if methods is not None and request.method not in {*methods, "HEAD", "OPTIONS"}:
        raise MethodNotAllowed(methods)  # of everybody, whatever the key may do
    if request.method not in SAFE_METHODS and found.scope is not Scope.CHANGE:
        return refused(403, Problem(where="Authorization", rule="api-key-scope", facts={"value": found.scope.value}))
    g.api_key = found
    return None


@pages.get("/openapi.json")
def described() -> ResponseReturnValue:
    """Return the OpenAPI document."""
    return jsonify(document(spoken_language()))


@pages.get("/events")
def events() -> ResponseReturnValue:
    """Send what goes on, as it changes."""
    return stream(key())


for act in ACTS:
    pages.add_url_rule(act.path, act.name, act.run, methods=[act.method])


@pages.get("/<kind>")
def listed(kind: str) -> ResponseReturnValue:
    """Return every object of a subject, or the only one."""
    if _subject(kind).is_one:
        return _shown(kind, "")
    return jsonify({"objects": [_as_json(one) for one in operations().objects.listed(kind)]})


@pages.post("/<kind>")
def add(kind: str) -> ResponseReturnValue:
    """Add an object."""
    return _put(_subject(kind), "", 201)


@pages.put("/<kind>")
def put_one(kind: str) -> ResponseReturnValue:
    """Replace what the office has one of."""
    return _put(_subject(kind), "", 200)


@pages.delete("/<kind>")
def reset(kind: str) -> ResponseReturnValue:
    """Put what the office has one of back as delivered."""
    subject = _subject(kind)
    return no_such(kind) if operations().objects.find(kind, "") is None else _remove(subject, "")


@pages.get("/<kind>/<name>")
def one(kind: str, name: str) -> ResponseReturnValue:
    """Return one object; its ETag changes when it does."""
    return _shown(_subject_of(kind, name).kind, name)


@pages.put("/<kind>/<name>")
def put(kind: str, name: str) -> ResponseReturnValue:
    """Replace one object; secrets that are left out stay."""
    return _put(_subject_of(kind, name), name, 200)


@pages.delete("/<kind>/<name>")
def remove(kind: str, name: str) -> ResponseReturnValue:
    """Remove one object; `calls_to` says where calls go that went there."""
    return _remove(_subject_of(kind, name), name)


def methods_of(path: str) -> tuple[str, ...] | None:
    """Return what may be asked of the path of a subject or of an act; None for one with a name in it."""
    here = path.removeprefix(PREFIX)
    acts = tuple(act.method for act in ACTS if act.path == here)
    subject = SUBJECT_OF.get(here.removeprefix("/"))
    return acts or (None if subject is None else _METHODS[subject.is_one])


@pages.after_request
def say_methods(answer: Response) -> Response:
    """Let OPTIONS name what this path has, not what every subject's has."""
    methods = methods_of(request.path) if request.method == "OPTIONS" else None
    if methods is not None:
        answer.headers["Allow"] = ", ".join(methods)
    return answer


def _subject(kind: str) -> Subject:
    """Return the subject whose own path is asked; 404 where there is none."""
    return SUBJECT_OF.get(kind) or abort(no_such(kind))


def _subject_of(kind: str, name: str) -> Subject:
    """Return the subject of an object that is there, and is one of many; else the request ends with 404."""
    subject = SUBJECT_OF.get(kind)
    if subject is None or subject.is_one or operations().objects.find(kind, name) is None:
        abort(no_such(f"{kind}/{name}"))
    return subject


def _put(subject: Subject, name: str, code: int) -> ResponseReturnValue:
    row = row_from(subject.table, body())
    seen = request.headers.get("If-Match", "").removeprefix("W/").strip('"').removeprefix("*")
    outcome = operations().objects.put(subject.kind, name, row, author=key().name, seen=seen)
    if outcome.problems:
        changed = any(problem.rule == "object-changed" for problem in outcome.problems)
        return refused(412 if changed else 422, *outcome.problems)
    failed = applied()
    if failed is not None:
        return failed
    shown = _shown(subject.kind, outcome.name)
    shown.status_code = code
    if code == 201:
        shown.headers["Location"] = url_for("api.one", kind=subject.kind, name=outcome.name)
    return shown


def _remove(subject: Subject, name: str) -> ResponseReturnValue:
    calls_to = request.args.get("calls_to")
    outcome = operations().objects.remove(subject.kind, name, author=key().name, calls_to=calls_to)
    if outcome.problems:
        return refused(422, *outcome.problems)
    return applied() or jsonify({})


def _shown(kind: str, name: str) -> Response:
    found = operations().objects.find(kind, name)
    if found is None:
        return no_such(f"{kind}/{name}".rstrip("/"))
    shown = jsonify(to_json(found.row))
    shown.set_etag(found.fingerprint)
    return shown


def _as_json(found: Listed) -> dict[str, Any]:
    return {"name": found.name, "title": found.title, "etag": found.fingerprint, "row": to_json(found.row)}

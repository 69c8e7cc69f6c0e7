"""The API: every declared subject as JSON, for programs with a key. No cookie opens it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.subject import Subject
from appliance.office.problems import Problem
from appliance.operations.api_keys import ApiKey, Scope
from appliance.operations.objects import Listed
from appliance.words.texts import LANGUAGES, problem_text
from wizard.api.rows import row_from, to_json
from wizard.api.schema import PREFIX, document
from wizard.current import operations
from wizard.gate import SAFE_METHODS
from wizard.saving import not_applied

pages = Blueprint("api", __name__, url_prefix=PREFIX)
_BEARER = "Bearer "


@pages.before_request
def let_in() -> ResponseReturnValue | None:
    """Let in who has a key that may do this."""
    given = request.headers.get("Authorization", "")
    key = operations().api_keys.of(given.removeprefix(_BEARER)) if given.startswith(_BEARER) else None
    if key is None:
        refused = _refused(401, Problem(where="Authorization", rule="api-key-missing"))
        refused.headers["WWW-Authenticate"] = "Bearer"
        return refused
    if request.method not in SAFE_METHODS and key.scope is not Scope.CHANGE:
        return _refused(403, Problem(where="Authorization", rule="api-key-scope", facts={"value": key.scope.value}))
    g.api_key = key
    return None


@pages.get("/openapi.json")
def described() -> ResponseReturnValue:
    """Return the OpenAPI document."""
    return jsonify(document(_language()))


@pages.get("/status")
def status() -> ResponseReturnValue:
    """Return how the box is: each part, its state and what to do."""
    parts = operations().status.parts()
    return jsonify({"parts": [{"name": one.name, "state": one.state, "what": one.what} for one in parts]})


@pages.get("/revisions")
def revisions() -> ResponseReturnValue:
    """Return who changed what, newest first."""
    return jsonify(
        {
            "revisions": [
                {
                    "number": one.number,
                    "made_at": one.made_at.isoformat(),
                    "author": one.author,
                    "summary": one.summary,
                    "is_in_force": one.is_in_force,
                }
                for one in operations().history.revisions()
            ]
        }
    )


@pages.post("/apply")
def apply() -> ResponseReturnValue:
    """Make the newest revision true."""
    return _applied() or jsonify({})


@pages.get("/<kind>")
def listed(kind: str) -> ResponseReturnValue:
    """Return every object of a subject, or the only one."""
    if _subject(kind).is_one:
        return _shown(kind, "")
    return jsonify({"objects": [_as_json(one) for one in operations().objects.listed(kind)]})


@pages.post("/<kind>")
def add(kind: str) -> ResponseReturnValue:
    """Add an object."""
    return _put(_subject(kind, is_one=False), "", 201)


@pages.put("/<kind>")
def put_one(kind: str) -> ResponseReturnValue:
    """Replace what the office has one of."""
    return _put(_subject(kind, is_one=True), "", 200)


@pages.delete("/<kind>")
def reset(kind: str) -> ResponseReturnValue:
    """Put what the office has one of back as delivered."""
    return _remove(_subject(kind, is_one=True), "")


@pages.get("/<kind>/<name>")
def one(kind: str, name: str) -> ResponseReturnValue:
    """Return one object; its ETag changes when it does."""
    _subject(kind, is_one=False)
    return _shown(kind, name)


@pages.put("/<kind>/<name>")
def put(kind: str, name: str) -> ResponseReturnValue:
    """Replace one object; secrets that are left out stay."""
    return _put(_subject_of(kind, name), name, 200)


@pages.delete("/<kind>/<name>")
def remove(kind: str, name: str) -> ResponseReturnValue:
    """Remove one object; `calls_to` says where calls go that went there."""
    return _remove(_subject_of(kind, name), name)


def _subject(kind: str, *, is_one: bool | None = None) -> Subject:
    """Return a subject of which the office has one, or many; where there is none, the request ends with 404."""
    subject = SUBJECT_OF.get(kind)
    if subject is None or (is_one is not None and subject.is_one is not is_one):
        abort(_no_such(kind))
    return subject


def _subject_of(kind: str, name: str) -> Subject:
    """Return the subject of an object that is there."""
    subject = _subject(kind, is_one=False)
    if operations().objects.find(kind, name) is None:
        abort(_no_such(f"{kind}/{name}"))
    return subject


def _put(subject: Subject, name: str, code: int) -> ResponseReturnValue:
    given = request.get_json(silent=True)
    if not isinstance(given, Mapping):
        return _refused(400, Problem(where="", rule="api-no-json"))
    row = row_from(subject.table, given)
    seen = request.headers.get("If-Match", "").removeprefix("W/").strip('"').removeprefix("*")
    outcome = operations().objects.put(subject.kind, name, row, author=_key().name, seen=seen)
    if outcome.problems:
        changed = any(problem.rule == "object-changed" for problem in outcome.problems)
        return _refused(412 if changed else 422, *outcome.problems)
    failed = _applied()
    if failed is not None:
        return failed
    shown = _shown(subject.kind, outcome.name)
    shown.status_code = code
    if code == 201:
        shown.headers["Location"] = url_for("api.one", kind=subject.kind, name=outcome.name)
    return shown


def _remove(subject: Subject, name: str) -> ResponseReturnValue:
    calls_to = request.args.get("calls_to")
    outcome = operations().objects.remove(subject.kind, name, author=_key().name, calls_to=calls_to)
    if outcome.problems:
        return _refused(422, *outcome.problems)
    return _applied() or jsonify({})


def _applied() -> Response | None:
    try:
        operations().in_force.apply()
    except BelboxError as fault:
        return _refused(503, not_applied(fault))
    return None


def _shown(kind: str, name: str) -> Response:
    found = operations().objects.find(kind, name)
    if found is None:
        return _no_such(f"{kind}/{name}".rstrip("/"))
    shown = jsonify(to_json(found.row))
    shown.set_etag(found.fingerprint)
    return shown


def _as_json(found: Listed) -> dict[str, Any]:
    return {"name": found.name, "title": found.title, "etag": found.fingerprint, "row": to_json(found.row)}


def _no_such(where: str) -> Response:
    return _refused(404, Problem(where=where, rule="api-no-such"))


def _refused(code: int, *problems: Problem) -> Response:
    return refusal(code, problems)


def refusal(code: int, problems: Sequence[Problem]) -> Response:
    """Return an answer that says what is wrong, as `belbox office check --json` does."""
    language = _language()
    shown = jsonify(
        {
            "problems": [
                {
                    "where": problem.where,
                    "rule": problem.rule,
                    "message": problem_text(problem, language),
                    "severity": problem.severity.value,
                }
                for problem in problems
            ]
        }
    )
    shown.status_code = code
    return shown


def _key() -> ApiKey:
    key: ApiKey = g.api_key
    return key


def _language() -> str:
    return request.accept_languages.best_match(LANGUAGES) or "en"

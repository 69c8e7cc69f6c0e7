"""What a program sent: its key, and the values of its JSON object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import abort, g, request

from appliance.office.problems import Problem
from appliance.operations.api_keys import ApiKey
from wizard.api.refusals import refused


def key() -> ApiKey:
    """Return the key with which this request came in."""
    found: ApiKey = g.api_key
    return found


def body() -> Mapping[str, Any]:
    """Return the JSON object of the request; without one the request ends with 400."""
    given = request.get_json(silent=True)
    if not isinstance(given, Mapping):
        abort(refused(400, Problem(where="", rule="api-no-json")))
    return given


def given_text(name: str) -> str:
    """Return a text of that object; where it is none the request ends with 422."""
    value = body().get(name)
    if not isinstance(value, str):
        abort(refused(422, Problem(where=name, rule="not-text" if name in body() else "missing")))
    return value


def given_flag(name: str, *, as_delivered: bool) -> bool:
    """Return yes or no of that object; where it is neither the request ends with 422."""
    value = body().get(name, as_delivered)
    if not isinstance(value, bool):
        abort(refused(422, Problem(where=name, rule="not-true-or-false")))
    return value

"""What the API answers where something is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, jsonify, request

from appliance.office.problems import Problem
from appliance.words.texts import LANGUAGES, problem_rows


def refused(code: int, *problems: Problem) -> Response:
    """Return an answer that says what is wrong, as `belbox office check --json` does."""
    return refusal(code, problems)


def no_such(where: str) -> Response:
    """Return the answer to who asks for what is not there."""
    return refused(404, Problem(where=where, rule="api-no-such"))


def refusal(code: int, problems: Sequence[Problem]) -> Response:
    """Return an answer with these problems, in the language that the program asks for."""
    shown = jsonify({"problems": problem_rows(problems, spoken_language())})
    shown.status_code = code
    return shown


def spoken_language() -> str:
    """Return the language of messages: the best of those that the request names, English without any."""
    return request.accept_languages.best_match(LANGUAGES) or "en"

"""How verbs print, JSON when asked, the wording of an office's problems; and how they read what is typed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError, Problem, Severity
from appliance.words.texts import problem_text


class CommandRefused(Exception):  # noqa: N818  (named for what it says)
    """A command that cannot be done as it was typed, or here: why and what to do, as the command line speaks."""

    def __init__(self, message: str, remedy: str = "", *, exit_code: int = 1) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.exit_code = exit_code


def print_json(data: object) -> None:
    """Print data for programs."""
    print(json.dumps(data, indent=2, ensure_ascii=False))


def print_problems(problems: Sequence[Problem]) -> None:
    """Print problems for people, errors first."""
    for problem in sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR):
        print(f"{problem.severity.value}: {problem.where}: {problem_text(problem, 'en')}")


def parse_mac(text: str) -> MacAddress:
    """Return the address; raises CommandRefused."""
    try:
        return MacAddress.parse(text)
    except InvalidValueError:
        raise CommandRefused(f"{text!r} is not a MAC address.", "It stands on the phone's label.") from None

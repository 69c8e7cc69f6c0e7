"""Every text a person reads, in Dutch, French and English; loaded once from translations/."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from appliance.errors import BelboxError
from appliance.office.country import Language
from appliance.office.problems import Problem

LANGUAGES = tuple(language.value for language in Language)
_FOLDER = Path(__file__).parent / "translations"


class _Facts(dict[str, str]):
    """A fact that is not given shows as a gap instead of breaking the page."""

    def __missing__(self, key: str) -> str:
        return "…"


@cache
def texts_of(language: str) -> Mapping[str, str]:
    """Return all texts of nl, fr or en; `[problem] id-twice` in the file has the key `problem-id-twice`."""
    tables = tomllib.loads((_FOLDER / f"{Language(language)}.toml").read_text(encoding="utf-8"))
    return {f"{table}-{name}": words for table, texts in tables.items() for name, words in texts.items()}


def text(key: str, language: str, /, **facts: str) -> str:
    """Return one text with its gaps filled; KeyError if there is no such text."""
    return texts_of(language)[key].format_map(_Facts(facts))


def has_text(key: str, language: str) -> bool:
    """Tell whether there is such a text."""
    return key in texts_of(language)


def problem_text(problem: Problem, language: str) -> str:
    """Say what is wrong with a value and what a right one looks like."""
    facts = dict(problem.facts)
    if problem.cause is not None:
        facts["value"] = cause_text(problem.cause, language)
    if "service" in facts:  # it holds a number, and has a name in every language
        facts["holder"] = text(f"holder-{facts['service']}", language)
    key = f"problem-{problem.rule}"
    if not has_text(key, language):
        return text("problem-unnamed", language, rule=problem.rule, value=facts.get("value", ""))
    return text(key, language, **facts)


def problem_rows(problems: Iterable[Problem], language: str) -> list[Mapping[str, str]]:
    """Return problems in the shape of `office check --json`."""
    return [
        {
            "where": problem.where,
            "rule": problem.rule,
            "message": problem_text(problem, language),
            "severity": problem.severity.value,
        }
        for problem in problems
    ]


def error_text(fault: BelboxError, language: str) -> str:
    """Say what failed in the world, and what can be done about it."""
    remedy = f"fault-remedy-{fault.rule}"
    said = _said(fault, language)
    return f"{said} {text(remedy, language, **fault.facts)}" if has_text(remedy, language) else said


def cause_text(cause: BaseException, language: str) -> str:
    """Say what went wrong, and what can be done about it if it is ours."""
    return error_text(cause, language) if isinstance(cause, BelboxError) else str(cause)


def _said(cause: BaseException, language: str) -> str:
    """Say a cause; one that is not ours is quoted, as the machine says it."""
    if not isinstance(cause, BelboxError):
        return str(cause)
    facts = {"cause": _said(cause.cause, language)} if cause.cause else {}
    return text(f"fault-{cause.rule}", language, **cause.facts, **facts)


def part_what(what: str, language: str, facts: Mapping[str, str], causes: Sequence[BaseException] = ()) -> str:
    """Say how a part of the box is, with what `causes` it in place of the fact `fault`."""
    said = {"fault": " ".join(_said(cause, language).removesuffix(".") for cause in causes)} if causes else {}
    return text(f"part-what-{what}", language, **facts, **said)


def part_remedy(remedy: str, language: str, facts: Mapping[str, str]) -> str:
    """Say what to do about a part of the box; empty when there is nothing to do."""
    return text(f"part-remedy-{remedy}", language, **facts) if remedy else ""

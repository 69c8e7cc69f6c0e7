"""An explanation in words, and the table of feature codes, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.explain import ExplainedStep, Explanation
from appliance.office.feature_codes import CODES, FeatureCode
from appliance.office.so_now import Fact
from appliance.words.texts import LANGUAGES, has_text, text

_LANGUAGE_NAMES = {"nl": "Nederlands", "fr": "Français", "en": "English"}
_PLACES = ("number", "rings", "extension", "prefix", "slot")


def why(step: ExplainedStep, language: str) -> str:
    """Say what happens in a step."""
    labelled = f"explain-{step.why}-labelled"
    if "label" in step.facts and has_text(labelled, language):
        return text(labelled, language, **step.facts)
    return text(f"explain-{step.why}", language, **step.facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """A step in words: its seconds, what it is about, and what happens."""

    at_second: int
    until_second: int
    about: str
    what: str


def shown_steps(explanation: Explanation, language: str) -> tuple[ShownStep, ...]:
    """Return every step in words."""
    return tuple(
        ShownStep(
            at_second=step.at_second,
            until_second=step.until_second,
            about=_about(step, language),
            what=why(step, language),
        )
        for step in explanation.steps
    )


def lines_of(explanation: Explanation, language: str) -> tuple[str, ...]:
    """Return one line for each step: the seconds, what it is about, and what happens."""
    lines = []
    for step in shown_steps(explanation, language):
        until = f"-{step.until_second}" if step.until_second > step.at_second else ""
        lines.append(f"{step.at_second:>4}{until:<5} s  {step.about:<34} {step.what}")
    return tuple(lines)


def so_now_words(fact: Fact, language: str) -> str:
    """Say one thing that codes, keys or switches have set."""
    return text(f"so-{fact.key}", language, name=fact.name, value=fact.value)


def code_table(language: str) -> tuple[tuple[str, str], ...]:
    """Return every feature code as it is dialled, and what it does, in the order of the domain."""
    return tuple((_dialled(code, language), text(f"code-{code.value}", language)) for code in FeatureCode)


def code_page() -> str:
    """Return the documentation's page of codes (Markdown), in every language."""
    parts = ["# Feature codes", "", "Made from the domain by `belbox codes`; a test keeps this page as it is made."]
    for language in LANGUAGES:
        parts += ["", f"## {_LANGUAGE_NAMES[language]}", "", "| | |", "| --- | --- |"]
        parts += [f"| `{code}` | {does} |" for code, does in code_table(language)]
    return "\n".join(parts) + "\n"


def _about(step: ExplainedStep, language: str) -> str:
    about = text(f"kind-{step.kind}", language)
    return f"{about} {step.name}" if step.name and step.kind != "hang_up" else about


def _dialled(code: FeatureCode, language: str) -> str:
    form = CODES[code]
    rest = form.rest
    for place in _PLACES:
        rest = rest.replace(place, f"‹{text(f'code-place-{place}', language)}›")
    return form.digits + rest

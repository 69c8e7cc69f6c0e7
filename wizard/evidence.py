"""What was seen and when, as a sentence in the reader's language and the office's time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from appliance.operations.steps import StepProof
from appliance.words.texts import has_text, text

_FORMATS = {"nl": "%d/%m/%Y %H:%M:%S", "fr": "%d/%m/%Y %H:%M:%S", "en": "%Y-%m-%d %H:%M:%S"}


def moment(when: datetime, time_zone: str, language: str) -> str:
    """Return a moment in the office's own time."""
    return when.astimezone(ZoneInfo(time_zone)).strftime(_FORMATS[language])


def hour(when: datetime, time_zone: str) -> str:
    """Return the hour of a moment of today in the office's own time."""
    return when.astimezone(ZoneInfo(time_zone)).strftime("%H:%M")


def evidence(step: str, proof: StepProof, time_zone: str, language: str) -> str:
    """Say what proves a step."""
    facts = {name: _in_words(name, value, language) for name, value in proof.facts.items()}
    return text(f"evidence-{step}", language, **{**facts, "at": moment(proof.seen_at, time_zone, language)})


def _in_words(name: str, value: str, language: str) -> str:
    """Some facts are names of texts themselves: a language, the outcome of a call. Others are a local moment."""
    if name == "closed_at":
        return datetime.fromisoformat(value).strftime(_FORMATS[language].removesuffix(":%S"))
    key = f"{name}-{value}"
    return text(key, language) if has_text(key, language) else value

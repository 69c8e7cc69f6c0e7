"""The texts are complete and alike in the three languages."""

from __future__ import annotations

import re

import pytest

from appliance.office.country import Language
from appliance.prompts.texts import OWN, load_texts

# What Asterisk's say.c builds Dutch numbers, dates and times from.
DUTCH_WORDS = (
    *(f"digits/{number}" for number in (*range(21), *range(30, 100, 10))),
    *("digits/hundred", "digits/thousand", "digits/million", "digits/minus", "digits/star", "digits/pound"),
    *("digits/nl-en", "digits/nl-om", "digits/nl-uur", "digits/today", "digits/yesterday"),
    *(f"digits/day-{day}" for day in range(7)),
    *(f"digits/mon-{month}" for month in range(12)),
    *(f"letters/{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"),
)
OTHER_WORDS_OF_ASTERISK = {
    Language.FRENCH: ("digits/1F",),
    Language.ENGLISH: (),
    Language.DUTCH: DUTCH_WORDS,
}


def own_names(language: Language) -> set[str]:
    return {name for name in load_texts(language) if name.startswith(OWN)}


def test_each_of_our_own_prompts_is_there_in_every_language() -> None:
    """One that is missing in a language would be said in English in the middle of a call."""
    names = own_names(Language.ENGLISH)
    assert {"belbox/connecting", "belbox/emergency-no-line", "belbox/confirm-call", "belbox/error"} <= names
    assert own_names(Language.DUTCH) == own_names(Language.FRENCH) == names


@pytest.mark.parametrize("language", Language)
def test_what_no_package_records_has_a_text(language: Language) -> None:
    """Dutch has no package at all; French and English lack a few words."""
    assert set(OTHER_WORDS_OF_ASTERISK[language]) - set(load_texts(language)) == set()


@pytest.mark.parametrize("language", Language)
def test_every_text_can_be_said_and_every_name_is_a_plain_file(language: Language) -> None:
    """A name becomes a path below the language's folder."""
    for name, text in load_texts(language).items():
        assert re.fullmatch(r"(?:[a-z]+/)?[A-Za-z0-9_-]+", name)
        assert re.search(r"\w", text)
        assert text == text.strip()


def test_nobody_is_addressed_informally() -> None:
    """Callers and employees are "u" and "vous"."""
    dutch = " ".join(load_texts(Language.DUTCH).values())
    french = " ".join(load_texts(Language.FRENCH).values())
    assert re.search(r"\b(je|jij|jou|jouw|jullie)\b", dutch, re.IGNORECASE) is None
    assert re.search(r"\b(tu|toi|ton|ta|tes)\b", french, re.IGNORECASE) is None  # codespell:ignore toi

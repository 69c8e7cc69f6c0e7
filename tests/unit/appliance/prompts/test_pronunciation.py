"""What the speech program would misread is written out first."""

from __future__ import annotations

import pytest

from appliance.office.country import Language
from appliance.prompts.pronunciation import as_said


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("nl", "Open van 9u tot 17u30.", "Open van 9 uur tot 17 uur 30."),
        ("nl", "Van 9.00 u tot 12:30 uur.", "Van 9 uur tot 12 uur 30."),
        ("nl", "Vanaf 9:00.", "Vanaf 9 uur."),
        ("nl", "Uw Voicemailbox is vol.", "Uw vojsmeelbox is vol."),
        ("nl", "Druk op 1 en u wordt doorverbonden; u krijgt 9.50 terug.", None),
        ("fr", "De 9h à 14h30.", "De 9 heures à 14 heures 30."),
        ("fr", "De 1 h à 21h00.", "De une heure à vingt et une heures."),
        ("fr", "Appuyez sur 1, ou 2.", None),
        ("en", "From 9:00 to 17:30.", None),
    ],
)
def test_hours_and_foreign_words_are_written_out(language: str, text: str, said: str | None) -> None:
    """None: nothing is changed."""
    assert as_said(text, Language(language)) == (text if said is None else said)

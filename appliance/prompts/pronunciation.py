"""How a text must be written for the speech program to say it right: hours of the clock, and foreign words."""

from __future__ import annotations

import re
from collections.abc import Mapping

from appliance.office.country import Language

# (pattern, replacement), one after the other. Each was heard in espeak-ng's phonemes (espeak-ng --ipa).
_RULES: Mapping[Language, tuple[tuple[str, str], ...]] = {
    Language.DUTCH: (
        (r"\b(\d{1,2})[.:]00 ?(?:uur|u)\b|\b(\d{1,2}):00\b", r"\1\2 uur"),
        (r"\b(\d{1,2})[.:](\d\d) ?(?:uur|u)\b", r"\1 uur \2"),
        (r"\b(\d{1,2})u(\d\d)\b", r"\1 uur \2"),
        (r"\b(\d{1,2})u\b", r"\1 uur"),
        (r"\bvoicemail", "vojsmeel"),
        (r"\bsales\b", "seels"),
        (r"\bmanager", "mennedzjer"),
    ),
    Language.FRENCH: (
        (r"\b(\d{1,2})(?: ?h ?|:)(\d\d)\b", r"\1 heures \2"),
        (r"\b(\d{1,2}) ?h\b", r"\1 heures"),
        (r"\b(\d{1,2} heures) 00\b", r"\1"),
        (r"\b0?1 heures\b", "une heure"),
        (r"\b21 heures\b", "vingt et une heures"),
        (r"\be-?mail", "i-mél"),
    ),
    Language.ENGLISH: (),
}


def as_said(text: str, language: Language) -> str:
    """Return the text with what the speech program would misread written out."""
    for pattern, replacement in _RULES[language]:
        text = re.sub(pattern, replacement, text, flags=re.IGNORECASE)
    return text

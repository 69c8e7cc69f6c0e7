"""Names of people and things: any letters a person types that the switch and every phone can carry."""

from __future__ import annotations

import unicodedata

from appliance.office.problems import InvalidValueError

# Asterisk keeps a caller's name in 80 bytes (res_pjsip, caller_id_handler), the last of them a NUL.
MOST_NAME_BYTES = 79
# Controls and newlines, line and paragraph separators, half pairs, private use.
_NO_LETTER = frozenset({"Cc", "Zl", "Zp", "Cs", "Co"})
# Letters that turn the reading direction (Unicode UAX #9) or hide at the start of a file.
_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


# A phone's display has room for about twenty letters; this leaves room for the caller's own name beside it.
MOST_LABEL_BYTES = 40


def visible_label(text: str) -> str:
    """Return what a phone can show of a text: one line, no controls, cut to MOST_LABEL_BYTES."""
    line = " ".join(text.split())
    letters = "".join(
        letter for letter in line if unicodedata.category(letter) not in _NO_LETTER and letter not in _DIRECTION
    )
    return letters.encode()[:MOST_LABEL_BYTES].decode(errors="ignore").strip()


def check_name(text: str) -> str:
    """Return the name without outer spaces; raise InvalidValueError if it is empty, long, or has controls."""
    name = text.strip()
    if not name:
        raise InvalidValueError("name-empty")
    if any(unicodedata.category(letter) in _NO_LETTER or letter in _DIRECTION for letter in name):
        raise InvalidValueError("name-control", value=name.encode("unicode_escape").decode())
    if len(name.encode()) > MOST_NAME_BYTES:
        raise InvalidValueError("name-long", value=f"{name[:20]}…", most=str(MOST_NAME_BYTES))
    return name

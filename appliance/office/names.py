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

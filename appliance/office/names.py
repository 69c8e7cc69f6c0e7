"""Names of people and things: any letters a person types that the switch and every phone can carry."""

from __future__ import annotations

import unicodedata

from appliance.office.problems import DIRECTION, NO_LETTER, InvalidValueError

# Asterisk keeps a caller's name in 80 bytes (res_pjsip, caller_id_handler), the last of them a NUL.
MOST_NAME_BYTES = 79
# What may stand before and behind a value without belonging to it; `str.strip` takes control characters away too.
OUTER_SPACES = " \t\u00a0"
MOST_TEXT_BYTES = 200  # of a label or a description: a line on a screen
# A phone's display has room for about twenty letters; this leaves room for the caller's own name beside it.
MOST_LABEL_BYTES = 40


def visible_label(text: str) -> str:
    """Return what a phone can show of a text: one line, no controls, cut to MOST_LABEL_BYTES."""
    line = " ".join(text.split())
    letters = "".join(
        letter for letter in line if unicodedata.category(letter) not in NO_LETTER and letter not in DIRECTION
    )
    return letters.encode()[:MOST_LABEL_BYTES].decode(errors="ignore").strip()


def check_name(text: str) -> str:
    """Return the name without outer spaces; raise InvalidValueError if it is empty, long, or has controls."""
    name = text.strip(OUTER_SPACES)
    if not name:
        raise InvalidValueError("name-empty")
    if has_control(name):
        raise InvalidValueError("name-control", value=name)
    if len(name.encode()) > MOST_NAME_BYTES:
        raise InvalidValueError("name-long", value=name, most=str(MOST_NAME_BYTES))
    return name


def check_text(text: str) -> str:
    """Return a label or a description on one line, spaces put right; InvalidValueError for controls or endless ones."""
    line = " ".join(word for word in text.strip(OUTER_SPACES).split(" ") if word)
    if has_control(line):
        raise InvalidValueError("text-control", value=line)
    if len(line.encode()) > MOST_TEXT_BYTES:
        raise InvalidValueError("text-long", value=line, most=str(MOST_TEXT_BYTES))
    return line


def has_control(text: str) -> bool:
    """Tell whether a line has a letter in it that is none: a control, half a pair, a turn of the direction."""
    return any(unicodedata.category(letter) in NO_LETTER or letter in DIRECTION for letter in text)

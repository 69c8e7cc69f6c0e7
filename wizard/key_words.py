"""What a key does, as a person types it: `201 Jan Jansen`, `2001`, `700`, `*8`, `line 2`, `0470 99 88 77`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from appliance.changes.phones import TypedKey
from appliance.office.feature_codes import CODES, FeatureCode
from appliance.office.office import Office
from appliance.words.texts import LANGUAGES, text

_FIRST_WORD = re.compile(r"\s*(\*?[0-9]{1,4})(?![0-9])(?:\s+\D.*)?\s*")
_NIGHT, _PICKUP = CODES[FeatureCode.NIGHT_SWITCH].digits, CODES[FeatureCode.GROUP_PICKUP].digits


def read_key(office: Office, typed: str) -> tuple[str, str]:
    """Return kind and value as TypedKey has them; what is nothing else is a number outside."""
    words = " ".join(typed.split())
    for language in LANGUAGES:
        word = text("key-line", language)
        line = re.fullmatch(rf"{re.escape(word)}\s*([0-9]*)", words, re.IGNORECASE)
        if line:
            return "line", line[1] or "1"
    found = _FIRST_WORD.fullmatch(words)
    if found:
        for kind, value, digits, _ in _inside(office):
            if digits == found[1]:
                return kind, value
    return "call", words


def show_key(office: Office, key: TypedKey, language: str) -> str:
    """Return what stands in the form for a chosen key."""
    if key.kind == "line":
        return f"{text('key-line', language)} {key.value}"
    for kind, value, digits, name in _inside(office):
        if (kind, value) == (key.kind, key.value):
            return f"{digits} {_named(kind, name, language)}".strip()
    return key.value


def suggestions(office: Office, lines: int, language: str) -> Iterator[str]:
    """Yield what a person may choose from while typing."""
    for line in range(1, lines + 1):
        yield f"{text('key-line', language)} {line}"
    for kind, _, digits, name in _inside(office):
        yield f"{digits} {_named(kind, name, language)}".strip()


def _inside(office: Office) -> Iterator[tuple[str, str, str, str]]:
    """Yield kind, value, digits and name of everything a key can stand for inside."""
    for extension in office.extensions:
        yield "colleague", extension.id, extension.number.digits, extension.name
    for group in office.ring_groups:
        yield "group", group.id, group.number.digits, group.name
    for mode in office.mode_keys:
        yield "mode", mode.id, mode.number.digits, mode.name
    for slot in office.parking.slots() if office.parking else ():
        yield "parking", slot, slot, ""
    yield "night", "", _NIGHT, ""
    yield "pickup", "", _PICKUP, ""


def _named(kind: str, name: str, language: str) -> str:
    return name or text(f"key-{kind}", language)

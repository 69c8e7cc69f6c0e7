"""Text as people typed it, made fit for files that hold one value per line."""

from __future__ import annotations

import unicodedata

ELLIPSIS = "…"
_NEVER_IN_A_VALUE = {"Cc", "Cs", "Zl", "Zp"}  # control, surrogate, line separator, paragraph separator


def one_line(text: str) -> str:
    """Return the text with every character that could end a line, or is none, shown as a space; trimmed.

    What is left is also what XML 1.0 (section 2.2) can carry.
    """
    if text.isprintable():  # as nearly every value of every phone is; what is not shown below never is
        return text.strip()
    return "".join(" " if _is_no_text(character) else character for character in text).strip()


def cut_to_bytes(text: str, limit: int) -> str:
    """Return at most `limit` bytes of UTF-8, never half a character; what was cut shows as an ellipsis."""
    if len(text.encode()) <= limit:
        return text
    kept = text.encode()[: limit - len(ELLIPSIS.encode())].decode(errors="ignore")
    return kept.rstrip() + ELLIPSIS


def _is_no_text(character: str) -> bool:
    return unicodedata.category(character) in _NEVER_IN_A_VALUE or ord(character) & 0xFFFE == 0xFFFE

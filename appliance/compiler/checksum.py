"""Marks inside two files by which the running switch can be asked which files it has read.

A mark is made from the text it stands in, so the same office still gives the same bytes.
"""

from __future__ import annotations

import hashlib

DIALPLAN_CHECKSUM = "BELBOX_DIALPLAN"
PLACEHOLDER = "@checksum@"
_LENGTH = 16


def mark(text: str) -> str:
    """Put the checksum of the text in place of the placeholder."""
    return text.replace(PLACEHOLDER, hashlib.sha256(text.encode()).hexdigest()[:_LENGTH])


def dialplan_mark(text: str) -> str:
    """Return the mark that stands in a dial plan (extensions.conf)."""
    return _after(text, f"{DIALPLAN_CHECKSUM} = ")


def phones_mark(text: str) -> str:
    """Return the mark that stands at the test phone's endpoint (pjsip.conf)."""
    return _after(text, "accountcode = ")


def _after(text: str, key: str) -> str:
    return text.partition(f"\n{key}")[2].partition("\n")[0]

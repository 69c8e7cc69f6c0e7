"""Marks inside two files by which the running switch can be asked which files it has read.

A mark is made from the text it stands in, so the same office still gives the same bytes.
"""

from __future__ import annotations

import hashlib

from appliance.compiler.config_file import ConfigFileSet

DIALPLAN_CHECKSUM = "BELBOX_DIALPLAN"
PLACEHOLDER = "@checksum@"
_LENGTH = 16


def mark(text: str) -> str:
    """Put the checksum of the text in place of the placeholder."""
    return text.replace(PLACEHOLDER, hashlib.sha256(text.encode()).hexdigest()[:_LENGTH])


def text_checksum_of(files: ConfigFileSet, path: str) -> str:
    """Return the mark that stands in the dial plan."""
    return _after(files.text_of(path) or "", f"{DIALPLAN_CHECKSUM} = ")


def pjsip_checksum_of(files: ConfigFileSet) -> str:
    """Return the mark that stands at the test phone's endpoint."""
    return _after(files.text_of("pjsip.conf") or "", "accountcode = ")


def _after(text: str, key: str) -> str:
    return text.partition(f"\n{key}")[2].partition("\n")[0]

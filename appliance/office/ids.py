"""Ids: what names an object for ever, while its name and number may change."""

from __future__ import annotations

import re

from appliance.office.problems import InvalidValueError

_ID = re.compile(r"[a-z][a-z0-9-]{0,31}")


def check_id(text: str) -> str:
    """Return the id itself; raise InvalidValueError unless it is a short lower-case word."""
    if not _ID.fullmatch(text):
        raise InvalidValueError("id-form", value=text)
    return text

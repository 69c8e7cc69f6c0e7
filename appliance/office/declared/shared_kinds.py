"""Kinds of values that settings of several subjects have."""

from __future__ import annotations

import re
from collections.abc import Callable

from appliance.office.declared.kinds import Count, Parsed, Text
from appliance.office.declared.reading import shown
from appliance.office.names import MOST_NAME_BYTES, check_name, check_text
from appliance.office.problems import InvalidValueError
from appliance.office.voicemail import check_email

MOST_RING_SECONDS = 300
MOST_WAIT_SECONDS = 3600
RING_SECONDS = Count(1, MOST_RING_SECONDS)
WAIT_SECONDS = Count(1, MOST_WAIT_SECONDS)
NAME = Text(check_name, longest=MOST_NAME_BYTES)
TEXT = Text(check_text, is_newer=True)
ANY_TEXT = Parsed(str, "")  # what checks it is the value that it becomes
EMAIL = Text(check_email, longest=128)


def matching(pattern: str, rule: str) -> Callable[[str], str]:
    """Return a check: the text itself if the pattern fits the whole of it; it raises InvalidValueError."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise InvalidValueError(rule, value=shown(text))
        return text

    return check

"""A mode key: green or red, changed by a key or a call, decides which way calls go."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.destination import Destination
from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import InvalidValueError

_RANGE = re.compile(r"2[0-9]{3}")
MODE_KEY_NUMBERS = range(2001, 3000)  # PBXOnline manual, Function Indicators


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeKey:
    """On a number: `green` or `red` takes the call. Inside a call plan: red takes it, green lets it go on.

    `green` None: the number's own destination.
    """

    id: str
    name: str
    number: ExtensionNumber
    red: Destination
    green: Destination | None = None

    def __post_init__(self) -> None:
        check_id(self.id)
        if not (_RANGE.fullmatch(self.number.digits) and int(self.number.digits) in MODE_KEY_NUMBERS):
            raise InvalidValueError("mode-key-number-form", value=self.number.digits)

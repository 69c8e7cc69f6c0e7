"""A speed-dial number: four digits for a number outside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.problems import InvalidValueError

_FOUR_DIGITS = re.compile(r"[0-9]{4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedDial:
    """`short` has four digits (PBXOnline manual, Verkorte nummers); anyone inside may call it."""

    id: str
    name: str
    short: ExtensionNumber
    number: PhoneNumber

    def __post_init__(self) -> None:
        check_id(self.id)
        if not _FOUR_DIGITS.fullmatch(self.short.digits):
            raise InvalidValueError("speed-dial-form", value=self.short.digits)

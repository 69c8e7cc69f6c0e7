"""Prefixes before a number: `*p*number` chooses the number shown, `*1xx*number` forwards one of the office."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError

ALL_NUMBERS_PREFIX = "100"  # forwards every number of the office (PBXOnline manual, Prefix Forwarding)
_DIALLING = re.compile(r"[0-9]{1,2}")
_FORWARDING = re.compile(r"1[0-9]{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiallingPrefix:
    """`*prefix*number` shows this number of the office (its id), or none (None)."""

    prefix: str
    number_id: str | None

    def __post_init__(self) -> None:
        if not _DIALLING.fullmatch(self.prefix):
            raise InvalidValueError("dialling-prefix-form", value=self.prefix)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingPrefix:
    """`*prefix*number` forwards this number of the office, `#prefix#` ends it."""

    prefix: str
    number_id: str

    def __post_init__(self) -> None:
        check_id(self.number_id)
        if not _FORWARDING.fullmatch(self.prefix) or self.prefix == ALL_NUMBERS_PREFIX:
            raise InvalidValueError("forwarding-prefix-form", value=self.prefix)

"""A phone: one device, known by its MAC address, the extensions on its lines, and its keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.ids import check_id
from appliance.office.numbers import MacAddress
from appliance.office.phone_key import PhoneKey
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret

MOST_PARAMETER_BYTES = 400  # what every brand takes in one value (Panasonic, the strictest: 500 characters)


class Brand(StrEnum):
    """The four makers whose phones Belbox gives their settings."""

    YEALINK = "yealink"
    SNOM = "snom"
    GRANDSTREAM = "grandstream"
    PANASONIC = "panasonic"


# How each brand names a setting (provisioning/drivers/<brand>/SOURCES.md).
_PARAMETER_NAMES: Mapping[Brand, re.Pattern[str]] = {
    Brand.YEALINK: re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+){1,8}"),
    Brand.SNOM: re.compile(r"[a-z][a-z0-9_]{1,60}(?:\[[0-9]{1,3}\])?"),
    Brand.GRANDSTREAM: re.compile(r"P[0-9]{1,6}"),
    Brand.PANASONIC: re.compile(r"[A-Z][A-Z0-9_]{1,31}"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One setting of a brand in its own words; a Snom index stands in brackets: `user_ringer[1]`."""

    name: str
    value: str

    def check(self, brand: Brand) -> None:
        """Raise InvalidValueError if the brand has no settings of such a name, or no phone takes the value."""
        if not _PARAMETER_NAMES[brand].fullmatch(self.name):
            raise InvalidValueError("parameter-name", value=self.name, brand=brand.value)
        if not self.value.isprintable() or '"' in self.value or len(self.value.encode()) > MOST_PARAMETER_BYTES:
            raise InvalidValueError("parameter-value", value=self.name, most=str(MOST_PARAMETER_BYTES))


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """`token` is the secret path under which this phone, and nobody else, reads its settings.

    `extension_id` has the first line; `further_extension_ids` the next ones, as the handsets of a DECT base.
    `parameters` are the installer's own, written last.
    """

    id: str
    mac: MacAddress
    brand: Brand
    model: str
    token: Secret
    extension_id: str | None = None
    further_extension_ids: tuple[str, ...] = ()
    keys: tuple[PhoneKey, ...] = ()
    parameters: tuple[Parameter, ...] = ()

    def __post_init__(self) -> None:
        check_id(self.id)
        for parameter in self.parameters:
            parameter.check(self.brand)

    @property
    def extension_ids(self) -> tuple[str, ...]:
        """The extensions on its lines, the first line first."""
        return (self.extension_id, *self.further_extension_ids) if self.extension_id else ()

"""A phone: one device, known by its MAC address, and the extension on its line."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.ids import check_id
from appliance.office.numbers import MacAddress
from appliance.office.secret import Secret


class Brand(StrEnum):
    """The four makers whose phones Belbox gives their settings."""

    YEALINK = "yealink"
    SNOM = "snom"
    GRANDSTREAM = "grandstream"
    PANASONIC = "panasonic"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phone:
    """`token` is the secret path under which this phone, and nobody else, reads its settings."""

    id: str
    mac: MacAddress
    brand: Brand
    model: str
    token: Secret
    extension_id: str | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

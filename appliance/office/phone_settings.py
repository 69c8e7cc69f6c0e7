"""What all phones of the office have in common."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.phone import Brand, Parameter
from appliance.office.problems import InvalidValueError


class Registrar(StrEnum):
    """How a phone finds the switch."""

    ONE = "one"  # the box's address
    TWO = "two"  # the box's, and after it a second one
    SRV = "srv"  # a domain whose DNS SRV records name the servers (RFC 3263 section 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandParameter:
    """An installer's own parameter for every phone of a brand, or of one model of it."""

    brand: Brand
    parameter: Parameter
    model: str = ""  # empty: every model

    def __post_init__(self) -> None:
        self.parameter.check(self.brand)

    @property
    def name(self) -> str:
        """The parameter's own name."""
        return self.parameter.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSettings:
    """`second_server` is a host for Registrar.TWO, `domain` the one of Registrar.SRV.

    `resync_minutes`: how often a phone fetches its settings without being asked.
    """

    registrar: Registrar = Registrar.ONE
    second_server: str = ""
    domain: str = ""
    resync_minutes: int = 1440
    parameters: tuple[BrandParameter, ...] = ()

    def __post_init__(self) -> None:
        if self.registrar is Registrar.TWO and not self.second_server:
            raise InvalidValueError("second-server-missing")
        if self.registrar is Registrar.SRV and not self.domain:
            raise InvalidValueError("srv-domain-missing")

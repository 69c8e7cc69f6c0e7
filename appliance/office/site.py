"""The office as a place: company, country, time zone, language, and the number it shows."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.country import COUNTRY_PACKS, Country, CountryPack, Language
from appliance.office.numbers import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`company_number` is None until it is chosen; without it only emergency calls go out."""

    company_name: str
    country: Country
    time_zone: str  # IANA name, e.g. Europe/Brussels
    language: Language
    company_number: PhoneNumber | None = None

    @property
    def pack(self) -> CountryPack:
        """The country's dialling facts."""
        return COUNTRY_PACKS[self.country]

"""The office as a place: company, country, time zone, language, and the number it shows."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.country import COUNTRY_PACKS, Country, CountryPack, Language
from appliance.office.numbers import PhoneNumber


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`company_number` is None until it is chosen; without it only emergency calls go out.

    `shows_company_name`: outside, the company's name is shown in place of the person's. `shows_personal_numbers`: a
    person with a number of the office shows that one. `permission_id`: what people may call who have no permission of
    their own (None: the permission as delivered). `allowed_numbers`: what plans, menus, routes and groups may call
    though its kind is none of those as delivered.
    """

    company_name: str
    country: Country
    time_zone: str  # IANA name, e.g. Europe/Brussels
    language: Language
    company_number: PhoneNumber | None = None
    shows_company_name: bool = True
    shows_personal_numbers: bool = False
    permission_id: str | None = None
    allowed_numbers: tuple[PhoneNumber, ...] = ()

    @property
    def pack(self) -> CountryPack:
        """The country's dialling facts."""
        return COUNTRY_PACKS[self.country]

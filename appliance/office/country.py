"""What differs by country: dialling prefixes, emergency numbers, tones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Country(StrEnum):
    """Countries Belbox has a pack for (ISO 3166-1 alpha-2)."""

    BELGIUM = "BE"
    NETHERLANDS = "NL"
    FRANCE = "FR"
    LUXEMBOURG = "LU"
    GERMANY = "DE"


class Language(StrEnum):
    """Languages of the screens and the switch's voice (ISO 639-1)."""

    DUTCH = "nl"
    FRENCH = "fr"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPack:
    """Facts of one country's telephone network."""

    calling_code: str  # ITU-T E.164 country code, without +
    national_prefix: str  # dialled before an area code; empty where there is none
    international_prefix: str
    emergency_numbers: tuple[str, ...]  # always go out, as dialled, before every other rule


# Emergency numbers: BE Act of 13 June 2005 art. 107 (BIPT list of emergency services on the spot and at a
# distance); FR Arcep list; NL, LU, DE national plans.
COUNTRY_PACKS: Mapping[Country, CountryPack] = {
    Country.BELGIUM: CountryPack(
        calling_code="32",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=(
            "112", "100", "101", "102", "103", "104", "106", "107", "108", "110", "116000", "1712", "1813",
        ),
    ),
    Country.NETHERLANDS: CountryPack(
        calling_code="31",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=("112", "113", "116000", "144"),
    ),
    Country.FRANCE: CountryPack(
        calling_code="33",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=(
            "112", "15", "17", "18", "114", "115", "119", "191", "196", "197", "116000", "116117", "3114",
        ),
    ),
    Country.LUXEMBOURG: CountryPack(
        calling_code="352",
        national_prefix="",
        international_prefix="00",
        emergency_numbers=("112", "113", "116000"),
    ),
    Country.GERMANY: CountryPack(
        calling_code="49",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=("112", "110", "116000"),
    ),
}  # fmt: skip

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


class NumberKind(StrEnum):
    """What a called number is, for calling permissions."""

    INSIDE = "inside"  # another number of the office
    FREE = "free"  # 0800
    NATIONAL = "national"
    MOBILE = "mobile"
    EUROPE = "europe"
    WORLD = "world"  # outside Europe, and satellite
    SERVICE = "service"  # business service numbers, 0900 and the like
    EROTIC = "erotic"  # 0906
    ENTERTAINMENT = "entertainment"  # 0909


PREMIUM_KINDS = frozenset({NumberKind.SERVICE, NumberKind.EROTIC, NumberKind.ENTERTAINMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryPack:
    """Facts of one country's telephone network.

    `kinds`: the beginnings of national numbers (after the calling code) that are not plainly national; the
    longest beginning that fits decides.
    """

    calling_code: str  # ITU-T E.164 country code, without +
    national_prefix: str  # dialled before an area code; empty where there is none
    international_prefix: str
    emergency_numbers: tuple[str, ...]  # always go out, as dialled, before every other rule
    kinds: Mapping[str, NumberKind]


# Countries of the European Economic Area, the United Kingdom, Switzerland and the micro-states, by calling code.
EUROPE_CODES = (
    "30", "31", "32", "33", "34", "350", "351", "352", "353", "354", "356", "357", "358", "359", "36",
    "370", "371", "372", "376", "377", "378", "379", "385", "386", "39", "40", "41", "420", "421", "423",
    "43", "44", "45", "46", "47", "48", "49",
)  # fmt: skip


def _each(kind: NumberKind, beginnings: str) -> dict[str, NumberKind]:
    return dict.fromkeys(beginnings.split(), kind)


# Kinds of numbers: BE BIPT numbering plan (Royal Decree of 27 April 2007); NL Nummerplan telefoon- en ISDN-diensten;
# FR Arcep decision 2018-0881; LU ILR numbering plan; DE Bundesnetzagentur Nummernraum.
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
        kinds={
            **_each(NumberKind.MOBILE, "45 46 47 48 49"),
            **_each(NumberKind.FREE, "800"),
            **_each(NumberKind.SERVICE, "70 900 901 902 903 904"),
            **_each(NumberKind.ENTERTAINMENT, "905 909"),
            **_each(NumberKind.EROTIC, "77 906 907"),
        },
    ),
    Country.NETHERLANDS: CountryPack(
        calling_code="31",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=("112", "113", "116000", "144"),
        kinds={
            **_each(NumberKind.MOBILE, "6 970"),
            **_each(NumberKind.FREE, "800"),
            **_each(NumberKind.SERVICE, "900"),
            **_each(NumberKind.EROTIC, "906"),
            **_each(NumberKind.ENTERTAINMENT, "909"),
        },
    ),
    Country.FRANCE: CountryPack(
        calling_code="33",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=(
            "112", "15", "17", "18", "114", "115", "119", "191", "196", "197", "116000", "116117", "3114",
        ),
        kinds={
            **_each(NumberKind.MOBILE, "6 7"),
            **_each(NumberKind.FREE, "800 801 802 803 804 805"),
            **_each(NumberKind.SERVICE, "81 82 89"),
            **_each(NumberKind.ENTERTAINMENT, "899"),
        },
    ),
    Country.LUXEMBOURG: CountryPack(
        calling_code="352",
        national_prefix="",
        international_prefix="00",
        emergency_numbers=("112", "113", "116000"),
        kinds={
            **_each(NumberKind.MOBILE, "6"),
            **_each(NumberKind.FREE, "800"),
            **_each(NumberKind.SERVICE, "900 901"),
            **_each(NumberKind.ENTERTAINMENT, "905"),
        },
    ),
    Country.GERMANY: CountryPack(
        calling_code="49",
        national_prefix="0",
        international_prefix="00",
        emergency_numbers=("112", "110", "116000"),
        kinds={
            **_each(NumberKind.MOBILE, "15 16 17"),
            **_each(NumberKind.FREE, "800"),
            **_each(NumberKind.SERVICE, "10 118 180 900"),  # 010xy chooses another company for one call
            **_each(NumberKind.ENTERTAINMENT, "137"),
        },
    ),
}  # fmt: skip

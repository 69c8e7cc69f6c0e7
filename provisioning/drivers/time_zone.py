"""Time zones as the phones want them: an offset and a rule, because a phone knows no IANA names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.errors import BelboxError


class UnknownTimeZone(BelboxError):  # noqa: N818
    """The office lies in a time zone whose rule Belbox cannot give to phones."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """When summer time begins or ends: `week` 5 is the month's last, `weekday` 0 Sunday, `minutes` local time."""

    month: int
    week: int
    weekday: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeZoneRule:
    """`posix` is the rule in the form of POSIX.1 section 8.3 (TZ)."""

    offset_minutes: int
    posix: str
    snom: str
    yealink: str

    @property
    def summer_begins(self) -> ClockChange:
        """The change to summer time."""
        return _clock_change(self.posix.split(",")[1])

    @property
    def summer_ends(self) -> ClockChange:
        """The change back."""
        return _clock_change(self.posix.split(",")[2])


_POSIX_HOUR = 2  # where a rule names none

# Summer time: Directive 2000/84/EC (last Sundays of March and October, 01:00 UTC). Names of the brands: their
# SOURCES.md.
_CENTRAL_EUROPE = "CET-1CEST,M3.5.0,M10.5.0/3"
_WESTERN_EUROPE = "WET0WEST,M3.5.0/1,M10.5.0"
_RULES: Mapping[str, TimeZoneRule] = {
    "Europe/Brussels": TimeZoneRule(
        offset_minutes=60, posix=_CENTRAL_EUROPE, snom="BEL+1", yealink="Belgium(Brussels)"
    ),
    "Europe/Amsterdam": TimeZoneRule(
        offset_minutes=60, posix=_CENTRAL_EUROPE, snom="NLD+1", yealink="Netherlands(Amsterdam)"
    ),
    "Europe/Paris": TimeZoneRule(offset_minutes=60, posix=_CENTRAL_EUROPE, snom="FRA+1", yealink="France(Paris)"),
    "Europe/Luxembourg": TimeZoneRule(
        offset_minutes=60, posix=_CENTRAL_EUROPE, snom="LUX+1", yealink="Luxembourg(Luxembourg)"
    ),
    "Europe/Berlin": TimeZoneRule(offset_minutes=60, posix=_CENTRAL_EUROPE, snom="GER+1", yealink="Germany(Berlin)"),
    "Europe/Lisbon": TimeZoneRule(
        offset_minutes=0, posix=_WESTERN_EUROPE, snom="PRT-0", yealink="Portugal(Lisboa,Porto,Funchal)"
    ),
    "Europe/London": TimeZoneRule(
        offset_minutes=0, posix="GMT0BST,M3.5.0/1,M10.5.0", snom="GBR-0", yealink="United Kingdom(London)"
    ),
}


def time_zone_rule(name: str) -> TimeZoneRule:
    """Return the rule of an IANA zone; raises UnknownTimeZone."""
    try:
        return _RULES[name]
    except KeyError:
        raise UnknownTimeZone("unknown-phone-time-zone", value=name, known=", ".join(sorted(_RULES))) from None


def _clock_change(rule: str) -> ClockChange:
    date, _, hour = rule.removeprefix("M").partition("/")
    month, week, weekday = (int(part) for part in date.split("."))
    return ClockChange(month=month, week=week, weekday=weekday, minutes=60 * int(hour or _POSIX_HOUR))

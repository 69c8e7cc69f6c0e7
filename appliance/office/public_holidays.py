"""Public holidays of the countries Belbox has a pack for, fixed and movable."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

import holidays

from appliance.office.country import Country

# Every year the switch may live to see without a new version of Belbox; the same for every office, so that the
# compiled files do not change with the clock.
FIRST_YEAR, LAST_YEAR = 2025, 2050
_LANGUAGE = "en_US"  # names are keys here; the screens and prompts have their own


@cache
def public_holidays(country: Country) -> Mapping[date, str]:
    """Return each public holiday of the country with its English name, in order of date."""
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    found = holidays.country_holidays(country.value, years=years, language=_LANGUAGE)
    return dict(sorted(found.items()))

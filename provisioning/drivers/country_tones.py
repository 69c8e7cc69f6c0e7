"""What a country's dial tone and the others sound like, for brands that know no countries.

Source: ITU-T E.180 Supplement 2; Asterisk's indications.conf. Luxembourg as Germany.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from appliance.office.country import Country


@dataclass(frozen=True, slots=True)
class Tone:
    """One frequency; both times are 0 for a tone without pauses."""

    hertz: int
    on_ms: int = 0
    off_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryTones:
    """`congestion` is heard when no line is free or the call cannot go on."""

    dial: Tone
    ringback: Tone
    busy: Tone
    congestion: Tone


_GERMANY = CountryTones(
    dial=Tone(425), ringback=Tone(425, 1000, 4000), busy=Tone(425, 480, 480), congestion=Tone(425, 240, 240)
)
TONES: Mapping[Country, CountryTones] = {
    Country.BELGIUM: CountryTones(
        dial=Tone(425), ringback=Tone(425, 1000, 3000), busy=Tone(425, 500, 500), congestion=Tone(425, 167, 167)
    ),
    Country.NETHERLANDS: CountryTones(
        dial=Tone(425), ringback=Tone(425, 1000, 4000), busy=Tone(425, 500, 500), congestion=Tone(425, 250, 250)
    ),
    Country.FRANCE: CountryTones(
        dial=Tone(440), ringback=Tone(440, 1500, 3500), busy=Tone(440, 500, 500), congestion=Tone(440, 250, 250)
    ),
    Country.LUXEMBOURG: _GERMANY,
    Country.GERMANY: _GERMANY,
}

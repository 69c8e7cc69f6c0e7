"""The brands Belbox gives their settings, each a driver of the same shape."""

from __future__ import annotations

from collections.abc import Mapping

from appliance.office.phone import Brand
from provisioning.drivers.driver import PhoneDriver
from provisioning.drivers.grandstream.driver import DRIVER as GRANDSTREAM
from provisioning.drivers.panasonic.driver import DRIVER as PANASONIC
from provisioning.drivers.recognition import Certainty, Evidence, Recognition
from provisioning.drivers.snom.driver import DRIVER as SNOM
from provisioning.drivers.yealink.driver import DRIVER as YEALINK

ALL_DRIVERS: tuple[PhoneDriver, ...] = (YEALINK, SNOM, GRANDSTREAM, PANASONIC)
DRIVER_OF: Mapping[Brand, PhoneDriver] = {driver.brand: driver for driver in ALL_DRIVERS}

_BEST_FIRST = (Certainty.EXACT, Certainty.BRAND, Certainty.POSSIBLE)


def recognise(evidence: Evidence) -> Recognition | None:
    """Return the most certain recognition of any brand, or None: not one of our phones."""
    found = [recognition for driver in ALL_DRIVERS if (recognition := driver.recognise(evidence))]
    return min(found, key=lambda recognition: _BEST_FIRST.index(recognition.certainty), default=None)

"""How Panasonic phones show themselves (SOURCES.md)."""

from __future__ import annotations

import re

from appliance.office.phone import Brand
from provisioning.drivers.recognition import RecognitionRules

_OUIS = ("0080f0", "bcc342", "080023")

RULES = RecognitionRules(
    brand=Brand.PANASONIC,
    ouis=_OUIS,
    shared_ouis=_OUIS,  # all of them: the maker's cameras and others use them too
    user_agents=(
        re.compile(
            r"Panasonic[_-](?P<model>KX-[A-Z]+\d+\w*)/(?P<firmware>\S+)(?:\s+\((?P<mac>[0-9a-f]{12})\))?",
            re.IGNORECASE,
        ),
    ),
    vendor_class=re.compile(r"panasonic", re.IGNORECASE),
    pnp_vendor=re.compile(r"panasonic", re.IGNORECASE),
    pnp_model=re.compile(r"(?P<model>KX-[A-Za-z]+\d+\w*)"),
)

# User-Agent -> model, firmware, MAC digits
SAMPLES = (
    ("Panasonic_KX-HDV230/08.001 (0080f0c8c381)", "KX-HDV230", "08.001", "0080f0c8c381"),
    ("Panasonic_KX-HDV230X/08.001 (bcc342c8c381)", "KX-HDV230", "08.001", "bcc342c8c381"),
    ("Panasonic_KX-UT113/01.133 (0080f0c8c381)", "KX-UT113", "01.133", "0080f0c8c381"),
)

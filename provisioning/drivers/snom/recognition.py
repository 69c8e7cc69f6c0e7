"""How Snom phones show themselves (SOURCES.md)."""

from __future__ import annotations

import re

from appliance.office.phone import Brand
from provisioning.drivers.recognition import RecognitionRules

RULES = RecognitionRules(
    brand=Brand.SNOM,
    ouis=("000413", "00087b"),
    shared_ouis=("00087b",),  # RTX, which makes DECT bases for others too
    foreign_starts=("00041380", "000413d8", "000413e2", "000413e3", "000413e5", "000413e7"),  # Gigaset
    user_agents=(
        re.compile(
            r"snom(?P<model>\w+)-SIP\s+(?P<firmware>\d[\w.]*)(?:.*?(?P<mac>000413[0-9a-f]{6}))?",
            re.IGNORECASE,
        ),
        # The oldest firmware names neither model nor address.
        re.compile(r"^snom lid \d+", re.IGNORECASE),
        re.compile(r"Snom ?(?P<model>M\d+)\s+(?P<firmware>\d[\d.]*)(?:\s+(?P<mac>[0-9a-f]{12}))?", re.IGNORECASE),
    ),
    vendor_class=re.compile(r"snom(?P<model>D?\d{3}|M\d+|M\d|MP|PA1)", re.IGNORECASE),
    pnp_vendor=re.compile(r"snom", re.IGNORECASE),
    pnp_model=re.compile(r"(?:snom)?(?P<model>\w{2,16})", re.IGNORECASE),
)

# User-Agent -> model, firmware, MAC digits
SAMPLES = (
    (
        "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12-00004-g9ba52f5 000413922D24 SXM:0 UXM:0)",
        "D785", "10.1.33.33", "000413922d24",
    ),
    (
        "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 (Feb 25 2019 - 14:19:43) 000413922D24)",
        "D785", "10.1.33.33", "000413922d24",
    ),
    ("Mozilla/4.0 (compatible; snom320-SIP 8.4.18 1.1.3-s)", "320", "8.4.18", None),
    (
        "Mozilla/4.0 (compatible; snom710-SIP 8.7.5.35 1.1.5-IFX-05.01.12 000413741767)",
        "710", "8.7.5.35", "000413741767",
    ),
    ("Mozilla/4.0 (compatible; snomM700 05.20.0001 000413b60680)", "M700", "05.20.0001", "000413b60680"),
    ("Mozilla/4.0 (compatible; Snom M900 05.20.0001 000413b60680)", "M900", "05.20.0001", "000413b60680"),
)  # fmt: skip

"""How Grandstream phones show themselves (SOURCES.md)."""

from __future__ import annotations

import re

from appliance.office.phone import Brand
from provisioning.drivers.recognition import RecognitionRules

RULES = RecognitionRules(
    brand=Brand.GRANDSTREAM,
    ouis=("000b82", "c074ad", "ec74d7"),
    user_agents=(
        re.compile(
            r"HW\s+(?P<model>[A-Z]+\d+\w*)(?:\s+V\S+)?\s+SW\s+(?P<firmware>\S+)\s+DevId\s+(?P<mac>[0-9a-f]{12})",
            re.IGNORECASE,
        ),
        re.compile(r"^Grandstream (?P<model>[A-Z]+\d+\w*)(?: \(.*DevId (?P<mac>[0-9a-f]{12}))?", re.IGNORECASE),
    ),
    # The exact text of option 60 is not confirmed; only the maker's name is read from it.
    vendor_class=re.compile(r"grandstream", re.IGNORECASE),
    pnp_vendor=re.compile(r"grandstream", re.IGNORECASE),
    pnp_model=re.compile(r"(?P<model>[A-Za-z]+\d+\w*)"),
)

# User-Agent -> model, firmware, MAC digits
SAMPLES = (
    ("Grandstream Model HW GRP2614 SW 1.0.7.97 DevId c074ad112233", "GRP2614", "1.0.7.97", "c074ad112233"),
    ("Grandstream Model HW GXP2135 SW 1.0.7.97 DevId 000b828aa872", "GXP2135", "1.0.7.97", "000b828aa872"),
    (
        "Grandstream Model HW GXV3350  V1.3A SW 1.0.1.9 DevId 000b828aa872",
        "GXV3350", "1.0.1.9", "000b828aa872",
    ),
    (
        "Grandstream GXP2000 (gxp2000e.bin:1.2.5.3/boot55e.bin:1.1.6.9) DevId 000b822726c8",
        "GXP2000", None, "000b822726c8",
    ),
)  # fmt: skip

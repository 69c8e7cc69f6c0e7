"""How Yealink phones show themselves (SOURCES.md)."""

from __future__ import annotations

import re

from appliance.office.phone import Brand
from provisioning.drivers.recognition import RecognitionRules

RULES = RecognitionRules(
    brand=Brand.YEALINK,
    # e434d7 is left out: one public list has it, its owner is not confirmed.
    ouis=(
        "001565", "805ec0", "805e0c", "249ad8", "44dbd2", "644f56",
        "ec1da9", "3497d7", "b061a9", "c4fc22", "f01653",
    ),
    user_agents=(
        re.compile(
            r"^(?:yealink[ -]+)(?P<model>(?:SIP[ -])?(?:VP-)?[A-Z]*\d+[A-Z]*(?:[ _]E2)?)\s+"
            r"(?P<firmware>\d+(?:\.\d+){3,})(?:\s+(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{12})\b)?",
            re.IGNORECASE,
        ),
    ),
    vendor_class=re.compile(r"yealink", re.IGNORECASE),
    pnp_vendor=re.compile(r"yealink", re.IGNORECASE),
    pnp_model=re.compile(r"(?P<model>[A-Za-z0-9 _-]{2,24})"),
)  # fmt: skip

# User-Agent -> model, firmware, MAC digits
SAMPLES = (
    ("Yealink SIP-T46U 108.86.0.20 80:5e:c0:aa:bb:cc", "SIP-T46U", "108.86.0.20", "805ec0aabbcc"),
    ("yealink SIP-T28P 2.70.0.50 00:15:65:11:22:33", "SIP-T28P", "2.70.0.50", "001565112233"),
    ("Yealink SIP-T38G  38.70.0.50 00:15:65:11:22:33", "SIP-T38G", "38.70.0.50", "001565112233"),
    ("Yealink SIP-T46U 108.86.0.20", "SIP-T46U", "108.86.0.20", None),
)

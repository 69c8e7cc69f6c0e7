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
        # DECT bases and the first video phone leave the maker out, but not their address.
        re.compile(
            r"^(?P<model>W\d+[A-Z]*|VP\d+[A-Z]*)\s+(?P<firmware>\d+(?:\.\d+){3,})\s+"
            r"(?P<mac>(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|[0-9a-f]{12})\b",
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
    ("Yealink SIP-T46U 108.86.0.20 805ec0aabbcc", "SIP-T46U", "108.86.0.20", "805ec0aabbcc"),
    ("Yealink SIP-T21P_E2 52.80.0.3 00:15:65:4c:4c:26", "SIP-T21P_E2", "52.80.0.3", "0015654c4c26"),
    ("Yealink SIP VP-T49G 51.80.0.100 00:15:65:11:22:33", "SIP-T49G", "51.80.0.100", "001565112233"),
    ("Yealink-T46G 28.71.0.81 28.1.0.128.0.0.0", "SIP-T46G", "28.71.0.81", None),
    ("Yealink W60B 77.81.0.35 80:5e:c0:aa:bb:cc", "W60B", "77.81.0.35", "805ec0aabbcc"),
    ("W52P 25.30.0.2 00:15:65:11:22:33", "W52P", "25.30.0.2", "001565112233"),
    ("VP530P 23.70.0.40 00:15:65:11:22:33", "VP530P", "23.70.0.40", "001565112233"),
    ("Yealink CP860 37.80.0.30 00:15:65:11:22:33", "CP860", "37.80.0.30", "001565112233"),
    ("Yealink AX83H 180.86.0.5 24:9a:d8:11:22:33", "AX83H", "180.86.0.5", "249ad8112233"),
)

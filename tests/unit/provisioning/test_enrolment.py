"""The enrolment file: phones sealed together."""

from __future__ import annotations

from pathlib import Path

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.enrolment import PublishedPhone, approve, load_enrolment, seal, set_phones

MACS = tuple(MacAddress(f"805ec000000{place}") for place in range(3))


def test_phones_sealed_together_lose_their_approval_and_others_keep_theirs(tmp_path: Path) -> None:
    paths = Paths(root=tmp_path)
    phone = PublishedPhone(brand=Brand.YEALINK, model="SIP-T46U", token=Secret("token-0123456789abcdef"))
    set_phones(paths, dict.fromkeys(MACS, phone))
    for mac in MACS:
        approve(paths, mac)
    seal(paths, *MACS[:2])
    assert load_enrolment(paths).sealed == set(MACS[:2])
    assert load_enrolment(paths).approved == {MACS[2]}

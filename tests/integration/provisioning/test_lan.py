"""What the phone-facing process and the DHCP server do on a LAN (lan_scenario.py makes one and reports)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("lan")
    scenario = [sys.executable, "-m", "tests.integration.provisioning.lan_scenario", str(root)]
    result = subprocess.run(
        ["unshare", "-Urn", *scenario], cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout.splitlines()[-1])


@pytest.mark.feature("G1", "I5")
def test_every_part_runs_and_says_so(found: Any) -> None:
    assert found["health"]["ok"]
    assert {part["state"] for part in found["health"]["parts"]} == {"running"}


@pytest.mark.feature("G3")
def test_dhcp_tells_each_brand_its_first_place_and_nobody_else(found: Any) -> None:
    offers = found["offers"]
    assert offers["yealink"] == offers["yealink by address"] == "tftp://10.66.0.1/"
    assert offers["snom"] == "http://10.66.0.1/boot/"
    assert offers["grandstream"] == "tftp://10.66.0.1/"
    assert offers["panasonic"] == offers["panasonic by class"] == "tftp://10.66.0.1/"
    assert offers["computer"] == ""
    assert offers["computer ntp"] == "10.66.0.1"
    assert offers["snom others"] == "20 5 - -"
    assert offers["panasonic others"] == "20 5 tftp://10.66.0.1/ tftp://10.66.0.1/"
    assert offers["computer others"] == "- - - -"
    assert offers["yealink by address address"] == "10.66.0.77", "kept for this device"


@pytest.mark.feature("G1", "G3")
def test_sip_pnp_leads_each_brand_to_the_first_place(found: Any) -> None:
    assert found["pnp"] == {
        "yealink": ["SIP/2.0 200 OK", "NOTIFY", "tftp://10.66.0.1/"],
        "snom": ["SIP/2.0 200 OK", "NOTIFY", "http://10.66.0.1/boot/"],
        "grandstream": ["SIP/2.0 200 OK", "NOTIFY", "tftp://10.66.0.1/"],
        "panasonic": ["SIP/2.0 200 OK", "NOTIFY", "http://10.66.0.1/boot/KX-HDV230.cfg"],
        "stranger": [],
        "in another's name": [],
        "other event": [],
    }


@pytest.mark.feature("G3", "G8")
def test_sip_pnp_leaves_a_working_phone_alone(found: Any) -> None:
    assert found["pnp_when_sealed"]["sealed"] == []
    assert found["pnp_when_sealed"]["in its name"] == found["pnp"]["in another's name"], "which says nothing of it"
    assert found["pnp_when_sealed"]["forgotten"][-1] == "tftp://10.66.0.1/"


@pytest.mark.feature("G6")
def test_a_waiting_phone_is_asked_to_fetch_again(found: Any) -> None:
    assert found["resync"] == {"code": 200, "nobody": None, "event": "Event: check-sync;reboot=false"}


@pytest.mark.feature("G1")
def test_the_address_scan_finds_who_answers(found: Any) -> None:
    ((mac, address),) = found["scan"]
    assert address == "10.66.0.1"
    assert len(mac) == 17


@pytest.mark.feature("G1", "G8")
def test_the_kernel_says_who_has_an_address(found: Any) -> None:
    neighbours = found["neighbours"]
    assert neighbours.pop("10.66.0.31 box0") == "80:5e:c0:00:00:31"
    assert len(neighbours) == 5
    assert set(neighbours.values()) == {"None"}


@pytest.mark.feature("G1")
def test_every_way_of_being_seen_comes_into_one_list(found: Any) -> None:
    listed = {phone["mac"]: phone for phone in found["listed"]}
    assert len(listed) == len(found["listed"]), "each phone once"
    by_dhcp = listed["00:04:13:00:00:02"]
    assert (by_dhcp["brand"], by_dhcp["model"], by_dhcp["state"]) == ("snom", "D785", "seen")
    by_pnp = listed["80:5e:c0:a1:b2:c3"]
    assert (by_pnp["model"], by_pnp["state"], by_pnp["because"]) == (
        "SIP-T46U",
        "asked",
        "SIP PnP request (sip-pnp)",
    )
    by_arp = listed["ec:74:d7:00:00:09"]
    assert (by_arp["brand"], by_arp["address"]) == ("grandstream", "10.66.0.9")
    by_sip = listed["00:04:13:00:00:0a"]
    assert (by_sip["model"], by_sip["address"], by_sip["asked"]) == ("D785", "10.66.0.10", "REGISTER 210")
    assert "3c:00:00:00:00:05" not in listed, "a computer is no phone"

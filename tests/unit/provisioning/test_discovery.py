"""Sightings: read from the wire, merged into one list."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from provisioning.discovery.dhcp_watch import sighting_in_frame
from provisioning.discovery.inventory import Inventory, merge, read_phones
from provisioning.discovery.leases import sightings_in
from provisioning.discovery.neighbours import mac_at
from provisioning.discovery.request_watch import sighting_of_fetch, sighting_of_request
from provisioning.discovery.sip_pnp import parse_request
from provisioning.drivers.recognition import Certainty
from provisioning.phone_identity import Answer, PhoneState, SeenBy, Sighting

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MAC = MacAddress("805ec0000001")
BY_ARP = Sighting(
    mac=MAC,
    brand=Brand.YEALINK,
    certainty=Certainty.BRAND,
    because="MAC address of this maker (arp)",
    seen_by=SeenBy.ARP,
    when=NOW,
    address="192.0.2.31",
)
BY_AGENT = replace(
    BY_ARP,
    certainty=Certainty.EXACT,
    because="User-Agent (http)",
    model="SIP-T46U",
    firmware="108.86.0.20",
    when=NOW + timedelta(seconds=5),
    state=PhoneState.FETCHED,
    address=None,
)


@pytest.mark.feature("G1")
def test_sightings_of_one_phone_become_one_row_that_knows_the_best_of_each(tmp_path: Path) -> None:
    path = tmp_path / "sightings.sqlite"
    inventory = Inventory(path)
    for sighting in (BY_ARP, BY_AGENT, replace(BY_ARP, when=NOW + timedelta(seconds=9), address="192.0.2.32")):
        inventory.record(sighting)
    inventory.write()
    (phone,) = read_phones(path)
    assert (phone.model, phone.firmware, phone.address) == ("SIP-T46U", "108.86.0.20", "192.0.2.32")
    assert (phone.state, phone.because) == (PhoneState.FETCHED, "User-Agent (http)")
    assert (phone.first_seen, phone.last_seen) == (NOW, NOW + timedelta(seconds=9))


@pytest.mark.feature("G1")
def test_the_order_of_sightings_does_not_change_how_far_a_phone_has_come() -> None:
    assert merge(merge(None, BY_ARP), BY_AGENT).state is merge(merge(None, BY_AGENT), BY_ARP).state


@pytest.mark.feature("G1")
@given(st.binary(max_size=600))
def test_any_bytes_on_the_lan_are_survived(noise: bytes) -> None:
    assert sighting_in_frame(noise, NOW) is None
    assert parse_request(noise) is None
    assert parse_request(b"SUBSCRIBE sip:x SIP/2.0\r\n" + noise) is None
    assert sighting_of_fetch(noise, {}, NOW) is None


@pytest.mark.feature("G1", "G8")
def test_a_guessed_name_makes_no_sighting_of_the_phone_it_names() -> None:
    guesser = MacAddress("3c0000000001")
    assert sighting_of_request(f"{MAC.digits}.cfg", "192.0.2.66", SeenBy.HTTP, NOW, mac_at=lambda _: guesser) is None
    real = sighting_of_request(f"{MAC.digits}.cfg", "192.0.2.31", SeenBy.TFTP, NOW, mac_at=lambda _: MAC)
    assert real is not None
    assert (real.mac, real.state, real.address) == (MAC, PhoneState.ASKED, "192.0.2.31")


@pytest.mark.feature("G1")
def test_what_a_phone_asked_for_is_kept_in_its_own_bytes(tmp_path: Path) -> None:
    """The newest requests, the same one again only once; a request says where the phone stands, also anew."""
    inventory = Inventory(tmp_path / "sightings.sqlite")
    names = ["y000000000108.cfg", "y000000000108.cfg", "x\n\x1b[2J.cfg"]
    for at, name in enumerate(names):
        when = NOW + timedelta(seconds=10 + at)
        sighting = sighting_of_request(
            name, "192.0.2.31", SeenBy.TFTP, when, answer=Answer.NOT_THERE, mac_at=lambda _: MAC
        )
        assert sighting is not None
        inventory.record(sighting)
    inventory.record(BY_AGENT)
    inventory.write()
    (phone,) = read_phones(tmp_path / "sightings.sqlite")
    assert [request.asked for request in phone.requests] == ["y000000000108.cfg", r"x\n\x1b[2J.cfg"]
    assert {request.answer for request in phone.requests} == {Answer.NOT_THERE}
    assert phone.state is PhoneState.ASKED, "BY_AGENT is older"


@pytest.mark.feature("G1")
def test_a_list_of_another_format_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "sightings.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE phone (mac TEXT PRIMARY KEY)")
        database.execute("INSERT INTO phone VALUES ('80:5e:c0:00:00:01')")
    assert read_phones(path) == ()
    inventory = Inventory(path)
    inventory.record(BY_ARP)
    inventory.write()
    assert [phone.mac for phone in read_phones(path)] == [MAC]


@pytest.mark.feature("G1", "G3")
def test_phones_with_a_lease_are_read_from_the_servers_list() -> None:
    leases = (
        "1795254297 80:5e:c0:00:00:01 192.0.2.31 * 01:80:5e:c0:00:00:01\n"
        "1795254297 3c:00:00:00:00:05 192.0.2.32 laptop *\n"
        "duid 00:01\n"
    )
    (sighting,) = sightings_in(leases, NOW)
    assert (sighting.mac, sighting.address, sighting.seen_by) == (MAC, "192.0.2.31", SeenBy.LEASE)


@pytest.mark.feature("G1")
def test_a_fetch_is_known_by_its_token() -> None:
    phones = {"t" * 32: MAC}
    line = {
        "path": f"/p/{'t' * 32}/{MAC.digits}.cfg",
        "status": 200,
        "address": "192.0.2.31",
        "user_agent": "Yealink SIP-T46U 108.86.0.20 80:5e:c0:00:00:01",
    }
    seen = sighting_of_fetch(json.dumps(line).encode(), phones, NOW)
    assert seen is not None
    assert (seen.mac, seen.state, seen.firmware) == (MAC, PhoneState.FETCHED, "108.86.0.20")
    assert sighting_of_fetch(json.dumps({**line, "status": 404}).encode(), phones, NOW) is None
    assert sighting_of_fetch(json.dumps({**line, "path": "/p/x/y"}).encode(), phones, NOW) is None


@pytest.mark.feature("G1")
def test_the_kernel_s_list_of_neighbours_is_read(tmp_path: Path) -> None:
    cache = tmp_path / "arp"
    cache.write_text(
        "IP address       HW type     Flags       HW address            Mask     Device\n"
        "192.0.2.31       0x1         0x2         80:5e:c0:00:00:01     *        lan0\n"
        "192.0.2.32       0x1         0x0         00:00:00:00:00:00     *        lan0\n"
    )
    assert mac_at("192.0.2.31", cache) == MAC
    assert mac_at("192.0.2.32", cache) is None
    assert mac_at("192.0.2.3", cache) is None

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
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP, IPOption
from scapy.layers.l2 import ARP, Ether

from appliance.files import replace_file
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from provisioning.discovery import registered
from provisioning.discovery.dhcp_watch import sighting_in_frame
from provisioning.discovery.inventory import Inventory, KnownPhone, merge, read_phones
from provisioning.discovery.leases import sightings_in
from provisioning.discovery.request_watch import sighting_of_fetch, sighting_of_request
from provisioning.discovery.sip_pnp import parse_request
from provisioning.drivers.recognition import Certainty
from provisioning.phone_identity import Answer, PhoneRequest, PhoneState, SeenBy, Sighting

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


# Up to where a frame begins to be read for what it tells: ARP, and UDP to a DHCP server and to a switch.
FRAME_HEADS = (
    bytes(12) + bytes.fromhex("0806"),
    bytes(12) + bytes.fromhex("0806 0001 0800 06 04 0001"),
    *(
        bytes(12) + bytes.fromhex("0800 45") + bytes(8) + b"\x11" + bytes(10) + bytes(2) + port.to_bytes(2)
        for port in (67, 5060)
    ),
)


@pytest.mark.feature("G1")
@given(st.sampled_from(FRAME_HEADS), st.binary(max_size=400))
def test_any_rest_of_a_frame_that_begins_well_is_survived(head: bytes, noise: bytes) -> None:
    seen = sighting_in_frame(head + noise, NOW)
    assert seen is None or seen.brand in Brand
    for length in range(len(head)):
        assert sighting_in_frame(head[:length], NOW) is None


@pytest.mark.feature("G1")
@pytest.mark.parametrize("ip_options", [[], [IPOption(b"\x94\x04\x00\x00")]], ids=["plain", "IP options"])
def test_frames_of_phones_are_read(ip_options: list[IPOption]) -> None:
    """As scapy writes them: ARP, a DHCP request with its maker, a REGISTER."""
    ethernet = Ether(src=str(MAC), dst="ff:ff:ff:ff:ff:ff")
    to_box = IP(src="192.0.2.31", dst="192.0.2.1", options=ip_options)
    asks = DHCP(options=[("message-type", "request"), ("requested_addr", "192.0.2.31"), ("vendor_class_id", "yealink")])
    register = b"REGISTER sip:192.0.2.1 SIP/2.0\r\nTo: <sip:201@192.0.2.1>\r\n"
    register += b"User-Agent: Yealink SIP-T46U 108.86.0.20\r\n\r\n"
    seen = [
        sighting_in_frame(bytes(frame), NOW)
        for frame in (
            ethernet / ARP(hwsrc=str(MAC), psrc="192.0.2.31"),
            ethernet / to_box / UDP(sport=68, dport=67) / BOOTP(chaddr=bytes.fromhex(MAC.digits)) / asks,
            ethernet / to_box / UDP(sport=5062, dport=5060) / register,
        )
    ]
    assert [one and (one.mac, one.address, one.seen_by) for one in seen] == [
        (MAC, "192.0.2.31", by) for by in (SeenBy.ARP, SeenBy.DHCP, SeenBy.SIP)
    ]
    assert seen[1] is not None
    assert seen[1].because == "DHCP vendor class (dhcp)"
    assert seen[2] is not None
    assert (seen[2].model, seen[2].request and seen[2].request.asked) == ("SIP-T46U", "REGISTER 201")


@pytest.mark.feature("G1", "G8")
def test_a_guessed_name_makes_no_sighting_of_the_phone_it_names() -> None:
    guesser = MacAddress("3c0000000001")
    assert sighting_of_request(f"{MAC.digits}.cfg", "192.0.2.66", SeenBy.HTTP, NOW, lambda _: guesser) is None
    real = sighting_of_request(f"{MAC.digits}.cfg", "192.0.2.31", SeenBy.TFTP, NOW, lambda _: MAC)
    assert real is not None
    assert (real.mac, real.state, real.address) == (MAC, PhoneState.ASKED, "192.0.2.31")


@pytest.mark.feature("G1")
def test_what_a_phone_asked_for_is_kept_in_its_own_bytes(tmp_path: Path) -> None:
    """The newest requests, the same one again only once; a request says where the phone stands, also anew."""
    inventory = Inventory(tmp_path / "sightings.sqlite")
    names = ["y000000000108.cfg", "y000000000108.cfg", "x\n\x1b[2J.cfg"]
    for at, name in enumerate(names):
        when = NOW + timedelta(seconds=10 + at)
        sighting = sighting_of_request(name, "192.0.2.31", SeenBy.TFTP, when, lambda _: MAC, answer=Answer.NOT_THERE)
        assert sighting is not None
        inventory.record(sighting)
    inventory.record(BY_AGENT)
    inventory.write()
    (phone,) = read_phones(tmp_path / "sightings.sqlite")
    assert [request.asked for request in phone.requests] == ["y000000000108.cfg", r"x\n\x1b[2J.cfg"]
    assert {request.answer for request in phone.requests} == {Answer.NOT_THERE}
    assert phone.state is PhoneState.ASKED, "BY_AGENT is older"


@pytest.mark.feature("G1")
def test_a_row_is_written_and_read_as_the_releases_before_did(tmp_path: Path) -> None:
    path = tmp_path / "sightings.sqlite"
    inventory = Inventory(path)
    inventory.record(BY_AGENT)
    inventory.write()
    moment = "2026-06-01T12:00:00+00:00"
    asked = f'[["tftp", "y000000000108.cfg", "not there", "{moment}"]]'
    row = (str(MAC), "yealink", None, None, "192.0.2.31", "asked", "exact", "its name", moment, moment, asked, None, 1)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("REPLACE INTO phone VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", row)
    (phone,) = read_phones(path)
    request = PhoneRequest(seen_by=SeenBy.TFTP, asked="y000000000108.cfg", answer=Answer.NOT_THERE, when=NOW)
    assert repr(phone) == repr(
        KnownPhone(
            mac=MAC,
            brand=Brand.YEALINK,
            model=None,
            firmware=None,
            address="192.0.2.31",
            state=PhoneState.ASKED,
            certainty=Certainty.EXACT,
            because="its name",
            first_seen=NOW,
            last_seen=NOW,
            requests=(request,),
            is_confirmed=True,
        )
    )
    again = Inventory(path)
    again.record(replace(BY_AGENT, when=NOW - timedelta(seconds=1), model=None, firmware=None))
    again.write()
    with closing(sqlite3.connect(path)) as database:
        (kept,) = database.execute("SELECT * FROM phone").fetchall()
    assert (kept[0], kept[1], kept[9], kept[10], kept[12]) == (row[0], row[1], row[9], row[10], row[12])


@pytest.mark.feature("G1")
def test_phones_are_registered_from_where_the_monitor_saw_them_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registered, "LOOK_EVERY_SECONDS", 0)
    path = tmp_path / "live.json"
    addresses = registered.RegisteredAddresses(path).addresses
    assert addresses() == frozenset()
    gone = {"address": "192.0.2.32", "is_reachable": False}
    contacts = [{"address": "192.0.2.31", "is_reachable": True, "uri": "sip:21@192.0.2.31"}, gone]
    replace_file(path, json.dumps({"switch_answers": True, "contacts": contacts}).encode(), 0o644)
    assert addresses() == {"192.0.2.31"}
    for damage in (b"", b"[]", b'{"contacts": [{"address": 7, "is_reachable": true}]}'):
        replace_file(path, damage, 0o644)
        assert addresses() == {"192.0.2.31"}
    path.unlink()
    assert addresses() == {"192.0.2.31"}
    replace_file(path, b'{"switch_answers": false}', 0o644)
    assert addresses() == frozenset()


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


@pytest.mark.feature("A4", "R2")
@pytest.mark.parametrize("damage", [b"", b"\x00" * 4096, b"SQLite format 3\x00" + b"\xff" * 4080, None])
def test_a_damaged_list_is_begun_anew(tmp_path: Path, damage: bytes | None) -> None:
    """A power cut left garbage, or somebody a folder: phones are seen again, and nothing stops for it."""
    path = tmp_path / "sightings.sqlite"
    if damage is None:
        path.mkdir()
    else:
        path.write_bytes(damage)
    assert read_phones(path) == ()
    inventory = Inventory(path)
    inventory.record(BY_ARP)
    inventory.write()
    assert [phone.mac for phone in read_phones(path)] == [MAC]

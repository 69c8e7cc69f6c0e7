"""Twenty-two kinds of phone of four brands in one office, under both DHCP servers: found, served, called with.

What each asks for, and in which order, stands here as the makers' documents say it; the phones themselves are written
from the same documents (virtual_office/desk_phone), never from our templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.system.furnished import phone_rows
from tests.system.office_of_kinds import (
    MODELS,
    WATCHED,
    WITHOUT_KEYS,
    PluggedLine,
    furnish_kinds,
    lines_of,
    state_of,
)
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import KINDS, VirtualPhone

NAMES = tuple(phone.name for phone in KINDS)
REGISTERED_SECONDS = 90.0
AT_A_TIME = 4  # calls; each is two processes that mix sound

# The first names asked for, by generation: {m} the MAC address, {M} in capitals.
_BOOT = ("{m}.boot", "y000000000000.boot")
FIRST_NAMES = {
    "yealink": (*_BOOT, "y000000000108.cfg", "{m}.cfg"),
    "t28p": ("y000000000000.cfg", "{m}.cfg"),
    "t46s": (*_BOOT, "y000000000066.cfg", "{m}.cfg"),
    "t54w": (*_BOOT, "y000000000096.cfg", "{m}.cfg"),
    "w70b": (*_BOOT, "y000000000146.cfg", "{m}.cfg"),
    "snom": ("snomD785.htm", "snomD785-{M}.htm"),
    "snom320": ("snom320.htm", "snom320-{M}.htm"),
    "snom710": ("snom710.htm", "snom710-{M}.htm"),
    "d725": ("snomD725.htm", "snomD725-{M}.htm"),
    "m700": ("snomM700.htm", "snomM700-{M}.htm"),
    "m900": ("snomM900.htm", "snomM900-{M}.htm"),
    "grandstream": ("cfg{m}", "cfg{m}.xml", "cfggrp2614.xml"),
    "gxp2130": ("cfg{m}.xml", "cfg{m}", "cfggxp2130.xml"),
    "gxp2170": ("cfg{m}", "cfg{m}.xml", "cfggxp2170.xml"),
    "ht802": ("cfg{m}", "cfg{m}.xml", "cfght802.xml"),
    "dp750": ("cfg{m}", "cfg{m}.xml", "cfgdp750.xml"),
    "panasonic": ("KX-HDV230.cfg",),
    "hdv130": ("KX-HDV130.cfg",),  # PnP, which it asks before DHCP, names the whole file
    "hdv330": ("KX-HDV330.cfg",),
    "ut123": ("KX-UT123.cfg",),
    "ut136": ("KX-UT136X.cfg",),
    "tgp600": ("KX-TGP600T04.cfg",),
}
# PnP is documented of Panasonic's HDV and UTG series; these are given the box's URL by hand where DHCP does not.
WITHOUT_PNP = ("ut123", "ut136", "tgp600")
# Made before TLS 1.2, or no document says how they are told to encrypt where the other side can.
IN_CLEAR = ("t28p", "snom320", "m700", "m900", "ut123", "ut136", "tgp600")
WITH_DIRECTORY_FILE = tuple(
    phone.name for phone in KINDS if phone.brand != "panasonic" and phone.name not in ("ht802", "dp750")
)


@pytest.fixture(scope="module", params=[pytest.param("box", marks=pytest.mark.slow), "router"])
def office(request: pytest.FixtureRequest, make_office: Callable[[], VirtualOffice]) -> Iterator[VirtualOffice]:
    """Every kind is plugged in; the box's DHCP rules, or the router's."""
    office = make_office()
    is_router = request.param == "router"
    by_hand = dict.fromkeys(WITHOUT_PNP, "--url=http://192.168.77.2/boot/") if is_router else {}
    office.start(kinds=NAMES, router_dhcp=is_router, options_of=by_hand)
    furnish_kinds(office, NAMES, REGISTERED_SECONDS)
    yield office
    office.stop()


@pytest.mark.feature("G1")
def test_every_kind_is_seen_as_what_it_is_and_nothing_else_is(office: VirtualOffice) -> None:
    rows = {row["mac"]: row for row in phone_rows(office)}
    assert set(rows) == {phone.mac for phone in KINDS}, "and no phone that is none"
    for phone in KINDS:
        row = rows[phone.mac]
        shown = (row["brand"], row["model"], row["firmware"], row["state"])
        assert shown == (phone.brand, MODELS[phone.name], state_of(office, phone.name)["firmware"], "registered")


@pytest.mark.feature("G2", "G3")
def test_every_kind_is_led_by_the_dhcp_server_that_rules_or_by_pnp(office: VirtualOffice) -> None:
    is_router = "dnsmasq" not in office.ask("processes")["processes"]
    for phone in KINDS:
        state = state_of(office, phone.name)
        assert state["dhcp_server"] == ("192.168.77.1" if is_router else "192.168.77.2")
        if is_router:
            assert "tftp_server_name" not in state["lease"]
            assert (state["first_url_from"] == "by hand") == (phone.name in WITHOUT_PNP), phone.name
            assert state["first_url_from"] in ("by hand", "pnp"), phone.name


@pytest.mark.feature("G2", "G3", "G4")
def test_every_kind_finds_its_files_in_its_own_order_and_its_secrets_by_https_alone(office: VirtualOffice) -> None:
    for phone in KINDS:
        state = state_of(office, phone.name)
        asked = [urlsplit(url) for url in state["history"]]
        names = [url.path.rsplit("/", 1)[-1] for url in asked]
        first = _names_of(phone)
        assert names[: len(first)] == list(first), phone.name
        secret = [url for url in asked if url.path.startswith(("/p/", "/enrol/"))]
        assert {url.path.split("/")[1] for url in secret} == {"enrol", "p"}, phone.name
        assert {url.scheme for url in secret} == {"https"}, phone.name
        assert {url.scheme for url in asked if url not in secret} <= {"tftp", "http"}, phone.name
        assert state["refused"] == [], phone.name


@pytest.mark.feature("G2", "G5", "G7")
def test_every_kind_understands_its_lines_keys_and_directory(office: VirtualOffice) -> None:
    lines = lines_of(NAMES)
    for phone in KINDS:
        state = state_of(office, phone.name)
        numbers = [line.number for line in lines if line.phone == phone]
        assert [account["user"] for account in state["accounts"]] == [f"ext-e{number}" for number in numbers]
        for account in state["accounts"]:
            is_clear = phone.name in IN_CLEAR
            assert (account["transport"] == "udp") == is_clear, phone.name
            assert is_clear or account["srtp"] == "optional", phone.name
        keys = {(key["position"], key["does"], key["number"]) for key in state["keys"]}
        assert ((2, "lamp", WATCHED) in keys) == (phone.name not in WITHOUT_KEYS), f"{phone.name}: {keys}"
        directory = state.get("directory", [])
        assert (["Person 201", "201"] in directory) == (phone.name in WITH_DIRECTORY_FILE), phone.name


@pytest.mark.feature("G2", "G5")
def test_every_line_of_every_kind_calls_or_is_called_with_sound_both_ways(office: VirtualOffice) -> None:
    """Who calls under one DHCP server is called under the other."""
    lines = lines_of(NAMES)
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    if "dnsmasq" not in office.ask("processes")["processes"]:
        pairs = [(callee, caller) for caller, callee in pairs]
    for start in range(0, len(pairs), AT_A_TIME):
        _talk(office, pairs[start : start + AT_A_TIME])


def _talk(office: VirtualOffice, pairs: list[tuple[PluggedLine, PluggedLine]]) -> None:
    with ExitStack() as stack:
        sides = [(stack.enter_context(a.handle(office)), stack.enter_context(b.handle(office))) for a, b in pairs]
        marks = [callee.last_sequence() for _, callee in sides]
        outgoing = [caller.call(b.number) for (caller, _), (_, b) in zip(sides, pairs, strict=True)]
        for (caller, callee), mark, call, (a, b) in zip(sides, marks, outgoing, pairs, strict=True):
            incoming = callee.wait_for("incoming", timeout=15, after=mark)["call"]
            callee.answer(incoming)
            caller.wait_for("answered", timeout=15, call=call)
            caller.wait_to_hear(call, b.tone_hz, a.tone_hz)
            callee.wait_to_hear(incoming, a.tone_hz, b.tone_hz)
            caller.hangup(call)
            callee.wait_for("ended", timeout=10, call=incoming)


def _names_of(phone: VirtualPhone) -> tuple[str, ...]:
    digits = phone.mac.replace(":", "")
    return tuple(name.format(m=digits, M=digits.upper()) for name in FIRST_NAMES[phone.name])

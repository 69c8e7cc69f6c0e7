"""The main job: phones of four brands that started with nothing but a MAC address call each other and the world."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import permutations

import pytest

from tests.system.furnished import EXTENSION_OF, furnish
from tests.system.talking import assert_both_hear, handles_on_phones, talk
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES
from tests.virtual_office.provider import NUMBERS
from tests.virtual_office.sip_phone_client import HEARD, SipPhoneClient


@pytest.fixture(scope="module")
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """A furnished virtual office for all calls of this module."""
    office = make_office()
    office.start()
    furnish(office)
    return office


@pytest.fixture
def phones(office: VirtualOffice) -> Iterator[dict[str, SipPhoneClient]]:
    """Handles on every phone, all idle afterwards."""
    with handles_on_phones(office) as handles:
        yield handles


@pytest.mark.feature("G2", "G3", "G8", "A9")
def test_four_brands_registered_with_what_the_box_gave_them(office: VirtualOffice) -> None:
    """G2, G3, G8, A9: each phone's own state says from where its settings came: the secret path, by HTTPS."""
    for phone in PHONES:
        state = json.loads((office.directory / f"phone-{phone.name}" / "state.json").read_text())
        assert state["step"] == "registered"
        assert state["dhcp_server"] == "192.168.77.2"
        assert state["url"].startswith("https://192.168.77.2/p/")
        assert state["account"] is not None


@pytest.mark.feature("G2", "E1")
@pytest.mark.parametrize(("caller", "callee"), list(permutations(EXTENSION_OF, 2)))
def test_every_brand_calls_every_other_with_audio_both_ways(
    phones: dict[str, SipPhoneClient], caller: str, callee: str
) -> None:
    """G2, E1: twelve directions; each ear hears the other's tone only."""
    outgoing, incoming = talk(phones[caller], EXTENSION_OF[callee], phones[callee])
    assert_both_hear((caller, phones[caller], outgoing), (callee, phones[callee], incoming))


@pytest.mark.feature("E1")
def test_the_callee_sees_who_calls(phones: dict[str, SipPhoneClient]) -> None:
    """E1: number and name of the caller, as the office wrote them."""
    _, incoming = talk(phones["yealink"], "202", phones["snom"])
    seen = next(call for call in phones["snom"].calls() if call["call"] == incoming)
    assert (seen["number"], seen["name"]) == ("201", "Jan Jansen")


@pytest.mark.feature("A7", "B4")
def test_a_phone_calls_out_by_the_line_showing_the_company_number(phones: dict[str, SipPhoneClient]) -> None:
    """A7, B4: dialled nationally, sent in E.164, shown as the company; audio both ways through the router."""
    outgoing, incoming = talk(phones["snom"], "0470123456", phones["mobile"])
    seen = next(call for call in phones["mobile"].calls() if call["call"] == incoming)
    assert seen["number"] == NUMBERS[0]
    assert_both_hear(("snom", phones["snom"], outgoing), ("mobile", phones["mobile"], incoming))


@pytest.mark.feature("B1", "E5")
def test_a_call_from_outside_rings_the_whole_group_and_one_answers(phones: dict[str, SipPhoneClient]) -> None:
    """B1, E5: all four ring; the one that answers talks, the others stop."""
    marks = {name: phones[name].last_sequence() for name in EXTENSION_OF}
    outgoing = phones["mobile"].call(NUMBERS[0])
    ringing = {name: phones[name].wait_for("incoming", timeout=10, after=marks[name])["call"] for name in EXTENSION_OF}
    phones["grandstream"].answer(ringing["grandstream"])
    phones["mobile"].wait_for("answered", timeout=10, call=outgoing)
    for name in ("yealink", "snom", "panasonic"):
        phones[name].wait_for("ended", timeout=5, call=ringing[name])
    assert_both_hear(
        ("mobile", phones["mobile"], outgoing), ("grandstream", phones["grandstream"], ringing["grandstream"])
    )


@pytest.mark.feature("C3")
def test_outside_opening_hours_no_phone_rings_and_the_voicemail_answers(phones: dict[str, SipPhoneClient]) -> None:
    """C3: the second number is never open; the first, always open, rings the group (the test above)."""
    marks = {name: phones[name].last_sequence() for name in EXTENSION_OF}
    outgoing = phones["mobile"].call(NUMBERS[1])
    phones["mobile"].wait_for("answered", timeout=10, call=outgoing)
    for name in EXTENSION_OF:
        assert [event for event in phones[name].events(marks[name]) if event["event"] == "incoming"] == []


@pytest.mark.feature("B9")
@pytest.mark.parametrize(("dialled", "number"), [("112", "112"), ("0112", "112"), ("+112", "112"), ("101", "101")])
def test_an_emergency_call_reaches_the_centre(phones: dict[str, SipPhoneClient], dialled: str, number: str) -> None:
    """B9: as dialled, without a digit more or less, with a number that can be called back."""
    outgoing, incoming = talk(phones["panasonic"], dialled, phones["emergency"])
    seen = next(call for call in phones["emergency"].calls() if call["call"] == incoming)
    assert seen["number"] == NUMBERS[0]
    assert_both_hear(("panasonic", phones["panasonic"], outgoing), ("emergency", phones["emergency"], incoming))
    assert number in {"112", "101"}


@pytest.mark.feature("E3")
def test_a_message_is_left_and_its_owners_lamp_goes_on(
    office: VirtualOffice, phones: dict[str, SipPhoneClient]
) -> None:
    """E3: nobody answers, the caller speaks, the phone is told of one new message, and 1233 plays it."""
    phones["yealink"].set_behaviour(reject=486)
    mark = phones["yealink"].last_sequence()
    outgoing = phones["snom"].call("201")
    phones["snom"].wait_for("answered", timeout=10, call=outgoing)
    phones["snom"].listen(outgoing, 10.0, [523.0])  # the greeting, then our tone is the message
    phones["snom"].hangup(outgoing)
    phones["yealink"].wait_for("voicemail", timeout=10, after=mark)
    recorded = list((office.box_root / "switch-state" / "spool" / "voicemail" / "default" / "box-e201").rglob("*.wav"))
    assert len(recorded) == 1
    assert recorded[0].stat().st_size > 8_000
    listening = phones["yealink"].call("1233")
    phones["yealink"].wait_for("answered", timeout=10, call=listening)


@pytest.mark.feature("A13")
def test_the_boxs_own_phone_proves_audio_both_ways_and_digits(office: VirtualOffice) -> None:
    """A13: its tone comes back from the echo, and the four digits it sends come back as digits."""
    echo = json.loads(office.belbox("test-call", "*43", "--listen-seconds", "2", "--json").stdout)
    assert echo["outcome"] == "answered"
    assert echo["tone_level"] > HEARD
    digits = json.loads(office.belbox("test-call", "*44", "--digits", "1935", "--json").stdout)
    assert digits["digits"] == "1935"


@pytest.mark.feature("B5")
def test_a_number_nobody_has_is_refused(phones: dict[str, SipPhoneClient]) -> None:
    """B5: a number inside that does not exist, and a dialled text that is no number, reach nobody."""
    for dialled in ("299", "0470&123456"):
        call = phones["snom"].call(dialled)
        assert phones["snom"].wait_for("ended", timeout=10, call=call)["code"] >= 400

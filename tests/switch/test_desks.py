"""Call park F7, hot desking E9, and what an extension is: E1."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.office.calling_permission import CallingPermission
from appliance.office.country import Country, Language, NumberKind
from appliance.office.destination import ToExtension
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber
from appliance.office.parking import Parking
from appliance.office.secret import Secret
from appliance.office.voicemail import VoicemailBox
from tests.switch.calls import call_in, dial, dial_code, opened, outside_calls, wait_application, wait_lamp, wait_rings
from tests.switch.offices import MAIN, SECOND, person, small_office
from tests.switch_bench.behaviour import ANSWERS, RINGS
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """201 may log in anywhere; 204 is French, 205 an intercom, 206 a door station that knows digits only."""
    office = small_office(
        extensions=(
            person(
                "201",
                login_pin=Secret("8642"),
                outgoing_number=SECOND,
                voicemail=VoicemailBox(pin=Secret("4711")),
            ),
            person("202"),
            person("203"),
            person("204", language=Language.FRENCH, country=Country.NETHERLANDS),
            person("205", answers_at_once=True),
            person("206", numeric_user="4206", description="Door; [x]", permission_id="door"),
        ),
        ring_groups=(),
        permissions=(CallingPermission(id="door", name="Door", kinds=frozenset({NumberKind.MOBILE})),),
        parking=Parking(name="Park", first=ExtensionNumber("700"), last=ExtensionNumber("705"), timeout_seconds=3),
        numbers=(
            Number(id="main", number=MAIN, destination=ToExtension("e202")),
            Number(id="second", number=SECOND, destination=ToExtension("e201")),
        ),
    )
    with opened(office, tmp_path_factory.mktemp("desks"), switch_root) as bench:
        yield bench


def _parked(bench: SwitchBench) -> Call:
    """A caller from outside, answered at 202 and transferred to 0702."""
    bench.phones.behave("202", ANSWERS)
    caller = call_in(bench)
    caller.wait_for(What.ANSWERED)
    taken = bench.phones["202"].calls[-1]
    bench.wait_until(lambda: taken.packets_heard > 5, "sound")
    bench.phones.behave("202", RINGS)
    taken.transfer("0702")
    return caller


@pytest.mark.feature("F7")
def test_a_call_is_parked_lights_the_slot_and_is_fetched_elsewhere(bench: SwitchBench) -> None:
    bench.phones["204"].watch("702")
    wait_lamp(bench, "204", "terminated")
    caller = _parked(bench)
    wait_lamp(bench, "204", "confirmed")
    taker = dial(bench, "203", "702")
    taker.wait_for(What.ANSWERED)
    tone = caller.telephone.tone_hz
    bench.wait_until(lambda: taker.level(tone) > 1000, "203 hears the caller")
    wait_lamp(bench, "204", "terminated")


@pytest.mark.feature("F7")
def test_a_forgotten_call_comes_back_to_who_parked_it(bench: SwitchBench) -> None:
    _parked(bench)
    wait_rings(bench, "202", seconds=8)


@pytest.mark.feature("F7")
def test_an_empty_slot_says_so(bench: SwitchBench) -> None:
    call = dial(bench, "203", "704")
    call.wait_for(What.ANSWERED)
    assert call.wait_ended(10) == "hung up there"


def _log_in(bench: SwitchBench, phone: str, extension: str, pin: str) -> Call:
    call = dial(bench, phone, "*11")
    wait_application(bench, "Read", "TYPED,")
    call.send_digits(f"{extension}#")
    wait_application(bench, "Read", "TYPED_PIN")
    call.send_digits(f"{pin}#")
    return call


@pytest.mark.feature("E9")
def test_a_guest_takes_their_number_rights_and_messages_to_any_phone(bench: SwitchBench) -> None:
    """E9: logged in at 203, 201's calls ring there and calls made there are 201's; *12 ends it."""
    _log_in(bench, "203", "201", "8642").wait_ended(10)
    dial(bench, "204", "201")
    wait_rings(bench, "201", "203")
    bench.hang_up_all()
    bench.at_rest()
    dial(bench, "203", "204")
    shown = bench.diary.wait_for("204", What.INVITED)
    assert (shown.facts["name"], shown.facts["number"]) == ("Person 201", "201")
    bench.hang_up_all()
    dial(bench, "203", "0470123456")
    bench.wait_until(lambda: len(outside_calls(bench)) == 1, "the mobile is called")
    assert bench.line("line1").invites[0].caller.number == SECOND.e164
    bench.hang_up_all()
    dial(bench, "203", "1233")
    wait_application(bench, "VoiceMailMain", "box-e201@")
    bench.hang_up_all()
    assert dial(bench, "204", "203").wait_ended() == "480"
    dial_code(bench, "203", "*12")
    dial(bench, "204", "203")
    wait_rings(bench, "203")


@pytest.mark.feature("E9")
def test_a_wrong_pin_three_times_changes_nothing(bench: SwitchBench) -> None:
    call = _log_in(bench, "203", "201", "1111")
    for _ in range(2):
        wait_application(bench, "Read", "TYPED,")
        call.send_digits("201#")
        wait_application(bench, "Read", "TYPED_PIN")
        call.send_digits("8642000#")
    assert call.wait_ended(15) == "hung up there"
    assert bench.database_get("desk", "ext-e203") is None


@pytest.mark.feature("E1")
def test_names_inside_numbers_outside_language_intercom_and_numeric_user(bench: SwitchBench) -> None:
    dial(bench, "201", "202")
    assert bench.diary.wait_for("202", What.INVITED).facts["name"] == "Person 201"
    bench.hang_up_all()
    dial(bench, "201", "0470123456")
    bench.wait_until(lambda: len(outside_calls(bench)) == 1, "the mobile is called")
    invite = bench.line("line1").invites[0]
    assert (invite.caller.number, invite.caller.name) == (SECOND.e164, "De Mooi bvba")
    bench.hang_up_all()
    dial(bench, "202", "205")
    assert "answer-after=0" in bench.diary.wait_for("205", What.INVITED).facts["call_info"]
    bench.hang_up_all()
    assert bench.phones["206"].user == "4206"
    dial(bench, "202", "206")
    wait_rings(bench, "206")
    bench.hang_up_all()
    call = dial(bench, "204", "*78")
    call.wait_for(What.ANSWERED)
    legs = bench.legs()
    assert {bench.ami.act("Getvar", Channel=leg, Variable="CHANNEL(language)")["Value"] for leg in legs} == {"fr"}


@pytest.mark.feature("B5", "F16")
def test_a_colleague_abroad_dials_national_numbers_of_that_country(bench: SwitchBench) -> None:
    dial(bench, "204", "0201234567")
    bench.wait_until(lambda: outside_calls(bench) == ["+31201234567"], "Amsterdam is called")
    bench.hang_up_all()
    dial(bench, "202", "025550042")
    bench.wait_until(lambda: outside_calls(bench)[-1] == "+3225550042", "Brussels is called")


@pytest.mark.feature("B5", "B9")
def test_a_phone_that_may_call_nobody_inside_still_reaches_112(bench: SwitchBench) -> None:
    assert dial(bench, "206", "202").wait_ended() in {"403", "603"}
    assert dial(bench, "206", "*78").wait_ended() in {"403", "603"}
    assert not bench.diary.events("202", What.INVITED)
    dial(bench, "206", "0470123456")
    bench.wait_until(lambda: outside_calls(bench) == ["+32470123456"], "a mobile is called")
    bench.hang_up_all()
    dial(bench, "206", "112")
    bench.wait_until(lambda: outside_calls(bench)[-1] == "112", "the centre is called")

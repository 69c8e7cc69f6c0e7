"""Forwarding and what a person sets at the phone by code: E2, B7, do not disturb, call waiting, redial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.office.destination import ToExtension
from appliance.office.number import Number
from appliance.office.prefix_codes import ForwardingPrefix
from tests.switch.calls import call_in, dial, dial_code, opened, outside_calls, wait_application, wait_rings
from tests.switch.offices import MAIN, MOBILE, SECOND, small_office, with_box
from tests.switch_bench.behaviour import ANSWERS, BUSY, RINGS, Answers, Refuses
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

MOBILE_DIALLED = "0470123456"


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """201 has a voicemail box; the two numbers have prefixes 101 and 102."""
    office = small_office()
    office = replace(
        office,
        extensions=(with_box("201"), *office.extensions[1:]),
        numbers=(
            Number(id="main", number=MAIN, destination=ToExtension("e203")),
            Number(id="second", number=SECOND, destination=ToExtension("e204")),
        ),
        forwarding_prefixes=(
            ForwardingPrefix(prefix="101", number_id="main"),
            ForwardingPrefix(prefix="102", number_id="second"),
        ),
    )
    with opened(office, tmp_path_factory.mktemp("forwarding"), switch_root) as bench:
        yield bench


@pytest.mark.feature("E2")
def test_always_forwarded_to_a_colleague_and_back(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*72203")
    dial(bench, "204", "202")
    wait_rings(bench, "203")
    bench.hang_up_all()
    dial_code(bench, "202", "*73")
    dial(bench, "204", "202")
    wait_rings(bench, "202")


@pytest.mark.feature("E2")
def test_always_forwarded_to_a_mobile_shows_a_number_of_ours(bench: SwitchBench) -> None:
    dial_code(bench, "202", f"*72{MOBILE_DIALLED}")
    call_in(bench, number=MAIN)
    wait_rings(bench, "203")
    bench.hang_up_all()
    dial(bench, "204", "202")
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164], "the mobile is called")
    assert bench.line("line1").invites[0].caller.number == MAIN.e164
    assert bench.phones.ringing() == frozenset()


@pytest.mark.feature("E2")
def test_forwarded_when_busy(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*90203")
    bench.phones.behave("202", BUSY)
    dial(bench, "204", "202")
    wait_rings(bench, "203")


@pytest.mark.feature("E2")
def test_forwarded_when_nobody_answers_after_two_rings(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*92*2*203")
    dial(bench, "204", "202")
    wait_rings(bench, "202")
    wait_rings(bench, "203", seconds=12)
    began = bench.diary.events("202", What.RINGS)[0].at
    moved = bench.diary.events("203", What.RINGS)[0].at
    assert 7.5 < moved - began < 9.0  # two rings of four seconds


@pytest.mark.feature("E2")
def test_forwarded_when_the_phone_is_gone(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*94203")
    bench.phones["202"].unregister()
    dial(bench, "204", "202")
    wait_rings(bench, "203")
    bench.phones["202"].register()


@pytest.mark.feature("E2", "B5")
def test_a_forward_to_a_premium_number_is_refused_and_says_so(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*72090012345")
    dial(bench, "204", "202")
    wait_rings(bench, "202")


@pytest.mark.feature("E2")
def test_two_people_forwarded_to_each_other_do_not_call_for_ever(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*72203")
    dial_code(bench, "203", "*72202")
    assert dial(bench, "204", "202").wait_ended() in {"480", "482", "500", "603"}
    assert not bench.diary.events("202", What.INVITED)


@pytest.mark.feature("E2")
def test_a_forwarded_mobile_that_does_not_answer_leaves_the_caller_with_the_voicemail_box(bench: SwitchBench) -> None:
    bench.line("line1").behave(Refuses(code=480, after_seconds=0.5))
    dial_code(bench, "201", f"*72{MOBILE_DIALLED}")
    call_in(bench, number=MAIN)
    bench.hang_up_all()
    dial(bench, "204", "201")
    wait_application(bench, "VoiceMail", "box-e201")


@pytest.mark.feature("E11")
def test_do_not_disturb_keeps_the_phone_silent_and_the_caller_hears_busy(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*78")
    assert dial(bench, "204", "202").wait_ended() == "486"
    dial_code(bench, "202", "*79")
    dial(bench, "204", "202")
    wait_rings(bench, "202")


@pytest.mark.feature("E11")
def test_without_call_waiting_a_second_caller_hears_busy(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*71")
    bench.phones.behave("203", ANSWERS)
    dial(bench, "202", "203").wait_for(What.ANSWERED)
    assert dial(bench, "204", "202").wait_ended() == "486"
    bench.hang_up_all()
    dial_code(bench, "202", "*70")
    dial(bench, "202", "203").wait_for(What.ANSWERED)
    dial(bench, "204", "202")
    wait_rings(bench, "202")


@pytest.mark.feature("E11")
def test_redial_calls_the_last_number_outside_again(bench: SwitchBench) -> None:
    dial(bench, "202", MOBILE_DIALLED)
    bench.wait_until(lambda: len(outside_calls(bench)) == 1, "the mobile is called")
    bench.hang_up_all()
    dial(bench, "202", "*66")
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164] * 2, "the mobile is called again")


@pytest.mark.feature("E11")
def test_call_back_rings_both_when_the_busy_one_is_free(bench: SwitchBench) -> None:
    """E11: 204 finds 202 busy, dials *37; when 202 hangs up, 204 rings, answers, and 202 rings."""
    bench.phones.behave("203", ANSWERS)
    dial_code(bench, "202", "*71")
    talking = dial(bench, "202", "203")
    talking.wait_for(What.ANSWERED)
    assert dial(bench, "204", "202").wait_ended() == "486"
    dial_code(bench, "204", "*37")
    bench.phones.behave("204", Answers(after_seconds=0.5))
    talking.hang_up()
    bench.phones["204"].wait_for(What.ANSWERED, seconds=10)
    wait_rings(bench, "202")


@pytest.mark.feature("E11")
def test_pickup_of_one_phone_and_of_the_group(bench: SwitchBench) -> None:
    """E11: *8202 takes the call that rings at 202, *8 one that rings in one's own group; others cannot."""
    caller = dial(bench, "204", "202")
    wait_rings(bench, "202")
    taker = dial(bench, "206", "*8202")
    taker.wait_for(What.ANSWERED)
    caller.wait_for(What.ANSWERED)
    wait_rings(bench)
    bench.hang_up_all()
    caller = dial(bench, "204", "201")
    wait_rings(bench, "201")
    dial(bench, "202", "*8").wait_for(What.ANSWERED)  # 201 and 202 are of group 300
    caller.wait_for(What.ANSWERED)


@pytest.mark.feature("E11")
def test_intercom_asks_the_phone_to_answer_by_itself(bench: SwitchBench) -> None:
    dial(bench, "204", "*50202")
    event = bench.diary.wait_for("202", What.INVITED)
    assert "answer-after=0" in event.facts["call_info"]


@pytest.mark.feature("B7")
def test_prefix_forwarding_of_one_number_and_of_all(bench: SwitchBench) -> None:
    """B7: *101*n forwards the first number, #101# ends it; *100* forwards all (PBXOnline, Prefix Forwarding)."""
    dial_code(bench, "206", f"*101*{MOBILE_DIALLED}")
    call_in(bench, number=MAIN)
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164], "the mobile is called")
    bench.hang_up_all()
    call_in(bench, number=SECOND)
    wait_rings(bench, "204")
    bench.hang_up_all()
    dial_code(bench, "206", "#101#")
    call_in(bench, number=MAIN)
    wait_rings(bench, "203")
    bench.hang_up_all()
    dial_code(bench, "206", f"*100*{MOBILE_DIALLED}")
    call_in(bench, number=SECOND)
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164] * 2, "the mobile is called for the second number")
    bench.hang_up_all()
    dial_code(bench, "206", "#100#")
    call_in(bench, number=SECOND)
    wait_rings(bench, "204")


def test_a_forward_survives_a_restart_of_the_switch(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*72203")
    bench.restart(hard=True)
    bench.phones.behave("203", RINGS)
    dial(bench, "204", "202")
    wait_rings(bench, "203")

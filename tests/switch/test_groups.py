"""Ring groups: E5, every policy, waiting time, busy tone, members outside; ring tones F16; labels F15."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.office.destination import ToExtension, ToOutsideNumber, ToRingGroup
from appliance.office.number import Number
from appliance.office.ring_group import HuntPolicy
from appliance.office.ring_tone import RingTone
from tests.switch.calls import call_in, dial, dial_code, opened, outside_calls, wait_lamp, wait_rings
from tests.switch.offices import CALLER, MAIN, MOBILE, SECOND, a_group, small_office
from tests.switch_bench.behaviour import ANSWERS, BUSY, Answers
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """One group for each policy, all of 201, 202 and 203."""
    members = ("201", "202", "203")
    office = small_office(
        ring_groups=(
            a_group("310", *members, no_answer=ToExtension("e206")),
            a_group("311", *members, policy=HuntPolicy.LINEAR, ring_seconds=1, no_answer=ToExtension("e206")),
            a_group("312", *members, policy=HuntPolicy.CIRCULAR, ring_seconds=1),
            a_group("313", *members, policy=HuntPolicy.UNIFORM, ring_seconds=1),
            a_group(
                "314",
                "201",
                "202",
                policy=HuntPolicy.LINEAR,
                ring_seconds=1,
                wait_seconds=5,
                no_answer=ToExtension("e206"),
            ),
            a_group("315", *members, gives_busy_tone=True, no_answer=ToExtension("e206")),
            a_group("316", "201", outside_members=(MOBILE,), outgoing_number=SECOND, ring_seconds=4),
            a_group("317", "204", unreachable=ToOutsideNumber(MOBILE), ring_tone=RingTone.GROUP),
        ),
        numbers=(
            Number(
                id="main",
                number=MAIN,
                destination=ToRingGroup("g310"),
                label='Sales "A"; ${X}',
                ring_tone=RingTone.DOOR,
            ),
            Number(id="second", number=SECOND, destination=ToRingGroup("g316")),
        ),
    )
    with opened(office, tmp_path_factory.mktemp("groups"), switch_root) as bench:
        yield bench


def _order(bench: SwitchBench) -> list[str]:
    return [event.who for event in bench.diary.events(what=What.RINGS)]


@pytest.mark.feature("E5", "D5")
def test_all_at_once_and_the_others_learn_that_it_was_answered_elsewhere(bench: SwitchBench) -> None:
    bench.phones.behave("202", Answers(after_seconds=0.5))
    dial(bench, "204", "310").wait_for(What.ANSWERED)
    stopped = bench.diary.wait_for("201", What.STOPPED_RINGING)
    assert "Call completed elsewhere" in stopped.facts["reason"]  # RFC 3326, no missed call on that phone


@pytest.mark.feature("E5")
def test_fixed_order_then_the_no_answer_destination(bench: SwitchBench) -> None:
    dial(bench, "204", "311")
    wait_rings(bench, "206", seconds=8)
    assert _order(bench) == ["201", "202", "203", "206"]


@pytest.mark.feature("E5")
def test_circular_begins_where_the_last_call_stopped(bench: SwitchBench) -> None:
    bench.phones.behave("202", ANSWERS)
    dial(bench, "204", "312").wait_for(What.ANSWERED, 5)
    bench.hang_up_all()
    bench.at_rest()
    dial(bench, "204", "312")
    wait_rings(bench, "203")
    wait_rings(bench, "201")


@pytest.mark.feature("E5")
def test_uniform_begins_with_who_was_longest_without_a_call_of_the_group(bench: SwitchBench) -> None:
    for expected in ("201", "202", "203", "201"):
        bench.at_rest()
        bench.phones.behave(expected, ANSWERS)
        dial(bench, "204", "313").wait_for(What.ANSWERED)
        assert [event.who for event in bench.diary.events(what=What.INVITED)] == [expected]
        bench.hang_up_all()


@pytest.mark.feature("E5")
def test_a_caller_waits_as_long_as_the_group_says_round_after_round(bench: SwitchBench) -> None:
    dial(bench, "204", "314")
    wait_rings(bench, "206", seconds=9)
    assert _order(bench) == ["201", "202", "201", "202", "201", "206"]
    rings = bench.diary.events(what=What.RINGS)
    assert 4.8 < rings[-1].at - rings[0].at < 5.4


@pytest.mark.feature("E5")
def test_busy_tone_only_when_every_member_is_busy(bench: SwitchBench) -> None:
    for member in ("201", "202", "203"):
        bench.phones.behave(member, BUSY)
    assert dial(bench, "204", "315").wait_ended() == "486"
    assert bench.phones.ringing() == frozenset()


@pytest.mark.feature("E5")
def test_a_member_who_is_not_to_be_disturbed_is_left_out(bench: SwitchBench) -> None:
    dial_code(bench, "202", "*78")
    dial(bench, "204", "310")
    wait_rings(bench, "201", "203")


@pytest.mark.feature("E5")
def test_a_member_outside_rings_with_the_others_and_sees_the_groups_number(bench: SwitchBench) -> None:
    """E5: mixed group; the desk phone goes on ringing beside the mobile (PBXOnline, Mixed belgroepen)."""
    call_in(bench, number=SECOND)
    wait_rings(bench, "201")
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164], "the mobile is called")
    assert bench.line("line1").invites[0].caller.number == SECOND.e164
    bench.line("line1").behave(ANSWERS)


@pytest.mark.feature("E5")
def test_without_any_phone_of_the_group_the_call_goes_to_its_mobile_at_once(bench: SwitchBench) -> None:
    bench.phones["204"].unregister()
    dial(bench, "205", "317")
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164], "the mobile is called", 2)
    bench.phones["204"].register()


@pytest.mark.feature("F16")
def test_each_source_has_its_ring_tone(bench: SwitchBench) -> None:
    """F16: the number's tone from outside, the group's from inside; none asked, none sent."""
    call_in(bench, number=MAIN)
    assert "info=door" in bench.diary.wait_for("201", What.INVITED).facts["alert_info"]
    bench.hang_up_all()
    dial(bench, "205", "317")
    assert "info=group" in bench.diary.wait_for("204", What.INVITED).facts["alert_info"]
    bench.hang_up_all()
    bench.at_rest()
    dial(bench, "205", "204")
    assert bench.diary.wait_for("204", What.INVITED).facts["alert_info"] == ""


@pytest.mark.feature("F15")
def test_the_label_of_the_number_stands_on_the_display(bench: SwitchBench) -> None:
    """F15: whatever a person typed as label, the phone shows it, and nothing of it is carried out."""
    call_in(bench, number=MAIN)
    event = bench.diary.wait_for("201", What.INVITED)
    assert event.facts["name"].startswith('Sales "A"; ${X}')
    assert event.facts["number"] == CALLER


@pytest.mark.feature("E11")
def test_lamps_of_an_extension_and_a_group(bench: SwitchBench) -> None:
    bench.phones["206"].watch("204")
    bench.phones["205"].watch("317")
    wait_lamp(bench, "206", "terminated")
    dial(bench, "203", "204")
    wait_lamp(bench, "206", "early")
    wait_lamp(bench, "205", "early")
    bench.phones["204"].calls[-1].answer()
    wait_lamp(bench, "206", "confirmed")
    bench.hang_up_all()
    wait_lamp(bench, "206", "terminated")

"""Call plans and mode keys: D1, D2, F5; numbers and their filters: B1, B8, B11; transfers and confirmations: D5."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.office.behaviour import Behaviour, ForwardShows
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    GoTo,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.caller import Anonymous, CallerNumber, CallerRule, CallFilter, Everybody, FilterPeriod
from appliance.office.destination import HangUp, ToCallPlan, ToExtension, ToVoicemail
from appliance.office.mode_key import ModeKey
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.schedule import OpeningHours, Period, PeriodPlan, Weekday
from appliance.office.speed_dial import SpeedDial
from tests.switch.calls import (
    call_in,
    dial,
    opened,
    outside_calls,
    wait_application,
    wait_lamp,
    wait_rings,
)
from tests.switch.offices import CALLER, MAIN, MOBILE, SECOND, a_group, small_office
from tests.switch_bench.behaviour import ANSWERS, Answers, Refuses
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

SUPPLIER = PhoneNumber("+3225550077")
THIRD = PhoneNumber("+3225551003")
FOURTH = PhoneNumber("+3225551004")


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """PBXOnline's help-desk plan on the main number; mode keys, filters and rules on the others."""
    office = small_office(
        ring_groups=(a_group("300", "201", "202"),),
        call_plans=(
            CallPlan(
                id="helpdesk",
                name="Help desk",
                number=ExtensionNumber("500"),
                steps=(
                    SayPrompt("welcome"),
                    RingTheGroup("g300", 3),
                    RingExtension("e203", 2),
                    GoTo(ToVoicemail()),
                ),
            ),
            CallPlan(
                id="everything",
                name="Everything",
                steps=(
                    CheckModeKey("away"),
                    CheckCallerRule("dutch"),
                    CallNumber(MOBILE, 2),
                    CallSpeedDial("supplier", 2),
                    GoTo(ToCallPlan("helpdesk")),
                ),
            ),
        ),
        mode_keys=(
            ModeKey(id="away", name="Away", number=ExtensionNumber("2001"), red=ToExtension("e206")),
            ModeKey(
                id="home",
                name="At home",
                number=ExtensionNumber("2002"),
                green=ToExtension("e204"),
                red=ToExtension("e205"),
            ),
        ),
        caller_rules=(
            CallerRule(
                id="dutch",
                name="Dutch",
                callers=(CallerNumber("+31", is_beginning=True),),
                destination=ToExtension("e205"),
            ),
        ),
        call_filters=(
            CallFilter(id="unknown", name="Unknown", callers=(Anonymous(), CallerNumber("+32470111222"))),
            CallFilter(id="sunday", name="Sunday", callers=(Everybody(),), opening_hours_id="sunday"),
            CallFilter(id="never", name="Never", callers=(Everybody(),), opening_hours_id="never"),
            CallFilter(
                id="monday",
                name="Monday",
                callers=(CallerNumber("+3247", is_beginning=True),),
                opening_hours_id="monday",
                periods=(FilterPeriod(opening_hours_id="supper", destination=ToExtension("e206")),),
            ),
        ),
        opening_hours=(
            OpeningHours(id="sunday", name="Sunday", periods={Weekday.SUNDAY: (Period.parse("00:00-24:00"),)}),
            OpeningHours(id="never", name="Never", periods={}),
            OpeningHours(
                id="monday",
                name="Monday",
                periods={},
                plans={Weekday.MONDAY: (PeriodPlan(Period.parse("09:00-20:00"), ToExtension("e202")),)},
            ),
            OpeningHours(id="supper", name="Supper", periods={Weekday.MONDAY: (Period.parse("18:00-19:00"),)}),
        ),
        speed_dials=(SpeedDial(id="supplier", name="Supplier", short=ExtensionNumber("7001"), number=SUPPLIER),),
        numbers=(
            Number(id="main", number=MAIN, destination=ToCallPlan("helpdesk")),
            Number(id="second", number=SECOND, destination=ToCallPlan("everything")),
            Number(id="third", number=THIRD, destination=ToExtension("e203"), mode_key_id="home"),
            Number(
                id="fourth",
                number=FOURTH,
                destination=ToExtension("e203"),
                filter_ids=("unknown", "sunday", "never", "monday"),
                caller_rule_ids=("dutch",),
            ),
        ),
        behaviour=Behaviour(return_seconds=2, confirms_plans=True, forward_shows=ForwardShows.CALLER),
    )
    with opened(office, tmp_path_factory.mktemp("plans"), switch_root) as bench:
        yield bench


@pytest.mark.feature("D1", "D2", "B1")
def test_the_help_desk_plan_rings_in_its_order_and_for_its_durations(bench: SwitchBench) -> None:
    call_in(bench)
    wait_rings(bench, "201", "202")
    wait_rings(bench, "203")
    wait_application(bench, "VoiceMail", "company@")
    group = bench.diary.events("201", What.RINGS)[0].at
    secretary = bench.diary.events("203", What.RINGS)[0].at
    over = bench.diary.events("203", What.STOPPED_RINGING)[0].at
    assert 2.9 < secretary - group < 3.4
    assert 1.9 < over - secretary < 2.4


@pytest.mark.feature("D1")
def test_a_plan_has_an_extension_number_of_its_own(bench: SwitchBench) -> None:
    dial(bench, "204", "500")
    wait_rings(bench, "201", "202")


@pytest.mark.feature("D2", "B8")
def test_a_plan_goes_outside_by_speed_dial_and_on_into_another_plan(bench: SwitchBench) -> None:
    bench.line("line1").behave(Refuses(code=480, after_seconds=0.3))
    call_in(bench, number=SECOND)
    wait_rings(bench, "201", "202", seconds=8)
    assert outside_calls(bench) == [MOBILE.e164, SUPPLIER.e164]


@pytest.mark.feature("B8")
def test_anybody_inside_dials_a_speed_dial_number(bench: SwitchBench) -> None:
    dial(bench, "204", "7001")
    bench.wait_until(lambda: outside_calls(bench) == [SUPPLIER.e164], "the supplier is called")


@pytest.mark.feature("F5")
def test_a_mode_key_inside_a_plan_takes_the_call_while_it_is_red(bench: SwitchBench) -> None:
    """F5: switched by dialling 2001; its lamp is lit while red; a call that has left the plan does not come back."""
    bench.phones["204"].watch("2001")
    wait_lamp(bench, "204", "terminated")
    dial(bench, "203", "2001").wait_ended(8)
    wait_lamp(bench, "204", "confirmed")
    call = call_in(bench, number=SECOND)
    wait_rings(bench, "206")
    call.wait_ended(5)
    assert outside_calls(bench) == []
    dial(bench, "203", "2001").wait_ended(8)
    wait_lamp(bench, "204", "terminated")
    call_in(bench, number=SECOND)
    bench.wait_until(lambda: outside_calls(bench) == [MOBILE.e164], "the mobile is called")


@pytest.mark.feature("F5")
def test_a_mode_key_on_a_number_chooses_between_two_destinations(bench: SwitchBench) -> None:
    call_in(bench, number=THIRD)
    wait_rings(bench, "204")
    bench.hang_up_all()
    dial(bench, "203", "2002").wait_ended(8)
    bench.restart(hard=True)  # the key keeps its colour
    call_in(bench, number=THIRD)
    wait_rings(bench, "205")


@pytest.mark.feature("B11")
@pytest.mark.parametrize("caller", ["", "+32470111222"], ids=["anonymous", "listed"])
def test_filtered_callers_are_refused(bench: SwitchBench, caller: str) -> None:
    call = call_in(bench, "2026-06-10T10:00", number=FOURTH, caller=caller)
    assert call.wait_ended() in {"403", "603"}
    assert not bench.diary.events(what=What.INVITED)


@pytest.mark.feature("B11")
def test_a_filter_with_hours_refuses_everybody_then_and_nobody_else_later(bench: SwitchBench) -> None:
    assert call_in(bench, "2026-06-14T10:00", number=FOURTH).wait_ended() in {"403", "603"}
    call_in(bench, "2026-06-16T10:00", number=FOURTH)
    wait_rings(bench, "203")


@pytest.mark.feature("B11")
def test_a_period_of_a_filter_has_a_destination_of_its_own(bench: SwitchBench) -> None:
    """And a period of opening hours that has one is open to a filter, which does not send its callers there."""
    call_in(bench, "2026-06-15T18:30", number=FOURTH)
    wait_rings(bench, "206")
    bench.hang_up_all()
    for moment in ("2026-06-15T17:59", "2026-06-15T19:00"):
        assert call_in(bench, moment, number=FOURTH).wait_ended() in {"403", "603"}
    assert not bench.diary.events("202", What.INVITED)
    call_in(bench, "2026-06-15T18:30", number=FOURTH, caller="+3225550042")  # who is not meant
    wait_rings(bench, "203")


@pytest.mark.feature("B11")
def test_a_filter_whose_hours_never_come_refuses_nobody(bench: SwitchBench) -> None:
    call_in(bench, "2026-06-16T10:00", number=FOURTH)
    wait_rings(bench, "203")


@pytest.mark.feature("D2", "B11")
def test_a_caller_rule_gives_some_callers_a_way_of_their_own(bench: SwitchBench) -> None:
    call_in(bench, "2026-06-15T10:00", number=FOURTH, caller="+31201234567")
    wait_rings(bench, "205")


@pytest.mark.feature("D5")
def test_who_answers_outside_presses_one_first(bench: SwitchBench) -> None:
    """D5: a mobile's voicemail that answers does not swallow the call; 1 puts it through."""
    bench.line("line1").behave(ANSWERS)
    call = call_in(bench, number=SECOND)
    wait_rings(bench, "201", "202", seconds=60)  # nobody pressed, twice; the plan goes on
    call.hang_up()
    bench.hang_up_all()
    bench.at_rest()
    bench.line("line1").behave(Answers(presses="1", presses_after_seconds=1.0))
    call_in(bench, number=SECOND).wait_for(What.ANSWERED, 15)
    assert bench.phones.ringing() == frozenset()


@pytest.mark.feature("D5")
def test_the_mobile_sees_who_calls_if_the_office_wants_it_so(bench: SwitchBench) -> None:
    call_in(bench, number=SECOND, caller=CALLER)
    bench.wait_until(lambda: len(outside_calls(bench)) == 1, "the mobile is called")
    assert bench.line("line1").invites[0].caller.number == CALLER


@pytest.mark.feature("D5")
def test_an_unanswered_transfer_returns_to_who_transferred_it(bench: SwitchBench) -> None:
    bench.phones.behave("203", ANSWERS)
    caller = dial(bench, "204", "203")
    caller.wait_for(What.ANSWERED)
    taken = bench.phones["203"].calls[-1]
    bench.wait_until(lambda: taken.packets_heard > 5, "sound")
    bench.phones.behave("203", Answers(after_seconds=30))
    taken.transfer("205")
    wait_rings(bench, "205")
    wait_rings(bench, "203", seconds=6)
    rang, back = bench.diary.events("205", What.RINGS)[0], bench.diary.events("203", What.RINGS)[-1]
    assert 1.9 < back.at - rang.at < 2.6


@pytest.mark.feature("D1")
def test_a_plan_that_says_where_it_may_be_used_is_refused_elsewhere(bench: SwitchBench) -> None:
    from appliance.office.call_plan import PlanUse
    from appliance.office.checks import check_office

    office = bench.office
    plans = (replace(office.call_plans[0], usable_in=frozenset({PlanUse.ATTENDANT})), *office.call_plans[1:])
    rules = {problem.rule for problem in check_office(replace(office, call_plans=plans))}
    assert "plan-not-for-this" in rules
    unsafe = CallPlan(id="unsafe", name="Unsafe", steps=(RingExtension("e201", 5),))
    assert "no-safety-net" in {
        problem.rule for problem in check_office(replace(office, call_plans=(*office.call_plans, unsafe)))
    }
    assert HangUp() == HangUp()

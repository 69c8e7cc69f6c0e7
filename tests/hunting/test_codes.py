"""Codes that lead outside: forwarding a number of the office by prefix, and speed-dial numbers."""

from __future__ import annotations

import pytest

from appliance.office.call_plan import CallPlan, CallSpeedDial
from appliance.office.destination import ToCallPlan
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.prefix_codes import ForwardingPrefix
from appliance.office.speed_dial import SpeedDial
from tests.hunting.outgoing_office import COMPANY, DIRECT, answered, outgoing_office
from tests.switch_bench.behaviour import PRESSES_ONE, RINGS
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

SUPPLIER = SpeedDial(id="sup", name="Supplier", short=ExtensionNumber("7001"), number=PhoneNumber("+32470555666"))


def dial_code(bench: SwitchBench, phone: str, code: str) -> None:
    """Dial a code and let the voice confirm it."""
    call = answered(bench, phone, code)
    call.wait_ended(10.0)


def taken_by(bench: SwitchBench, number: PhoneNumber) -> str:
    """Return what rings, or which number outside is called, when this number is called."""
    after = bench.diary.last
    before = len(bench.line("line2").invites) + len(bench.line("line1").invites)
    call = bench.line("line3").call(number.e164)
    call.wait_for(What.HEARS_RINGING, seconds=2.0)
    outside = [*bench.line("line1").invites, *bench.line("line2").invites][before:]
    rings = bench.diary.events(what=What.RINGS, after=after)
    call.hang_up()
    call.wait_ended()
    return outside[0].number if outside else rings[0].who


@pytest.mark.feature("B7")
def test_number_is_forwarded_by_prefix_and_back(bench: SwitchBench) -> None:
    """`*101*number` forwards the direct number only, `#101#` ends it; `*100*` forwards all."""
    bench.change(outgoing_office(forwarding_prefixes=(ForwardingPrefix(prefix="101", number_id="direct"),)))
    mobile = "+32470123456"
    ring_outside(bench, mobile)
    dial_code(bench, "201", "*101*0470123456")
    assert (taken_by(bench, DIRECT), taken_by(bench, COMPANY)) == (mobile, "201")
    dial_code(bench, "203", "#101#")
    assert taken_by(bench, DIRECT) == "202"
    dial_code(bench, "201", "*100*203")
    assert (taken_by(bench, DIRECT), taken_by(bench, COMPANY)) == ("203", "203")
    dial_code(bench, "201", "#100#")
    assert (taken_by(bench, DIRECT), taken_by(bench, COMPANY)) == ("202", "201")


@pytest.mark.feature("B7")
def test_number_is_not_forwarded_to_what_may_not_be_called(bench: SwitchBench) -> None:
    """A dear number is refused when the code is dialled, and nothing is forwarded."""
    bench.change(outgoing_office(forwarding_prefixes=(ForwardingPrefix(prefix="101", number_id="direct"),)))
    dial_code(bench, "201", "*101*090612345")
    assert taken_by(bench, DIRECT) == "202"


@pytest.mark.feature("B8")
def test_speed_dial_calls_its_number_from_a_phone_and_from_a_call_plan(bench: SwitchBench) -> None:
    """Four digits; in a plan as a step."""
    plan = CallPlan(id="plan", name="Plan", steps=(CallSpeedDial("sup", 5),))
    number = Number(id="main", number=COMPANY, destination=ToCallPlan("plan"))
    bench.change(outgoing_office(speed_dials=(SUPPLIER,), call_plans=(plan,), numbers=(number,)))
    answered(bench, "201", "7001").hang_up()
    bench.line("line1").behave(PRESSES_ONE)
    bench.line("line2").call(COMPANY.e164).wait_for(What.ANSWERED)
    assert [invite.number for invite in bench.line("line1").invites] == ["+32470555666"] * 2


def ring_outside(bench: SwitchBench, number: str) -> None:
    """Let a number outside ring and not answer."""
    bench.line("line1").behave(RINGS, number)

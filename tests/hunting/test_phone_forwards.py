"""A forward in the phone itself (302): followed where its owner may call, else the caller goes on in the plan."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.office.call_plan import CallPlan, GoTo, RingExtension
from appliance.office.destination import ToCallPlan, ToExtension
from appliance.office.office import Office
from appliance.office.voicemail import VoicemailBox
from tests.hunting.outgoing_office import COMPANY, asked
from tests.hunting.test_doors import ANYBODY, BARRED, MAY_ALL, MAY_NOT, MAY_OUTSIDE, MOBILE, going_to
from tests.switch_bench.behaviour import ANSWERS, PRESSES_ONE, Redirects
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B5", "E2", "R7")


def plan_of(first: str) -> Office:
    """A plan that rings one person, then 204."""
    steps = (RingExtension(f"e{first}", 3), GoTo(ToExtension(f"e{MAY_ALL}")))
    return going_to(ToCallPlan("plan"), call_plans=(CallPlan(id="plan", name="Plan", steps=steps),))


def sent_on(bench: SwitchBench, who: str, to: str, office: Office) -> Call:
    """Let a caller from outside meet a phone that sends calls elsewhere."""
    bench.hang_up_all()
    bench.change(office)
    bench.phones.register_extensions(*office.extensions)
    bench.at_rest()
    bench.phones.behave(who, Redirects(to=to))
    bench.line("line1").behave(PRESSES_ONE)
    return bench.line("line3").call(COMPANY.e164)


@pytest.mark.parametrize("to", [MOBILE.e164, "0470555444", "0032470555444", "0470-55.54.44"])
@pytest.mark.parametrize("who", [ANYBODY, MAY_OUTSIDE])
def test_forward_of_a_phone_outside_is_followed(bench: SwitchBench, who: str, to: str) -> None:
    """In any spelling; the caller talks with who answers there, and the office's number is shown."""
    call = sent_on(bench, who, to, plan_of(who))
    call.wait_for(What.ANSWERED)
    (invite,) = bench.line("line1").invites
    assert (invite.number, invite.caller.number) == (MOBILE.e164, COMPANY.e164)
    bench.wait_until(lambda: call.level(bench.line("line1").tone_hz) > 3000, "they hear each other")


def test_forward_of_a_phone_inside_is_followed(bench: SwitchBench) -> None:
    """A colleague rings; by a colleague's call too."""
    bench_call = sent_on(bench, ANYBODY, MAY_NOT, plan_of(ANYBODY))
    bench.wait_until(lambda: bench.phones.ringing() == {MAY_NOT}, "the colleague rings")
    bench_call.hang_up()
    bench.hang_up_all()
    bench.phones.behave(MAY_NOT, ANSWERS)
    bench.phones.call(MAY_ALL, ANYBODY).wait_for(What.ANSWERED)


@pytest.mark.parametrize("who", [ANYBODY, MAY_NOT, MAY_OUTSIDE])
def test_forward_of_a_phone_to_what_its_owner_may_not_call_is_passed_over(bench: SwitchBench, who: str) -> None:
    """Premium numbers, and for who may call inside only a mobile; codes, emergency, nonsense, ourselves: 204 rings."""
    barred = [number.e164 for number in BARRED[:2]] + ["090612345", "+320090612345", "*72202", "112", "99", "1"]
    barred += [COMPANY.e164, "025551001"]  # these would come in again on their own line
    for to in [*barred, *([MOBILE.e164] if who == MAY_NOT else [])]:
        sent_on(bench, who, to, plan_of(who))
        bench.wait_until(lambda: bench.phones.ringing() == {MAY_ALL}, f"204 rings after {to}", 6.0)
        assert asked(bench) == [], to


def test_guest_at_a_phone_pays_for_its_forward(bench: SwitchBench) -> None:
    """202, who may call inside only, is logged in at 204's phone, which sends calls to a mobile."""
    office = going_to(ToExtension(f"e{MAY_NOT}"))
    bench.change(office)
    bench.database_put("desk", f"ext-e{MAY_ALL}", f"e{MAY_NOT}")
    bench.database_put("at", f"e{MAY_NOT}", f"ext-e{MAY_ALL}")
    bench.database_put("special", f"e{MAY_NOT}", "1")
    call = sent_on(bench, MAY_ALL, MOBILE.e164, office)
    bench.wait_until(lambda: call.state is CallState.ENDED or MAY_NOT in bench.phones.ringing(), "it is decided", 8.0)
    assert asked(bench) == []


def test_phones_that_send_calls_to_each_other_do_not_send_them_for_ever(bench: SwitchBench) -> None:
    """Round and round three times, then the caller hears the voicemail box."""
    office = going_to(ToExtension(f"e{ANYBODY}"))
    box = VoicemailBox(pin=office.company_voicemail.pin)
    first, *others = office.extensions
    people = (replace(first, voicemail=box), *others)
    office = replace(office, extensions=people)
    bench.change(office)
    bench.phones.register_extensions(*office.extensions)
    bench.phones.behave(MAY_NOT, Redirects(to=ANYBODY))
    bench.phones.behave(ANYBODY, Redirects(to=MAY_NOT))
    call = bench.line("line3").call(COMPANY.e164)
    call.wait_for(What.ANSWERED, seconds=8.0)  # by the box
    assert len(bench.diary.events(ANYBODY, What.INVITED)) <= 3

"""Every door to the telephone company: a number that costs more goes out by none of them, a mobile by each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu, MenuKey
from appliance.office.backup_route import BackupRoute
from appliance.office.call_plan import CallNumber, CallPlan, CallSpeedDial, GoTo
from appliance.office.caller import CallerRule, Everybody
from appliance.office.calling_permission import CallingPermission
from appliance.office.checks import check_office, has_errors
from appliance.office.country import NumberKind
from appliance.office.destination import (
    Destination,
    HangUp,
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToSpeedDial,
)
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import NUMBER_FORWARD, forward_family
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightChoice, NightMode, NightSetting
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.prefix_codes import DiallingPrefix, ForwardingPrefix
from appliance.office.ring_group import RingGroup
from appliance.office.secret import Secret
from appliance.office.speed_dial import SpeedDial
from appliance.office.voicemail import VoicemailBox
from tests.hunting.outgoing_office import COMPANY, asked, outgoing_office
from tests.offices import an_extension
from tests.switch_bench.behaviour import ANSWERS, BUSY
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B5", "R7")

MOBILE = PhoneNumber("+32470555444")  # may be called by whom the delivered permission holds for
# Premium here and abroad, in countries that have a pack and that have none, of no country, a satellite.
BARRED = tuple(map(PhoneNumber, ("+3290612345", "+31909123456", "+448712345678", "+34803123456", "+979123456789")))
INSIDE_ONLY = CallingPermission(id="inside", name="Inside", kinds=frozenset({NumberKind.INSIDE}))
OUTSIDE_ONLY = CallingPermission(id="outside", name="Outside", kinds=frozenset({NumberKind.MOBILE}))
EVERYTHING = CallingPermission(id="everything", name="Everything", kinds=frozenset(NumberKind))
Door = Callable[[SwitchBench, str, PhoneNumber], Call]
LINES = ("line1", "line2")  # the third calls in
MAY_NOT, MAY_OUTSIDE, MAY_ALL = "202", "203", "204"
ANYBODY = "201"


def an_office(**settings: Any) -> Office:
    """201 may call as delivered, 202 inside only, 203 mobiles only, 204 everything."""
    people = tuple(
        replace(
            an_extension(number, f"Person {number}", with_voicemail=False),
            ring_seconds=2,
            permission_id=permission,
            login_pin=Secret("4711"),
        )
        for number, permission in (("201", None), ("202", "inside"), ("203", "outside"), ("204", "everything"))
    )
    whole: dict[str, Any] = {
        "permissions": (INSIDE_ONLY, OUTSIDE_ONLY, EVERYTHING),
        "extensions": people,
        "dialling_prefixes": (DiallingPrefix(prefix="31", number_id=None),),
        "forwarding_prefixes": (ForwardingPrefix(prefix="101", number_id="main"),),
        **settings,
    }
    return outgoing_office(**whole)


def going_to(destination: Destination, **settings: Any) -> Office:
    """An office whose number leads there."""
    return an_office(numbers=(Number(id="main", number=COMPANY, destination=destination),), **settings)


# Doors at a phone: each lets somebody try to reach a number and returns the call that ends last.


def dial(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Dial it."""
    return bench.phones.call(who, number.e164)


def dial_after_a_prefix(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Dial it with a code for the number shown."""
    return bench.phones.call(who, f"*31*00{number.e164[1:]}")


def dial_between_signs(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Dial it as an address book writes it."""
    return bench.phones.call(who, f"+{number.e164[1:3]}-{number.e164[3:6]}.{number.e164[6:]}")


def dial_with_a_national_prefix_left_in(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Dial +32 (0)906…, as a contact may hold it."""
    return bench.phones.call(who, f"{number.e164[:3]}0{number.e164[3:]}")


def redial(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Redial what stands in the store."""
    bench.database_put("redial", f"e{who}", number.e164)
    return bench.phones.call(who, "*66")


def transfer(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Pass a caller from outside on, without asking first."""
    bench.phones.behave(who, ANSWERS)
    caller = bench.line("line3").call(COMPANY.e164)
    taken = bench.phones[who].wait_for(What.ANSWERED)
    bench.wait_until(lambda: taken.level(bench.line("line3").tone_hz) > 3000, "they hear each other")
    after = bench.diary.last
    taken.transfer(number.e164)
    bench.diary.wait_for(who, What.TRANSFER, after=after)
    return caller


def transfer_of_a_colleague(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Pass a colleague on who may call everything: who passes on pays."""
    bench.phones.behave(who, ANSWERS)
    colleague = bench.phones.call(MAY_ALL, who)
    taken = bench.phones[who].wait_for(What.ANSWERED)
    bench.wait_until(lambda: taken.level(colleague.telephone.tone_hz) > 3000, "they hear each other")
    after = bench.diary.last
    taken.transfer(number.e164)
    bench.diary.wait_for(who, What.TRANSFER, after=after)
    return colleague


def transfer_after_asking(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Ask first, and pass on if somebody is there."""
    bench.phones.behave(who, ANSWERS)
    caller = bench.line("line3").call(COMPANY.e164)
    taken = bench.phones[who].wait_for(What.ANSWERED)
    second = bench.phones.call(who, number.e164)
    bench.wait_until(
        lambda: second.state in {CallState.ANSWERED, CallState.ENDED, CallState.PROGRESS}, "it is answered"
    )
    if second.state is CallState.ANSWERED:
        taken.transfer_to_call(second)
    return caller


def as_a_guest(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Dial at the phone of who may call everything, where one is logged in."""
    _log_in(bench, who, MAY_ALL)
    return bench.phones.call(MAY_ALL, number.e164)


def transfer_as_a_guest(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Pass a caller on at the phone of who may call everything."""
    _log_in(bench, who, MAY_ALL)
    bench.phones.behave(MAY_ALL, ANSWERS)
    caller = bench.line("line3").call(COMPANY.e164)
    taken = bench.phones[MAY_ALL].wait_for(What.ANSWERED)
    bench.wait_until(lambda: taken.level(bench.line("line3").tone_hz) > 3000, "they hear each other")
    after = bench.diary.last
    taken.transfer(number.e164)
    bench.diary.wait_for(MAY_ALL, What.TRANSFER, after=after)
    return caller


def forward_by_code(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Set a forward by code, and be called."""
    bench.phones.call(who, f"*72{number.e164}").wait_ended(8.0)
    return bench.line("line3").call(COMPANY.e164)


def forward_in_the_store(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """A forward that a page set, or that was allowed when it was set."""
    bench.database_put(forward_family(ForwardCase.ALWAYS), f"e{who}", number.e164)
    return bench.line("line3").call(COMPANY.e164)


def forward_odd_in_the_store(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """The same with a national prefix left in the number."""
    bench.database_put(forward_family(ForwardCase.ALWAYS), f"e{who}", f"{number.e164[:3]}0{number.e164[3:]}")
    return bench.line("line3").call(COMPANY.e164)


def forward_when_busy(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Busy, and forwarded then."""
    bench.database_put(forward_family(ForwardCase.BUSY), f"e{who}", number.e164)
    bench.phones.behave(who, BUSY)
    return bench.line("line3").call(COMPANY.e164)


def call_back(bench: SwitchBench, who: str, number: PhoneNumber) -> Call:
    """Be called back by a colleague who is forwarded meanwhile: whoever is forwarded pays."""
    bench.phones.behave(who, BUSY)
    bench.phones.call(MAY_ALL, who).wait_ended()
    bench.phones.behave(MAY_ALL, ANSWERS)
    bench.phones.call(MAY_ALL, "*37").wait_ended(8.0)
    bench.database_put(forward_family(ForwardCase.ALWAYS), f"e{who}", number.e164)
    after = bench.diary.last
    return bench.phones[MAY_ALL].wait_for(What.ANSWERED, after=after, seconds=8.0)


def _log_in(bench: SwitchBench, who: str, where: str) -> None:
    bench.database_put("desk", f"ext-e{where}", f"e{who}")
    bench.database_put("at", f"e{who}", f"ext-e{where}")
    for one in (who, where):
        bench.database_put("special", f"e{one}", "1")


AT_A_PHONE = (
    dial,
    dial_after_a_prefix,
    dial_between_signs,
    dial_with_a_national_prefix_left_in,
    redial,
    transfer,
    transfer_of_a_colleague,
    transfer_after_asking,
    as_a_guest,
    transfer_as_a_guest,
    forward_by_code,
    forward_in_the_store,
    forward_odd_in_the_store,
    forward_when_busy,
    call_back,
)
# What who may call nobody inside cannot do at all, or what does not begin at a phone of theirs.
FOR_INSIDE = {redial, transfer_of_a_colleague, forward_by_code, call_back}


@pytest.mark.parametrize("door", AT_A_PHONE, ids=lambda door: door.__name__)
def test_number_that_costs_more_goes_out_by_no_door_of_a_phone(bench: SwitchBench, door: Door) -> None:
    """Who may call as delivered, inside only, or mobiles only; and the mobile goes out for whom it may."""
    try_door(bench, door, BARRED[:1])


@pytest.mark.slow
@pytest.mark.parametrize("door", AT_A_PHONE, ids=lambda door: door.__name__)
def test_no_number_that_costs_more_goes_out_by_any_door_of_a_phone(bench: SwitchBench, door: Door) -> None:
    """The same for each barred number."""
    try_door(bench, door, BARRED)


def try_door(bench: SwitchBench, door: Door, barred: tuple[PhoneNumber, ...]) -> None:
    """Let each of three people try each number by a door."""
    for who in (ANYBODY, MAY_NOT, MAY_OUTSIDE):
        bench.change(going_to(ToExtension(f"e{who}")))
        bench.phones.register_extensions(*bench.office.extensions)
        for number in (*barred, *((MOBILE,) if who == MAY_NOT else ())):
            _at_rest(bench)
            call = door(bench, who, number)
            bench.wait_until(lambda: asked(bench) != [] or _is_over(bench, call), "the call is over, or goes out", 12.0)  # noqa: B023
            assert asked(bench) == [], (who, number)
        if who != MAY_NOT and not (who == MAY_OUTSIDE and door in FOR_INSIDE):
            _at_rest(bench)
            door(bench, who, MOBILE)
            bench.wait_until(lambda: asked(bench) != [], f"{who} calls the mobile", 12.0)
            assert {invite.number for line in LINES for invite in bench.line(line).invites} == {MOBILE.e164}


def _at_rest(bench: SwitchBench) -> None:
    bench.hang_up_all()
    bench.clear_memory()
    bench.at_rest()


def _is_over(bench: SwitchBench, call: Call) -> bool:
    """Whether the caller was told no, or the switch says so now, or some phone rings."""
    if call.state is CallState.ENDED or bench.phones.ringing():
        return True
    said = {item.get("ApplicationData", "") for item in bench.ami.list("CoreShowChannels")}
    return any(text.startswith(("belbox/not-allowed", "belbox/number-unknown")) for text in said)


# Doors of the office: what calls a number that nobody has dialled.


def plan(number: PhoneNumber) -> Office:
    """A step of a call plan."""
    steps = (CallNumber(number, 2), GoTo(HangUp()))
    return going_to(ToCallPlan("plan"), call_plans=(CallPlan(id="plan", name="Plan", steps=steps),))


def speed_dial_in_a_plan(number: PhoneNumber) -> Office:
    """A step that calls a speed-dial number."""
    dials = (SpeedDial(id="sup", name="Sup", short=ExtensionNumber("7001"), number=number),)
    plans = (CallPlan(id="plan", name="Plan", steps=(CallSpeedDial("sup", 2),)),)
    return going_to(ToCallPlan("plan"), call_plans=plans, speed_dials=dials)


def speed_dial(number: PhoneNumber) -> Office:
    """A speed-dial number as a destination."""
    dials = (SpeedDial(id="sup", name="Sup", short=ExtensionNumber("7001"), number=number),)
    return going_to(ToSpeedDial("sup"), speed_dials=dials)


def number_itself(number: PhoneNumber) -> Office:
    """A number of the office that leads outside."""
    return going_to(ToOutsideNumber(number))


def menu(number: PhoneNumber) -> Office:
    """A menu whose caller says nothing."""
    keys = {"1": MenuKey(does=KeyDoes.HANG_UP)}
    menus = Menu(keys=keys, timeout_seconds=1, tries=1, timeout=ToOutsideNumber(number))
    return going_to(ToAttendant("menu"), attendants=(AutoAttendant(id="menu", name="Menu", menu=menus),))


def caller_rule(number: PhoneNumber) -> Office:
    """A rule for every caller."""
    rule = CallerRule(id="all", name="All", callers=(Everybody(),), destination=ToOutsideNumber(number))
    numbers = (Number(id="main", number=COMPANY, destination=HangUp(), caller_rule_ids=("all",)),)
    return an_office(numbers=numbers, caller_rules=(rule,))


def group_member(number: PhoneNumber) -> Office:
    """A member of a group."""
    group = RingGroup(
        id="g300", number=ExtensionNumber("300"), name="G", member_ids=(), outside_members=(number,), ring_seconds=2
    )
    return going_to(ToRingGroup("g300"), ring_groups=(group,))


def backup_route(number: PhoneNumber) -> Office:
    """A backup route whose phones are gone."""
    gone = replace(an_extension("290", "Nobody", with_voicemail=False))
    route = BackupRoute(id="b", name="B", destination=ToOutsideNumber(number), watched_extension_ids=("e290",))
    numbers = (Number(id="main", number=COMPANY, destination=ToExtension("e290"), backup_route_id="b"),)
    office = an_office(numbers=numbers, backup_routes=(route,))
    return replace(office, extensions=(*office.extensions, gone))


def mode_key(number: PhoneNumber) -> Office:
    """A mode key that is green."""
    key = ModeKey(id="away", name="Away", number=ExtensionNumber("2001"), red=HangUp(), green=ToOutsideNumber(number))
    numbers = (Number(id="main", number=COMPANY, destination=HangUp(), mode_key_id="away"),)
    return an_office(numbers=numbers, mode_keys=(key,))


def night(number: PhoneNumber) -> Office:
    """Night mode."""
    office = going_to(
        ToExtension("e201"), night=NightMode(setting=NightSetting.ON, destination=ToOutsideNumber(number))
    )
    people = tuple(replace(extension, night=NightChoice.ON) for extension in office.extensions)
    return replace(office, extensions=people)


def after_a_greeting(number: PhoneNumber) -> Office:
    """A box that takes no messages."""
    box = VoicemailBox(pin=Secret("4711"), takes_messages=False, after_greeting=ToOutsideNumber(number))
    office = going_to(ToExtension("e290"))
    gone = replace(an_extension("290", "Nobody"), voicemail=box)
    return replace(office, extensions=(*office.extensions, gone))


OF_THE_OFFICE = (
    plan, speed_dial_in_a_plan, speed_dial, number_itself, menu, caller_rule, group_member, backup_route, mode_key,
    night, after_a_greeting,
)  # fmt: skip


@pytest.mark.parametrize("door", OF_THE_OFFICE, ids=lambda door: door.__name__)
def test_office_calls_nothing_by_itself_that_costs_more(
    bench: SwitchBench, door: Callable[[PhoneNumber], Office]
) -> None:
    """Not even with settings that no check has seen; what is allowed by name goes out, and so does a mobile."""
    for number in BARRED[1:3]:
        office = door(number)
        assert has_errors(check_office(office)), number
        assert called_in(bench, office) == set(), number
    assert called_in(bench, door(MOBILE)) == {MOBILE.e164}
    by_name = door(BARRED[0])
    by_name = replace(by_name, site=replace(by_name.site, allowed_numbers=(BARRED[0],)))
    shown = {problem.rule for problem in check_office(by_name)}
    assert "number-allowed-by-name" in shown
    assert "number-not-allowed" not in shown
    assert called_in(bench, by_name) == {BARRED[0].e164}


def called_in(bench: SwitchBench, office: Office) -> set[str]:
    """Call the office and return the numbers it called."""
    bench.hang_up_all()
    bench.change(office)
    bench.at_rest()
    call = bench.line("line3").call(COMPANY.e164)

    def is_decided() -> bool:
        return asked(bench) != [] or _is_over(bench, call) or call.state is CallState.ENDED or _speaks_to_a_box(bench)

    bench.wait_until(is_decided, "the call is over, or goes out", 12.0)
    return {invite.number for line in LINES for invite in bench.line(line).invites}


def _speaks_to_a_box(bench: SwitchBench) -> bool:
    return any(item.get("Application") == "VoiceMail" for item in bench.ami.list("CoreShowChannels"))


def test_number_is_forwarded_by_prefix_to_what_the_office_may_call_only(bench: SwitchBench) -> None:
    """Somebody who may call everything sets it: the office pays, so it is refused; and a stored one is not followed."""
    bench.change(going_to(ToExtension("e201")))
    bench.phones.register_extensions(*bench.office.extensions)
    for number in (*BARRED, MOBILE):
        _at_rest(bench)
        bench.phones.call(MAY_ALL, f"*101*{number.e164}").wait_ended(8.0)
        kept = bench.database_get(NUMBER_FORWARD, "main")
        assert kept == (MOBILE.e164 if number == MOBILE else None)
        bench.database_put(NUMBER_FORWARD, "main", number.e164)
        call = bench.line("line3").call(COMPANY.e164)
        bench.wait_until(lambda: asked(bench) != [] or _speaks_to_a_box(bench), "it went somewhere", 8.0)
        assert asked(bench) == (["line1"] if number == MOBILE else [])
        call.hang_up()


def test_who_may_call_nobody_inside_passes_nobody_on_inside(bench: SwitchBench) -> None:
    """A transfer asks what dialling asks."""
    bench.change(going_to(ToExtension(f"e{MAY_OUTSIDE}")))
    bench.phones.register_extensions(*bench.office.extensions)
    bench.phones.behave(MAY_OUTSIDE, ANSWERS)
    bench.line("line3").call(COMPANY.e164)
    taken = bench.phones[MAY_OUTSIDE].wait_for(What.ANSWERED)
    bench.wait_until(lambda: taken.level(bench.line("line3").tone_hz) > 3000, "they hear each other")
    after = bench.diary.last
    taken.transfer(ANYBODY)
    bench.diary.wait_for(MAY_OUTSIDE, What.TRANSFER, after=after)
    bench.wait_until(lambda: _is_over(bench, bench.line("line3").calls[-1]), "they hear that they may not")
    assert not bench.diary.events(ANYBODY, What.INVITED)

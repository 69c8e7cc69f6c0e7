"""Numbers to forward to, of every kind: the switch, `explain` and the checks say the same of each.

`*72NUMBER` keeps or refuses it; a call forwarded there, whatever a store of another day holds, goes where it is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu, MenuKey
from appliance.office.call_plan import CallPlan, GoTo, RingExtension
from appliance.office.calling_permission import CallingPermission
from appliance.office.checks import check_office, has_errors
from appliance.office.circumstances import Circumstances
from appliance.office.country import NumberKind
from appliance.office.declared.destinations import ForwardTo
from appliance.office.declared.place import place_of
from appliance.office.declared.reading import Spot
from appliance.office.declared.rows import reading
from appliance.office.declared.walk import short_numbers
from appliance.office.destination import ToExtension, ToVoicemail
from appliance.office.extension import Extension
from appliance.office.forward_targets import Verdict, typed_forward
from appliance.office.forwarding import ForwardCase, Forwarding
from appliance.office.live_settings import ALL_NUMBERS, NUMBER_FORWARD, forward_family
from appliance.office.mode_key import ModeKey
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.parking import Parking
from appliance.office.prefix_codes import ALL_NUMBERS_PREFIX
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret
from appliance.office.speed_dial import SpeedDial
from appliance.office.voicemail import LISTEN_NUMBER, SharedVoicemail, VoicemailBox
from appliance.storage.secrets import SECRET_MAKER
from tests.differential.random_office import OUTSIDE_SECONDS, RandomCall, random_office
from tests.differential.runs import one_call
from tests.switch.calls import give_prompts
from tests.switch.offices import MAIN, MOBILE, small_office
from tests.switch.test_golden_offices import GOLDEN, read
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import CallState

pytestmark = pytest.mark.feature("E2", "B5", "D3")

DEAR = PhoneNumber("+3290012345")
WHO, CALLER = "202", "204"
OUTSIDE = {
    "a mobile": "0470123456",
    "a mobile with +": MOBILE.e164,
    "abroad": "0031201234567",
    "a premium number": "090012345",
    "no number": "04701",
    "emergency": "112",
    "emergency after a 0": "0112",
    "a short number of nobody": "298",
    "one's own messages": LISTEN_NUMBER,
}
_ALWAYS = forward_family(ForwardCase.ALWAYS)
_ANSWERED = {CallState.ANSWERED, CallState.ENDED}


def office_of_all_kinds() -> Office:
    """Everything that can have a number, in an office of six."""
    first, *others = small_office().extensions
    office = small_office(
        extensions=(replace(first, voicemail=VoicemailBox(pin=Secret("4711"))), *others),
        call_plans=(
            CallPlan(
                id="plan",
                name="Plan",
                number=ExtensionNumber("500"),
                steps=(RingExtension("e205", 2), GoTo(ToVoicemail())),
            ),
        ),
        attendants=(
            AutoAttendant(
                id="menu",
                name="Menu",
                number=ExtensionNumber("600"),
                menu=Menu(
                    greeting_id="welcome",
                    keys={"1": MenuKey(does=KeyDoes.FORWARD, destination=ToExtension("e203"))},
                    timeout_seconds=1,
                    tries=1,
                ),
                reception=ToExtension("e206"),
            ),
        ),
        shared_voicemails=(
            SharedVoicemail(
                id="sales", name="Sales", number=ExtensionNumber("700"), box=VoicemailBox(pin=Secret("4711"))
            ),
        ),
        speed_dials=(
            SpeedDial(id="supplier", name="Supplier", short=ExtensionNumber("7001"), number=MOBILE),
            SpeedDial(id="dear", name="Dear", short=ExtensionNumber("7002"), number=DEAR),
        ),
        mode_keys=(ModeKey(id="away", name="Away", number=ExtensionNumber("2001"), red=ToExtension("e203")),),
        parking=Parking(name="Park", first=ExtensionNumber("810"), last=ExtensionNumber("812")),
    )
    return replace(office, site=replace(office.site, allowed_numbers=(DEAR,)))


def numbers_of(office: Office) -> dict[str, str]:
    """A number of every kind, by what it is."""
    found = {f"{place.steps[0][0]} {digits}": digits for place, digits, _ in short_numbers(office)}
    found |= {f"our own {number.number}": number.number.e164 for number in office.numbers}
    found |= {
        f"our own {number.number}, national": number.number.national(office.site.country) for number in office.numbers
    }
    if office.parking is not None:
        found["a place to park at"] = office.parking.first.digits
    return {**found, "the company's box": "999", **OUTSIDE}


def is_refused_by_the_checks(office: Office, who: Extension, text: str) -> bool:
    """Whether an office file that forwards there has a problem at that place."""
    place = place_of("extension", str(who.number)).below("forward_always")
    try:
        number = ForwardTo().read(text, Spot(reading(office, SECRET_MAKER), place))
    except InvalidValueError:
        return True
    forwarding = Forwarding(always=number)
    people = tuple(replace(one, forwarding=forwarding) if one.id == who.id else one for one in office.extensions)
    return any(str(problem.where) == str(place) for problem in check_office(replace(office, extensions=people)))


def kept_by_the_switch(bench: SwitchBench, who: Extension, dialled: str, family: str, key: str) -> str:
    """Dial a code with a number at a phone, and return what the switch keeps then; empty: nothing."""
    call = bench.phones.call(who.number.digits, dialled)
    bench.wait_until(lambda: call.state in _ANSWERED, f"{dialled} is decided")
    kept = bench.database_get(family, key) or ""
    bench.hang_up_all()
    bench.clear_memory()
    return kept


def disagreements(bench: SwitchBench, office: Office, who: Extension) -> Iterator[str]:
    """Dial `*72` and each number at a phone, and yield those of which the three do not say the same."""
    for what, text in numbers_of(office).items():
        told = typed_forward(office, who, text)
        kept = kept_by_the_switch(bench, who, f"*72{text}", _ALWAYS, who.id)
        is_refused = is_refused_by_the_checks(office, who, text)
        if kept != told.kept or is_refused != (kept == ""):
            checks = "refuse" if is_refused else "accept"
            yield f"{what} {text}: the switch keeps {kept!r}, told {told}, the checks {checks}"


@pytest.fixture(scope="module")
def bench(needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SwitchBench]:
    office = office_of_all_kinds()
    assert not has_errors(check_office(office))
    folder = tmp_path_factory.mktemp("targets")
    give_prompts(office, folder)
    with SwitchBench(office, folder, switch_root=switch_root) as it:
        it.phones.register_extensions(*office.extensions)
        it.register_test_phone()
        yield it


def test_every_kind_of_number_is_kept_or_refused_as_told(bench: SwitchBench) -> None:
    office = office_of_all_kinds()
    bench.change(office)
    who = office.extension(f"e{WHO}")
    assert list(disagreements(bench, office, who)) == []
    kept = {what for what, text in numbers_of(office).items() if typed_forward(office, who, text).kept}
    people = {f"extension {number}" for number in ("201", "203", "204", "205", "206")}
    others = {"ring_group 300", "call_plan 500", "attendant 600", "shared_voicemail 700", "speed_dial 7001"}
    assert kept == {*people, *others, "the company's box", "a mobile", "a mobile with +", "abroad"}


def test_a_number_of_the_office_is_forwarded_where_it_is_told(bench: SwitchBench) -> None:
    """By `*100*`: to whoever forwards it as well, and only to what the office itself may call."""
    office = office_of_all_kinds()
    everything = CallingPermission(id="all", name="All", kinds=frozenset(NumberKind))
    people = tuple(replace(one, permission_id="all") for one in office.extensions)
    office = replace(office, permissions=(everything,), extensions=people)
    office = replace(office, site=replace(office.site, allowed_numbers=()), speed_dials=office.speed_dials[:1])
    bench.change(office)
    who = office.extension(f"e{WHO}")
    for what, text in numbers_of(office).items():
        told = typed_forward(office, who, text, of_a_number=True)
        kept = kept_by_the_switch(bench, who, f"*{ALL_NUMBERS_PREFIX}*{text}", NUMBER_FORWARD, ALL_NUMBERS)
        assert kept == told.kept, (what, told)
    assert typed_forward(office, who, WHO, of_a_number=True).kept == WHO
    assert typed_forward(office, who, DEAR.e164).kept == DEAR.e164
    assert typed_forward(office, who, DEAR.e164, of_a_number=True).verdict is Verdict.NOT_ALLOWED


@pytest.mark.parametrize("kept", [*sorted({*numbers_of(office_of_all_kinds()).values()} - {WHO})])
def test_a_call_forwarded_there_goes_where_it_is_told(bench: SwitchBench, kept: str) -> None:
    """Also one that the code would have refused."""
    office = office_of_all_kinds()
    bench.change(office)
    now = Circumstances(
        at=datetime(2026, 6, 10, 10),
        calling_extension_id=f"e{CALLER}",
        forwards={(f"e{WHO}", ForwardCase.ALWAYS): kept},
        outside_seconds=OUTSIDE_SECONDS,
    )
    found = one_call(bench, office, 0, RandomCall(MAIN, WHO, now))
    assert found is not None
    assert found.differences == (), found
    called = {invite.number for trunk in office.trunks for invite in bench.line(trunk.id).invites}
    assert not called & {"112", MAIN.e164, DEAR.e164}


@pytest.mark.parametrize("name", ["seed 1", "seed 2", "seed 3", *sorted(path.stem for path in GOLDEN.glob("*.toml"))])
def test_random_and_golden_offices_keep_and_refuse_as_told(bench: SwitchBench, name: str) -> None:
    office = random_office(int(name.removeprefix("seed "))) if name.startswith("seed") else read(name)
    give_prompts(office, bench.folder)
    bench.change(office)
    bench.phones.register_extensions(*office.extensions)
    bench.at_rest()
    who = next(one for one in office.extensions if NumberKind.INSIDE in office.permission_of(one).kinds)
    assert list(disagreements(bench, office, who)) == []

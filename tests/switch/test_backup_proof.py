"""The proof of a backup route, over a real switch: the route itself, as a call takes it while no phone answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.asterisk.line_check import watch_during
from appliance.asterisk.manager_interface import Message
from appliance.compiler.dialplan.entrances import AS_IF_PHONES_GONE
from appliance.office.backup_route import BackupRoute
from appliance.office.destination import ToOutsideNumber, ToRingGroup, ToSpeedDial
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber
from appliance.office.speed_dial import SpeedDial
from tests.switch.calls import call_in, dial, opened, outside_calls, wait_application
from tests.switch.offices import MAIN, MOBILE, SECOND, small_office
from tests.switch_bench.behaviour import ANSWERS, PRESSES_ONE
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import CallState
from tests.switch_bench.diary import What

MAILBOX = ANSWERS  # of a mobile: it answers, and presses nothing


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """The main number has a backup route to the mobile; everything else as delivered."""
    office = small_office(
        speed_dials=(SpeedDial(id="jan", name="Jan", short=ExtensionNumber("7001"), number=MOBILE),),
        backup_routes=(BackupRoute(id="mobile-of-jan", name="Mobile", destination=ToOutsideNumber(MOBILE)),),
        numbers=(
            Number(id="main", number=MAIN, destination=ToRingGroup("g300"), backup_route_id="mobile-of-jan"),
            Number(id="second", number=SECOND, destination=ToSpeedDial("jan")),
        ),
    )
    with opened(office, tmp_path_factory.mktemp("backup"), switch_root) as bench:
        yield bench


def is_put_through(bench: SwitchBench) -> bool:
    """Take the route by the test phone, as the wizard does, until somebody has the call."""

    def take() -> None:
        call = bench.phones.call("test-phone", f"{AS_IF_PHONES_GONE}mobile-of-jan")
        call.wait_for(What.ANSWERED, 40)
        call.hang_up()

    def is_through(event: Message) -> bool:
        return event.get("Event") == "BridgeEnter" and event.get("Channel", "").startswith("PJSIP/trunk-line1-")

    _, event = watch_during(bench.manager_address, take, is_through)
    return event is not None


@pytest.mark.feature("A12", "D4", "D5")
def test_the_route_is_taken_while_every_phone_is_there_and_one_puts_it_through(bench: SwitchBench) -> None:
    bench.line("line1").behave(PRESSES_ONE)
    assert is_put_through(bench)
    assert outside_calls(bench) == [MOBILE.e164]
    assert bench.line("line1").invites[0].caller.number == MAIN.e164
    assert not bench.diary.events("201", What.INVITED)


@pytest.mark.feature("A12", "D4", "D5")
def test_a_mailbox_of_the_mobile_is_nobody_and_the_caller_reaches_the_box_of_the_office(bench: SwitchBench) -> None:
    """As delivered: by the proof, and by a call from outside while no phone is there."""
    bench.line("line1").behave(MAILBOX)
    assert not is_put_through(bench)
    bench.hang_up_all()
    bench.at_rest()
    for extension in bench.office.extensions:
        bench.phones[extension.number.digits].unregister()
    bench.line("line1").behave(MAILBOX)
    call = call_in(bench)
    wait_application(bench, "VoiceMail", "company@", seconds=40)
    assert call.state is CallState.ANSWERED
    assert outside_calls(bench) == [MOBILE.e164]
    for extension in bench.office.extensions:
        bench.phones[extension.number.digits].register()


@pytest.mark.feature("D5")
def test_an_office_that_wants_no_one_pressed_is_put_through_at_once(bench: SwitchBench) -> None:
    before = bench.office
    bench.change(replace(before, behaviour=replace(before.behaviour, confirms_backup=False)))
    bench.line("line1").behave(MAILBOX)
    assert is_put_through(bench)
    bench.change(before)


@pytest.mark.feature("B8", "D5")
def test_a_speed_dial_that_calls_are_sent_to_is_confirmed_and_one_that_is_dialled_is_not(bench: SwitchBench) -> None:
    bench.line("line1").behave(MAILBOX)
    dial(bench, "204", "7001").wait_for(What.ANSWERED)
    bench.hang_up_all()
    call = call_in(bench, number=SECOND)
    assert call.wait_ended(40) != "", "nobody pressed 1"
    assert not bench.diary.events("test-phone", What.ANSWERED)
    bench.line("line1").behave(PRESSES_ONE)
    call_in(bench, number=SECOND).wait_for(What.ANSWERED, 15)

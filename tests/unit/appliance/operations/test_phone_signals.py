"""A phone is told through its registration, else where it was seen; and those that wait are asked now and then."""

from __future__ import annotations

import threading

import pytest

from appliance.office.numbers import MacAddress
from appliance.operations.phone_signals import PhoneSignals, Signal, Told, Way
from appliance.operations.waiting_phones import WaitingPhones
from provisioning.phone_identity import PhoneState
from tests.edges.edged_box import ADDRESS, MAC, EdgedBox, MakeBox
from tests.offices import two_phones


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    made.see()
    return made


def tell(box: EdgedBox, seconds: float = 0.0) -> Told:
    return PhoneSignals(box.box, fetch_seconds=seconds).tell(MAC, Signal.RESYNC)


def test_a_phone_is_told_where_it_is_registered_and_its_fetch_is_waited_for(box: EdgedBox) -> None:
    def fetch() -> None:
        box.switch.wait_heard("PJSIPNotify")
        box.clock.go_on(2.5)
        box.see(state=PhoneState.FETCHED, asked="805ec0000201.cfg")

    box.register()
    fetching = threading.Thread(target=fetch)
    fetching.start()
    assert tell(box, seconds=10.0) == Told(way=Way.SWITCH, fetched_after=2.5)
    fetching.join()
    assert box.lan.notified == []


def test_a_phone_that_is_not_registered_is_told_where_it_was_seen(box: EdgedBox) -> None:
    assert tell(box) == Told(way=Way.NONE)
    box.lan.answers = {ADDRESS: 200}
    assert tell(box) == Told(way=Way.DIRECT, code=200)


def test_a_phone_of_the_same_employee_elsewhere_is_not_told_in_its_place(box: EdgedBox) -> None:
    box.register(address="192.168.77.66")
    assert tell(box).way is Way.NONE
    assert "PJSIPNotify" not in {one["Action"] for one in box.switch.heard}


def test_a_phone_that_is_not_the_offices_is_told_nothing(box: EdgedBox) -> None:
    with pytest.raises(KeyError):
        box.operations.phone_signals.tell(MacAddress.parse("80:5e:c0:00:02:09"), Signal.RESYNC)


def test_a_user_with_a_new_password_loses_the_registration_of_the_old_one(box: EdgedBox) -> None:
    box.register()
    box.switch.store["registrar", "contact/ext-e201"] = "kept"
    box.operations.phone_signals.resync((), {"ext-e201"})
    assert ("registrar", "contact/ext-e201") not in box.switch.store


def test_who_waits_is_asked_once_in_a_while_and_only_while_it_may_come(box: EdgedBox) -> None:
    box.lan.answers = {ADDRESS: 200}
    WaitingPhones(box.box).nudge()
    assert box.lan.notified == [], "nobody may enrol now"
    box.operations.phones.approve(MAC)
    waiting = WaitingPhones(box.box)
    waiting.nudge()
    box.lan.wait_notified(ADDRESS)
    waiting.nudge()
    assert len(box.lan.notified) == 1

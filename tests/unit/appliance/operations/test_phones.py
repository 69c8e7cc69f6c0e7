"""Phones of the LAN and of the office: listed, given to somebody, let in, replaced, with their keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from appliance.changes.phones import TypedKey
from appliance.errors import ApplyFailed
from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.office.phone_key import Colleague, NightSwitch, OwnLine, PhoneKey
from appliance.office.secret import Secret
from appliance.operations.phone_list import MOST_SHOWN, Standing
from appliance.operations.phones import ENROLMENT_WINDOW
from provisioning.enrolment import load_enrolment
from provisioning.phone_identity import Answer, PhoneState
from tests.edges.edged_box import ADDRESS, MAC, EdgedBox, MakeBox
from tests.offices import two_phones

BY = "sandra"
NEW = MacAddress.parse("80:5e:c0:00:02:09")


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    made.see()
    return made


def standing(box: EdgedBox, mac: MacAddress = MAC) -> Standing:
    return next(phone.state for phone in box.operations.live.now().phones if phone.mac == mac)


def test_a_phone_stands_where_it_was_seen_last_until_it_registers(box: EdgedBox) -> None:
    assert standing(box) is Standing.SEEN
    for state in (PhoneState.ASKED, PhoneState.ENROLLED, PhoneState.FETCHED):
        box.clock.go_on(1)
        box.see(state=state)
        assert standing(box) == state.value
    box.register(address="192.168.77.66")
    assert standing(box) is Standing.FETCHED, "that is another phone of the same employee"
    box.register()
    assert standing(box) is Standing.REGISTERED
    box.switch.contacts = []
    box.look_anew()
    box.clock.go_on(timedelta(hours=1).total_seconds())
    assert standing(box) is Standing.ABSENT


def test_of_many_strangers_the_newest_are_shown_and_the_others_counted(box: EdgedBox) -> None:
    for count in range(MOST_SHOWN + 3):
        box.clock.go_on(1)
        box.see(MacAddress.parse(f"00:04:13:00:01:{count:02x}"), brand=Brand.SNOM, address=None)
    live = box.operations.live.now()
    assert (len(live.phones), live.more_phones) == (MOST_SHOWN + 1, 3)
    assert MacAddress.parse("00:04:13:00:01:00") not in {phone.mac for phone in live.phones}


def test_a_phone_that_was_found_is_given_to_somebody_and_taken_away_again(make_box: MakeBox) -> None:
    box = make_box(replace(two_phones(), phones=()))
    phones = box.operations.phones
    (refused,) = phones.assign(mac=str(MAC), extension_id="e201", author=BY).problems
    assert (refused.where, refused.rule) == ("extension_id", "no-such-phone")
    box.see()
    assert phones.assign(mac=str(MAC), extension_id="e201", author=BY).problems == ()
    (given,) = box.office.phones
    assert (given.mac, given.model, given.extension_id) == (MAC, "SIP-T46U", "e201")
    assert phones.assign(mac=str(MAC), extension_id="", author=BY).problems == ()
    assert box.office.phones == ()
    assert [one.rule for one in phones.assign(mac="nonsense", extension_id="", author=BY).problems] == ["mac-form"]


def test_the_window_is_open_for_its_time_and_no_longer(box: EdgedBox) -> None:
    box.operations.phones.open_enrolment()
    assert box.operations.live.now().enrolment_open_until == box.clock() + ENROLMENT_WINDOW
    box.clock.go_on(ENROLMENT_WINDOW.total_seconds())
    assert box.operations.live.now().enrolment_open_until is None
    box.operations.phones.open_enrolment()
    box.operations.phones.close_enrolment()
    assert box.operations.live.now().enrolment_open_until is None


def test_another_phone_takes_the_place_of_one_and_is_let_in(box: EdgedBox) -> None:
    replaced = box.operations.phones.replace
    assert [one.rule for one in replaced(MAC, str(NEW), author=BY).problems] == ["no-such-phone"]
    box.see(NEW, address="192.168.77.109")
    assert replaced(MAC, str(NEW), author=BY, wait=True).problems == ()
    assert [phone.mac for phone in box.office.phones] == [NEW]
    assert not box.operations.live.now().unapplied_changes
    assert NEW in load_enrolment(box.box.paths).approved
    assert ("192.168.77.109", "check-sync;reboot=false") in box.lan.notified


def test_a_replacement_that_the_switch_refuses_is_told_as_such(box: EdgedBox) -> None:
    box.see(NEW)
    box.switch.refuses = {"Reload"}
    with pytest.raises(ApplyFailed):
        box.operations.phones.replace(MAC, str(NEW), author=BY)


def test_a_lan_that_cannot_be_asked_breaks_nothing(box: EdgedBox, caplog: pytest.LogCaptureFixture) -> None:
    box.operations.phones.scan_lan()
    assert box.lan.scans == 1
    box.lan.fault = PermissionError("no right to")
    box.operations.phones.scan_lan()
    assert "no right to" in caplog.text


def test_keys_stand_at_their_places_with_what_the_phone_shows(box: EdgedBox) -> None:
    keys = (PhoneKey(position=3, does=Colleague("e202"), label="Sandra"), PhoneKey(position=200, does=NightSwitch()))
    phone = replace(box.office.phones[0], keys=keys)
    box.save(replace(box.office, phones=(phone,)))
    detail = box.operations.phone_keys.detail(str(MAC))
    assert detail is not None
    assert [key.position for key in detail.keys if key.module == 0] == list(range(1, detail.line_keys + 1))
    first, third = detail.keys[0], detail.keys[2]
    assert (first.kind, first.value) == ("line", "1"), "nobody chose it, and the phone has its line there"
    assert (third.kind, third.value, third.label, third.shown) == ("colleague", "e202", "Sandra", "Sandra")
    assert [(key.position, key.kind) for key in detail.dropped] == [(200, "night")], "this model has no such place"
    assert detail.lines == ["201"]


def test_keys_are_saved_as_typed_or_refused_each_at_its_number(box: EdgedBox) -> None:
    save = box.operations.phone_keys.save
    wrong = [TypedKey(position=1, kind="line", value="1"), TypedKey(position=2, kind="colleague", value="nobody")]
    assert [(one.where, one.rule) for one in save(MAC, wrong, author=BY).problems] == [("key 2", "key-function")]
    assert save(MAC, wrong[:1], author=BY).problems == ()
    assert box.office.phones[0].keys == (PhoneKey(position=1, does=OwnLine(1)),)


def test_what_a_phone_asked_for_is_told_with_the_newest_first(box: EdgedBox) -> None:
    for asked in ("first.cfg", "second.cfg"):
        box.clock.go_on(1)
        box.see(state=PhoneState.ASKED, asked=asked, answer=Answer.NOT_THERE)
    detail = box.operations.phone_keys.detail(str(MAC))
    assert detail is not None
    assert [request.asked for request in detail.requests] == ["second.cfg", "first.cfg"]
    assert box.operations.phone_keys.detail("nonsense") is None
    assert box.operations.phone_keys.detail(str(NEW)) is None


def test_a_model_that_no_driver_knows_has_no_keys(box: EdgedBox) -> None:
    box.save(replace(box.office, phones=(replace(box.office.phones[0], model="T-1000", token=Secret("f" * 32)),)))
    detail = box.operations.phone_keys.detail(str(MAC))
    assert detail is not None
    assert (detail.is_known_model, detail.keys, detail.phone.address) == (False, (), ADDRESS)

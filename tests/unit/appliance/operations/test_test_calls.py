"""What the box's own phone hears proves only what the switch saw meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from appliance.office.behaviour import BackupCheck, Behaviour
from appliance.office.destination import ToVoicemail
from appliance.operations.test_calls import as_if_from_outside
from appliance.test_phone.result import TestCallOutcome, TestCallResult
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.edges.telephone import a_call
from tests.offices import two_phones

PHONE_RINGS = {"Event": "Newstate", "Channel": "PJSIP/ext-e201-01", "ChannelStateDesc": "Ringing"}
LINE_ANSWERS = {"Event": "Newstate", "Channel": "PJSIP/trunk-line1-01", "ChannelStateDesc": "Up"}
LINE_IS_THROUGH = {"Event": "BridgeEnter", "Channel": "PJSIP/trunk-line1-01"}


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    made.see()
    made.register()
    return made


def is_tested(box: EdgedBox) -> bool:
    return box.office.phones[0].mac in box.operations.live.listed.tested()


def test_a_phone_that_rings_is_tested(box: EdgedBox) -> None:
    box.test_phone.events = [PHONE_RINGS]
    assert box.operations.test_calls.ring_phone("e201").outcome is TestCallOutcome.RANG
    assert is_tested(box)


@pytest.mark.parametrize("channel", ["PJSIP/ext-e202-01", "PJSIP/trunk-line1-01"])
def test_a_call_that_rings_elsewhere_tests_nothing(box: EdgedBox, channel: str) -> None:
    box.test_phone.events = [{**PHONE_RINGS, "Channel": channel}]
    box.operations.test_calls.ring_phone("e201")
    assert not is_tested(box)


def test_of_two_phones_at_one_extension_none_is_tested(box: EdgedBox) -> None:
    (contact,) = box.switch.contacts
    box.switch.contacts = [contact, {**contact, "ViaAddr": "192.168.77.66", "ObjectName": "other"}]
    box.look_anew()
    box.test_phone.events = [PHONE_RINGS]
    box.operations.test_calls.ring_phone("e201")
    assert not is_tested(box)


def test_the_backup_route_is_proven_by_its_own_call_once_it_is_put_through_at_the_line(box: EdgedBox) -> None:
    box.test_phone.result, box.test_phone.events = a_call(TestCallOutcome.ANSWERED), [LINE_ANSWERS, LINE_IS_THROUGH]
    assert box.operations.test_calls.prove_backup_route().outcome is TestCallOutcome.ANSWERED
    assert box.test_phone.called == ["*41*mobile"]
    assert "backup_route" in box.proven()


@pytest.mark.parametrize("outcome", TestCallOutcome)
def test_a_mobile_that_only_rings_or_whose_mailbox_answers_proves_nothing(
    box: EdgedBox, outcome: TestCallOutcome
) -> None:
    """The company's voicemail answers the test phone then: that is not the mobile."""
    box.test_phone.result, box.test_phone.events = a_call(outcome), [LINE_ANSWERS]
    told = box.operations.test_calls.prove_backup_route().outcome
    assert told is (TestCallOutcome.RANG if outcome is TestCallOutcome.ANSWERED else outcome)
    assert "backup_route" not in box.proven()


def test_another_check_of_who_answers_takes_the_proof_away(box: EdgedBox) -> None:
    box.prove("backup_route")
    box.apply(replace(two_phones(), behaviour=Behaviour(confirms_backup=False)))
    assert "backup_route" not in box.proven()


def test_a_backup_route_that_leads_inside_or_is_not_used_or_not_in_force_is_not_called(box: EdgedBox) -> None:
    routes = (replace(two_phones().backup_routes[0], destination=ToVoicemail()),)
    box.save(replace(two_phones(), backup_routes=routes))
    assert box.operations.test_calls.prove_backup_route().detail == "no-backup-route"
    box.apply(replace(two_phones(), behaviour=Behaviour(backup_check=BackupCheck.OFF)))
    assert box.operations.test_calls.prove_backup_route().detail == "no-backup-route"
    box.save(replace(two_phones(), trunks=()))
    assert box.operations.test_calls.prove_backup_route().detail == "no-backup-route"
    assert box.test_phone.called == []


def test_without_a_switch_the_call_failed(box: EdgedBox) -> None:
    box.switch.close()
    assert box.operations.test_calls.ring_phone("e201").outcome is TestCallOutcome.FAILED


def test_a_call_as_if_from_outside_says_who_calls_and_when() -> None:
    number, headers = as_if_from_outside("+3225551001", "anonymous", datetime(2026, 12, 25, 10, tzinfo=UTC))
    assert number.endswith("+3225551001")
    assert headers == {"X-Belbox-Caller": "anonymous", "X-Belbox-At": "1798192800"}
    assert "X-Belbox-At" not in as_if_from_outside("+3225551001", "anonymous", None)[1]


def test_the_result_of_a_call_is_read_back_as_it_was_printed() -> None:
    seen = replace(a_call(TestCallOutcome.ANSWERED, 200, "é"), tone_level=812.5, digits="12", seconds_to_ring=0.4)
    assert TestCallResult.read(seen.as_json()) == seen
    for text in ("", "{}", "[]", '{"outcome": "sang"}'):
        with pytest.raises(ValueError):  # noqa: PT011  (json's own, or ours)
            TestCallResult.read(text)

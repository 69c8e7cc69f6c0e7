"""An apply is everything that belongs to it: switch, phones told, ticks; or nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.errors import ApplyFailed
from appliance.office.phone_key import Colleague, PhoneKey
from appliance.operations import proofs
from provisioning.phone_identity import PhoneState
from tests.edges.edged_box import ADDRESS, MAC, EdgedBox, MakeBox
from tests.offices import an_extension, two_phones


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    made.see(state=PhoneState.FETCHED)
    made.register()
    return made


def with_a_key(box: EdgedBox) -> None:
    phone = replace(box.office.phones[0], keys=(PhoneKey(position=3, does=Colleague("e202")),))
    box.save(replace(box.office, phones=(phone,)))


def test_a_phone_with_other_settings_is_told_through_its_registration(box: EdgedBox) -> None:
    with_a_key(box)
    applied = box.operations.in_force.apply(wait=True)
    assert applied.changed_phones == {MAC}
    (told,) = [one for one in box.switch.heard if one["Action"] == "PJSIPNotify"]
    assert ADDRESS in told["URI"]
    assert not box.operations.live.now().unapplied_changes


def test_who_has_no_other_settings_is_told_nothing_unless_the_caller_wants_it(box: EdgedBox) -> None:
    box.operations.in_force.apply(wait=True)
    assert "PJSIPNotify" not in {one["Action"] for one in box.switch.heard}
    box.operations.in_force.apply(also_tell={MAC}, wait=True)
    assert "PJSIPNotify" in {one["Action"] for one in box.switch.heard}


def test_an_apply_that_the_switch_refuses_leaves_everything_as_it_was(box: EdgedBox) -> None:
    before = box.box.generation_in_force()
    box.save(replace(box.office, extensions=(*box.office.extensions, an_extension("203", "An"))))
    box.switch.refuses = {"Reload"}
    with pytest.raises(ApplyFailed):
        box.operations.in_force.apply()
    assert box.box.generation_in_force() == before
    assert box.operations.live.now().unapplied_changes
    assert "PJSIPNotify" not in {one["Action"] for one in box.switch.heard}


def test_being_in_force_proves_the_place_and_the_employees_that_the_switch_names(box: EdgedBox) -> None:
    assert proofs.PLACE in box.proven()
    assert proofs.EMPLOYEES not in box.proven(), "the switch named none of them"
    box.switch.device_states = {"ext-e201": "Not in use", "ext-e202": "Unavailable"}
    box.operations.in_force.apply()
    assert box.proven()[proofs.EMPLOYEES].facts == {"count": "2"}


def test_without_a_switch_the_settings_wait_for_its_start_and_nothing_is_proven(make_box: MakeBox) -> None:
    box = make_box(two_phones(), applied=False)
    box.switch.close()
    assert not box.operations.in_force.apply().switch_was_running
    assert box.proven() == {}

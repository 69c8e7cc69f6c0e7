"""New firmware goes over the phones that it is for, one rollout at a time."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.asterisk.live_state import LiveState
from appliance.office.phone import Brand
from provisioning.firmware_library import FirmwareRefused
from provisioning.firmware_rollout import Progress, RolloutState
from tests.edges.edged_box import MAC, EdgedBox, MakeBox
from tests.offices import two_phones

IMAGE = "T46U.rom"


@pytest.fixture
def box(make_box: MakeBox, tmp_path: Path) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    made.see()
    image = tmp_path / IMAGE
    image.write_bytes(b"firmware")
    digest = hashlib.sha256(b"firmware").hexdigest()
    made.operations.firmware.add(image, brand=Brand.YEALINK, models=["SIP-T46U"], version="108.86.0.118", digest=digest)
    return made


def test_the_library_tells_how_many_phones_each_file_is_for(box: EdgedBox) -> None:
    assert [(one.firmware.name, one.phones) for one in box.operations.firmware.library()] == [(IMAGE, 1)]
    box.operations.firmware.remove(IMAGE)
    assert box.operations.firmware.library() == ()


def test_a_rollout_begins_once_and_is_stopped_by_who_says_so(box: EdgedBox) -> None:
    firmware = box.operations.firmware
    assert firmware.stop("nobody") is None
    firmware.begin(IMAGE)
    with pytest.raises(FirmwareRefused):
        firmware.begin(IMAGE)
    stopped = firmware.stop("sandra")
    assert stopped is not None
    assert (stopped.state, stopped.because) == (RolloutState.STOPPED, "sandra")
    assert firmware.rollout() == stopped


def test_firmware_for_no_phone_of_the_office_does_not_begin(box: EdgedBox) -> None:
    box.save(replace(two_phones(), phones=()))
    with pytest.raises(FirmwareRefused):
        box.operations.firmware.begin(IMAGE)
    with pytest.raises(FirmwareRefused):
        box.operations.firmware.begin("another.rom")


def test_a_phone_whose_turn_it_is_is_given_the_firmware_and_told(box: EdgedBox) -> None:
    box.register()
    box.operations.firmware.begin(IMAGE, by_night=False)
    state = box.box.look()
    box.operations.firmware.go_on(state)
    rollout = box.operations.firmware.rollout()
    assert rollout is not None
    assert [(phone.mac, phone.progress) for phone in rollout.phones] == [(MAC, Progress.TOLD)]
    box.switch.wait_heard("PJSIPNotify")
    assert box.box.around_phones.firmware[MAC].path == IMAGE


def test_a_phone_that_is_not_there_is_not_begun_with(box: EdgedBox) -> None:
    box.operations.firmware.begin(IMAGE, by_night=False)
    box.operations.firmware.go_on(LiveState(lines=(), contacts=(), calls=0))
    rollout = box.operations.firmware.rollout()
    assert rollout is not None
    assert [phone.progress for phone in rollout.phones] == [Progress.WAITING]

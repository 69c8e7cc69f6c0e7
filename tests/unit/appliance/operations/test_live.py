"""What is so now: asked of the switch at most twice a second, told again when a file says that it changed."""

from __future__ import annotations

import threading
import time

from appliance.operations.live import LineState
from appliance.operations.shared_look import FRESH_SECONDS
from provisioning.phone_identity import PhoneState
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones


def test_lines_and_phones_are_told_as_the_switch_says(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(two_phones())
    box.line_is("Rejected")
    live = box.operations.live.now()
    assert live.switch_answers
    assert [(line.name, line.state) for line in live.lines] == [("Line line1", LineState.UNREGISTERED)]
    assert not live.unapplied_changes


def test_a_switch_that_does_not_answer_has_no_lines(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(two_phones())
    box.switch.close()
    box.look_anew()
    live = box.operations.live.now()
    assert (live.switch_answers, live.lines) == (False, ())
    assert len(live.phones) == 1, "the office still has its phone"


def test_many_who_look_ask_the_switch_twice_a_second_at_most(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(two_phones())
    box.look_anew()
    box.switch.heard.clear()
    began = time.monotonic()
    for _ in range(5):
        box.operations.live.now()
    most = 1 + int((time.monotonic() - began) / FRESH_SECONDS)
    assert [one["Action"] for one in box.switch.heard].count("CoreShowChannels") <= most


def test_a_saved_change_is_told_until_it_is_in_force(make_box: MakeBox) -> None:
    box: EdgedBox = make_box()
    assert not box.operations.live.now().unapplied_changes, "nothing was ever saved"
    box.save(two_phones())
    assert box.operations.live.now().unapplied_changes
    box.operations.in_force.apply()
    assert not box.operations.live.now().unapplied_changes


def test_who_waits_for_a_change_is_told_of_it_and_else_of_the_time(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(two_phones())
    began = time.monotonic()
    box.operations.live.wait_for_change(0.5)
    assert time.monotonic() - began >= 0.5
    waiting = threading.Thread(target=box.operations.live.wait_for_change, args=(60.0,))
    waiting.start()
    box.see(state=PhoneState.ASKED)
    waiting.join(20.0)
    assert not waiting.is_alive()

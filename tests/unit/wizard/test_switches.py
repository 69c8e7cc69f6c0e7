"""Night mode and mode keys, turned on a page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.office.destination import ToVoicemail
from appliance.office.mode_key import ModeKey
from appliance.office.numbers import ExtensionNumber
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person

NIGHT = ("night", "state")


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    key = ModeKey(id="m2001", number=ExtensionNumber("2001"), name="Meeting", red=ToVoicemail())
    return make_box(replace(two_phones(), mode_keys=(key,)))


@pytest.mark.feature("C5")
def test_night_mode_is_turned_on_off_and_left_to_its_hours(box: EdgedBox) -> None:
    person = Person(box)
    before = box.operations.objects.find("night", "")
    for setting, kept in (("on", "on"), ("off", "off"), ("auto", None)):
        page = person.send_and_follow("/switches/night", {"setting": setting, "back": "/"}, page="/")
        assert box.switch.store.get(NIGHT) == kept
        assert page.count('aria-pressed="true"') == 2  # it, and the mode key
    box.switch.wait_heard("Originate")  # the lamp
    assert box.operations.objects.find("night", "") == before


@pytest.mark.feature("F5")
def test_a_mode_key_is_turned_red_and_green(box: EdgedBox) -> None:
    person = Person(box)
    for colour, value in (("red", "INUSE"), ("green", "NOT_INUSE")):
        person.send_and_follow("/switches/mode_key/m2001", {"colour": colour, "back": "/"}, page="/")
        told = [one for one in box.switch.heard if one["Action"] == "Setvar" and "mode-m2001" in one["Variable"]]
        assert told[-1]["Value"] == value
    assert person.send("/switches/mode_key/m2999", {"colour": "red"}, page="/").status_code == 404
    assert person.send("/switches/mode_key/m2001", {"colour": "blue"}, page="/").status_code == 422


@pytest.mark.feature("C5")
def test_a_switch_that_does_not_answer_is_told_and_nobody_is_led_away(box: EdgedBox) -> None:
    person = Person(box)
    page = person.client.get("/").text
    box.switch.close()
    answer = person.send("/switches/night", {"setting": "on", "back": "//elsewhere.example"}, page="/")
    assert answer.headers["Location"] == "/"
    assert "Dit kon niet worden omgezet" in person.see("/")
    assert "Dit kon niet worden omgezet" not in page

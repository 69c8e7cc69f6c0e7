"""The golden offices are files that a manager could write, and they mean what they say."""

from __future__ import annotations

from datetime import datetime

import pytest

from appliance.office.checks import check_office
from appliance.office.destination import ToCallPlan, ToExtension, ToRingGroup, ToVoicemail
from appliance.storage.office_document import read_document, write_document
from tests.golden.law_firm import EXTENSIONS, GROUPS, LINES, law_firm
from tests.golden.offices import MAKER, NAMES, golden


@pytest.mark.feature("I3")
@pytest.mark.parametrize("name", NAMES)
def test_a_golden_office_is_read_and_written_back(name: str) -> None:
    """I3: what a person wrote and what the box writes are the same office."""
    office = golden(name)
    assert read_document(write_document(office, with_secrets=True), MAKER).office == office
    assert read_document(write_document(office), MAKER, keep=office).office == office


def test_the_law_firm_is_as_large_as_it_says_and_is_written_back() -> None:
    office = law_firm()
    assert [(problem.where, problem.rule) for problem in check_office(office)] == []
    assert (len(office.extensions), len(office.ring_groups), len(office.trunks)) == (EXTENSIONS, GROUPS, LINES)
    assert read_document(write_document(office, with_secrets=True), MAKER).office == office


def test_connect1_sends_the_night_to_a_box_that_takes_no_messages() -> None:
    office = golden("connect1")
    assert str(office.site.company_number) == "+31887654000"
    assert office.night.destination == ToVoicemail()
    assert not office.company_voicemail.takes_messages
    assert office.attendant("main").menu.keys["2"].destination == ToRingGroup("g102")
    assert office.attendant("main").reception == ToExtension("e209")


def test_advanced_hours_have_a_plan_of_their_own_around_noon() -> None:
    hours = golden("advanced-hours").opening_hours_of("office")
    at_noon, destination = hours.plan_tests()[0]
    assert destination == ToCallPlan("secretary")
    assert at_noon.holds(datetime(2026, 3, 2, 11, 30))
    assert not hours.is_open(datetime(2026, 3, 2, 16, 0))

"""The simulator: what a call would do, without dialling."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from appliance.office.call_path.build import build_call_path
from appliance.office.circumstances import Circumstances
from appliance.office.dialled import from_inside, from_outside
from appliance.office.explain import Explanation, walk
from appliance.office.office import Office
from appliance.office.ring_group import HuntPolicy
from tests.offices import COMPANY_NUMBER, two_phones

BRUSSELS = ZoneInfo("Europe/Brussels")
TUESDAY_MORNING = datetime(2026, 11, 24, 10, 0, tzinfo=BRUSSELS)
SUNDAY = datetime(2026, 11, 22, 10, 0, tzinfo=BRUSSELS)


def explain_incoming(office: Office, at: datetime, down: frozenset[str] = frozenset()) -> Explanation:
    """Explain a call to the company number."""
    call_path = build_call_path(office)
    dialled = from_outside(call_path, office.site.country, COMPANY_NUMBER.e164)
    assert dialled.subject is not None
    return walk(office, call_path, dialled.subject, dialled.number, Circumstances(at=at, down=down))


def kinds(explanation: Explanation) -> list[tuple[str, int, int]]:
    """Return kind and times of each step."""
    return [(step.kind, step.at_second, step.until_second) for step in explanation.steps]


@pytest.mark.feature("D3")
def test_in_opening_hours_the_group_rings_and_then_the_company_voicemail_answers() -> None:
    """D3: the steps with their times."""
    explanation = explain_incoming(two_phones(), TUESDAY_MORNING)
    assert kinds(explanation) == [("opening_hours", 0, 0), ("ring_group", 0, 20), ("voicemail", 20, 20)]
    assert explanation.ends == "voicemail:De Mooi bvba"


@pytest.mark.feature("D3", "C3")
def test_on_sunday_nobody_is_rung() -> None:
    """D3, C3: outside opening hours the outside action takes the call at once."""
    explanation = explain_incoming(two_phones(), SUNDAY)
    assert kinds(explanation) == [("opening_hours", 0, 0), ("voicemail", 0, 0)]


@pytest.mark.feature("D3", "D4")
def test_with_all_phones_down_the_mobile_rings_even_on_sunday() -> None:
    """D3, D4: the backup route is looked at before the opening hours."""
    explanation = explain_incoming(two_phones(), SUNDAY, frozenset({"e201", "e202"}))
    assert [step.kind for step in explanation.steps] == ["backup_route", "outside_number", "voicemail"]
    assert explanation.steps[1].name == "+32470123456"


@pytest.mark.feature("D3")
def test_with_one_phone_down_the_other_rings() -> None:
    """D3: a group rings those of its members that can be reached."""
    explanation = explain_incoming(two_phones(), TUESDAY_MORNING, frozenset({"e201"}))
    assert explanation.steps[1].facts == {"who": "202"}


@pytest.mark.feature("D3", "E5")
def test_a_linear_group_rings_its_members_one_after_another() -> None:
    """D3, E5: each member for the group's ring time."""
    office = two_phones()
    office = replace(office, ring_groups=(replace(office.ring_groups[0], policy=HuntPolicy.LINEAR, ring_seconds=10),))
    explanation = explain_incoming(office, TUESDAY_MORNING)
    assert kinds(explanation)[1:3] == [("ring_group", 0, 10), ("ring_group", 10, 20)]


@pytest.mark.feature("B9", "D3")
@pytest.mark.parametrize("dialled", ["112", "0112", "+112", "100", "0100"])
def test_an_emergency_number_goes_out_as_dialled_in_every_form(dialled: str) -> None:
    """B9: before company number, opening hours and everything else."""
    office = replace(two_phones(), site=replace(two_phones().site, company_number=None))
    call_path = build_call_path(office)
    found = from_inside(call_path, office.site.country, dialled)
    assert found.subject is not None
    explanation = walk(office, call_path, found.subject, found.number, Circumstances(at=SUNDAY))
    assert explanation.ends == f"emergency:{dialled.lstrip('0+')}"


@pytest.mark.feature("A5", "D3")
def test_without_a_company_number_nothing_else_goes_out() -> None:
    """A5: and the explanation says why."""
    office = replace(two_phones(), site=replace(two_phones().site, company_number=None))
    call_path = build_call_path(office)
    found = from_inside(call_path, office.site.country, "0470123456")
    assert found.subject is not None
    explanation = walk(office, call_path, found.subject, found.number, Circumstances(at=SUNDAY))
    assert explanation.ends == "hang_up:no_company_number"

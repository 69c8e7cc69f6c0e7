"""Hours, schedules, closures and holidays say on their page whether they are green or red, now and at any moment."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

import pytest

from appliance.office.country import Country
from appliance.office.destination import ToVoicemail
from appliance.office.schedule import (
    Closure,
    Handling,
    Once,
    OnHoliday,
    PublicHolidays,
    Schedule,
    ScheduleEvent,
    Weekday,
    Weekly,
)
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person

_BADGE = re.compile(r'<span class="badge (\w+)">([^<]+)</span> op ([^<]+)</p>')


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    holidays = PublicHolidays(id="be", name="Belgium", country=Country.BELGIUM, destination=ToVoicemail())
    closure = Closure(
        id="summer", name="Summer", start=datetime(2026, 7, 20), end=datetime(2026, 8, 3), destination=ToVoicemail()
    )
    events = (
        ScheduleEvent(name="Holidays", test=OnHoliday("be"), handling=Handling.CLOSED),
        ScheduleEvent(
            name="Fair", test=Once(datetime(2026, 6, 6), datetime(2026, 6, 8)), handling=Handling.FORWARD,
            destination=ToVoicemail(),
        ),
        ScheduleEvent(name="Week", test=Weekly((Weekday.FRIDAY,)), handling=Handling.OPEN),
    )  # fmt: skip
    schedule = Schedule(id="shop", name="Shop", events=events, default=Handling.CLOSED)
    return make_box(replace(two_phones(), public_holidays=(holidays,), closures=(closure,), schedules=(schedule,)))


@pytest.mark.feature("C1", "C2", "C3", "C4", by="page")
@pytest.mark.parametrize(
    ("path", "at", "colour", "said"),
    [
        ("opening_hours/of/office", "2026-11-23T10:00", "ok", "Open"),
        ("opening_hours/of/office", "2026-11-22T10:00", "failed", "Gesloten"),
        ("schedule/of/shop", "2026-11-27T10:00", "ok", "Open"),
        ("schedule/of/shop", "2026-11-26T10:00", "failed", "Gesloten"),
        ("schedule/of/shop", "2026-12-25T10:00", "failed", "Gesloten"),
        ("schedule/of/shop", "2026-06-06T10:00", "seen", "Doorgeschakeld"),
        ("closure/of/summer", "2026-07-25T10:00", "seen", "Gesloten "),
        ("closure/of/summer", "2026-08-03T00:00", "ok", "Geldt niet"),
        ("public_holidays/of/be", "2026-12-25T10:00", "seen", "Feestdag"),
        ("public_holidays/of/be", "2026-12-24T10:00", "ok", "Geen feestdag"),
    ],
)
def test_the_state_at_a_moment_asked(box: EdgedBox, path: str, at: str, colour: str, said: str) -> None:
    found = _BADGE.search(Person(box).see(f"/settings/{path}?at={at}"))
    assert found is not None
    assert (found[1], found[2].startswith(said)) == (colour, True)


@pytest.mark.feature("C3")
@pytest.mark.parametrize("at", ["", "?at=morgen"])
def test_the_state_now_where_no_moment_is_asked(box: EdgedBox, at: str) -> None:
    """The box's clock stands on Saturday 21 November 2026, 14:03."""
    found = _BADGE.search(Person(box).see(f"/settings/opening_hours/of/office{at}"))
    assert found is not None
    assert found.groups() == ("failed", "Gesloten", "21/11/2026 14:03")

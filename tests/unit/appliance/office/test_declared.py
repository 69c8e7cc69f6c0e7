"""What follows from the declarations of the office's subjects."""

from __future__ import annotations

import dataclasses
from dataclasses import replace

from appliance.office.checks import check_office
from appliance.office.declared.catalogue import SUBJECT_OF, SUBJECTS
from appliance.office.declared.place import place_of
from appliance.office.declared.rows import row_of
from appliance.office.declared.walk import exits, references, short_numbers, used_where
from appliance.office.destination import ToExtension, ToVoicemail
from appliance.office.office import Office
from appliance.office.schedule import (
    Handling,
    OnHoliday,
    OpeningHours,
    Period,
    Schedule,
    ScheduleEvent,
    Weekday,
)
from appliance.office.trunk import Trunk
from tests.offices import two_phones


def places_with(office: Office, rule: str) -> set[str]:
    """Return where an office breaks a rule."""
    return {problem.where for problem in check_office(office) if problem.rule == rule}


def test_every_list_and_setting_of_the_office_is_declared() -> None:
    """A subject that nobody declared would be in no file, no check and on no page."""
    held = {one.name for one in dataclasses.fields(Office) if one.init}
    assert {subject.attribute for subject in SUBJECTS} == held


def test_limits_hold_for_an_office_that_came_by_no_file() -> None:
    """A change made in memory may not pass what a file may not say."""
    office = two_phones()
    group = replace(office.ring_groups[0], ring_seconds=10**9, wait_seconds=-5)
    assert places_with(replace(office, ring_groups=(group,)), "not-in-range") == {
        f"ring_group[{group.number}].ring_seconds",
        f"ring_group[{group.number}].wait_seconds",
    }


def test_rules_of_a_whole_object_hold_for_an_office_that_came_by_no_file() -> None:
    """A line that logs in needs a name; two periods of one day do not overlap."""
    office = two_phones()
    hours = OpeningHours(
        id="h", name="Hours", periods={Weekday.MONDAY: (Period.parse("08:00-12:00"), Period.parse("11:00-13:00"))}
    )
    trunk = Trunk(id="l", name="Line", host="sip.example.be")
    changed = replace(office, opening_hours=(hours,), trunks=(trunk,))
    assert places_with(changed, "periods-overlap") == {"opening_hours[h].monday"}
    assert places_with(changed, "missing") == {"trunk[Line].username"}


def test_holidays_that_only_a_schedule_names_are_used() -> None:
    """They were on no list of references, so they could be taken away."""
    office = two_phones()
    event = ScheduleEvent(name="Holidays", test=OnHoliday("days"), handling=Handling.FORWARD, destination=ToVoicemail())
    schedule = Schedule(
        id="s", name="Schedule", default=Handling.FORWARD, default_destination=ToVoicemail(), events=(event,)
    )
    changed = replace(office, schedules=(schedule,))
    assert [str(place) for place in used_where(changed, "public_holidays", "days")] == ["schedule[s].event[1].holidays"]
    assert places_with(changed, "no-such-public-holidays") == {"schedule[s].event[1].holidays"}


def test_a_destination_that_is_set_and_not_used_is_named_and_sends_no_call() -> None:
    """What follows a greeting counts only where the box takes no messages."""
    office = two_phones()
    first = office.extensions[0]
    assert first.voicemail is not None
    for takes in (True, False):
        box = replace(first.voicemail, takes_messages=takes, after_greeting=ToExtension(first.id))
        changed = replace(office, extensions=(replace(first, voicemail=box), *office.extensions[1:]))
        place = place_of("extension", first.number.digits).below("voicemail_after_greeting")
        assert place in {named.place for named in references(changed) if named.id == first.id}
        assert (place in {way.place for way in exits(changed)}) is not takes


def test_short_numbers_name_their_holder_and_place() -> None:
    """Extensions, groups and the rest share one plan of numbers."""
    office = two_phones()
    found = {(str(place), digits, name) for place, digits, name in short_numbers(office)}
    first = office.extensions[0]
    assert (f"extension[{first.number}].number", first.number.digits, first.name) in found


def test_a_place_is_a_value_and_a_text() -> None:
    """Places are compared as values, and read by people as the office file's."""
    step = place_of("call_plan", "helpdesk").below("step", 2).below("ring")
    assert str(step) == "call_plan[helpdesk].step[2].ring"
    assert step.is_inside(place_of("call_plan", "helpdesk"))
    assert not step.is_inside(place_of("call_plan", "help"))


def test_a_row_has_no_secret() -> None:
    """Rows go to pages and programs."""
    office = two_phones()
    first = office.extensions[0]
    row = row_of(office, SUBJECT_OF["extension"], first)
    assert first.sip_password.reveal() not in str(row)
    assert row["number"] == first.number.digits

"""An office of any size in which a call meets everything a number can have before phones ring."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from appliance.office.call_plan import CallPlan, RingTheGroup
from appliance.office.caller import CallerNumber, CallerRule, CallFilter
from appliance.office.country import Country
from appliance.office.destination import HangUp, ToCallPlan, ToVoicemail
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.ring_group import RingGroup
from appliance.office.schedule import (
    Closure,
    Handling,
    OpeningHours,
    Period,
    PublicHolidays,
    Schedule,
    ScheduleEvent,
    Weekday,
    Weekly,
)
from tests.offices import COMPANY_NUMBER, a_trunk, an_extension, two_phones

ALL_DAY = Period.parse("00:00-24:00")
FIRST_EXTENSION = 1000
PEOPLE_PER_GROUP = 3


def large_office(size: int) -> Office:
    """So many people in groups of three; the company's number has a filter, a rule, holidays, a closure and hours."""
    people = [an_extension(str(FIRST_EXTENSION + place), f"Person {place}") for place in range(size)]
    groups = [
        RingGroup(
            id=f"g{place}",
            number=ExtensionNumber(str(FIRST_EXTENSION + size + place)),
            name=f"Group {place}",
            member_ids=tuple(person.id for person in people[place * PEOPLE_PER_GROUP : (place + 1) * PEOPLE_PER_GROUP]),
            no_answer=ToVoicemail(),
        )
        for place in range(size // PEOPLE_PER_GROUP)
    ]
    always = Weekly(days=tuple(Weekday), period=ALL_DAY)
    return replace(
        two_phones(),
        trunks=(a_trunk("line1", "203.0.113.10"), a_trunk("line2", "203.0.113.20")),
        extensions=tuple(people),
        phones=(),
        ring_groups=tuple(groups),
        call_filters=(
            CallFilter(
                id="filter", name="Pest", callers=(CallerNumber("+32900", is_beginning=True),), destination=HangUp()
            ),
        ),
        caller_rules=(
            CallerRule(
                id="rule", name="Abroad", callers=(CallerNumber("+4", is_beginning=True),), destination=HangUp()
            ),
        ),
        public_holidays=(PublicHolidays(id="days", name="Holidays", country=Country.BELGIUM),),
        closures=(
            Closure(
                id="over",
                name="Last year's",
                start=datetime(2020, 1, 1),
                end=datetime(2020, 1, 2),
                destination=ToVoicemail(),
            ),
        ),
        opening_hours=(OpeningHours(id="hours", name="Hours", periods=dict.fromkeys(Weekday, (ALL_DAY,))),),
        schedules=(
            Schedule(
                id="plan",
                name="Schedule",
                events=(ScheduleEvent(name="Always", test=always, handling=Handling.OPEN),),
            ),
        ),
        call_plans=(CallPlan(id="plan", name="Plan", steps=(RingTheGroup("g0", 20),)),),
        backup_routes=(),
        numbers=(
            Number(
                id="main",
                number=COMPANY_NUMBER,
                destination=ToCallPlan("plan"),
                filter_ids=("filter",),
                caller_rule_ids=("rule",),
                public_holidays_id="days",
                closure_ids=("over",),
                opening_hours_id="hours",
                when_closed=ToVoicemail(),
                schedule_id="plan",
            ),
            Number(id="other", number=PhoneNumber("+3225551002"), destination=ToVoicemail()),
        ),
    )


def renamed(office: Office, name: str) -> Office:
    """Another name of the first person."""
    first, *others = office.extensions
    return replace(office, extensions=(replace(first, name=name), *others))

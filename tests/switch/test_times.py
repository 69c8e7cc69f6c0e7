"""Holidays, closures, opening hours, schedules and night mode, by real calls as if at another moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from appliance.office.country import Country
from appliance.office.destination import PlayPrompt, ToExtension, ToRingGroup, ToVoicemail
from appliance.office.night import NightChoice, NightMode, NightSetting
from appliance.office.number import Number
from appliance.office.schedule import (
    Closure,
    Handling,
    OpeningHours,
    Period,
    PeriodPlan,
    PublicHolidays,
    Schedule,
    ScheduleEvent,
    Weekday,
    Weekly,
    Yearly,
)
from tests.switch.calls import call_in, dial, dial_code, opened, wait_application, wait_lamp, wait_rings
from tests.switch.offices import MAIN, SECOND, a_group, small_office, with_box
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

WORKDAYS = (Weekday.MONDAY, Weekday.TUESDAY, Weekday.WEDNESDAY, Weekday.THURSDAY, Weekday.FRIDAY)


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Main number: holidays, closures, opening hours. Second number: a schedule. Group 301: night mode."""
    secretary = PeriodPlan(Period.parse("11:30-12:30"), ToExtension("e203"))
    day = (Period.parse("08:30-11:30"), Period.parse("12:30-16:00"))
    office = small_office()
    office = replace(
        office,
        extensions=(with_box("201"), *office.extensions[1:]),
        ring_groups=(*office.ring_groups, a_group("301", "204", night=NightChoice.FOLLOW)),
        opening_hours=(
            OpeningHours(
                id="advanced",
                name="Advanced",
                periods=dict.fromkeys(WORKDAYS, day),
                plans=dict.fromkeys(WORKDAYS, (secretary,)),
            ),
            OpeningHours(id="small-hours", name="Small", periods={Weekday.SUNDAY: (Period.parse("02:30-03:30"),)}),
        ),
        public_holidays=(
            PublicHolidays(id="be", name="BE", country=Country.BELGIUM, destination=PlayPrompt("closed")),
        ),
        closures=(
            Closure(
                id="summer",
                name="Summer",
                start=datetime(2026, 7, 3, 16),
                end=datetime(2026, 7, 20),
                destination=ToExtension("e205"),
                delete_when_over=True,
            ),
            Closure(
                id="year-end",
                name="Year end",
                start=datetime(2020, 12, 28),
                end=datetime(2021, 1, 4),
                destination=ToExtension("e206"),
                yearly=True,
            ),
        ),
        schedules=(
            Schedule(
                id="office",
                name="Office",
                events=(
                    ScheduleEvent(
                        name="newyear",
                        test=Yearly(datetime(2020, 1, 1), datetime(2020, 1, 2)),
                        handling=Handling.CLOSED,
                        prompt_id="closed",
                    ),
                    ScheduleEvent(
                        name="Summer",
                        test=Weekly(
                            (Weekday.FRIDAY,), Period.parse("15:00-18:00"), date(2026, 7, 1), date(2026, 8, 31)
                        ),
                        handling=Handling.FORWARD,
                        destination=ToExtension("e206"),
                    ),
                    ScheduleEvent(
                        name="week", test=Weekly(WORKDAYS, Period.parse("09:00-18:00")), handling=Handling.OPEN
                    ),
                ),
            ),
        ),
        numbers=(
            Number(
                id="main",
                number=MAIN,
                destination=ToExtension("e202"),
                opening_hours_id="advanced",
                when_closed=ToVoicemail(),
                public_holidays_id="be",
                closure_ids=("summer", "year-end"),
            ),
            Number(id="second", number=SECOND, destination=ToExtension("e204"), schedule_id="office"),
        ),
        night=NightMode(
            setting=NightSetting.AUTO,
            destination=ToExtension("e201"),
            opening_hours_id="advanced",
            public_holidays_id="be",
        ),
    )
    with opened(office, tmp_path_factory.mktemp("times"), switch_root) as bench:
        yield bench


@pytest.mark.feature("C3")
@pytest.mark.parametrize(
    ("moment", "phone"),
    [
        ("2026-06-10T08:30", "202"),
        ("2026-06-10T11:30", "203"),
        ("2026-06-10T12:29", "203"),
        ("2026-06-10T15:59", "202"),
    ],
)
def test_each_period_of_a_day_has_its_own_destination(bench: SwitchBench, moment: str, phone: str) -> None:
    """C3: 8:30-11:30 and 12:30-16:00 the main plan, between them the secretary (PBXOnline, Tijdfilters Advanced)."""
    call_in(bench, moment)
    wait_rings(bench, phone)


@pytest.mark.feature("C3")
@pytest.mark.parametrize("moment", ["2026-06-10T08:29", "2026-06-10T16:00", "2026-06-13T10:00"])
def test_outside_the_hours_the_action_takes_the_call(bench: SwitchBench, moment: str) -> None:
    call_in(bench, moment)
    wait_application(bench, "VoiceMail", "company@")


@pytest.mark.feature("C1")
@pytest.mark.parametrize(
    "moment",
    ["2026-12-25T10:00", "2027-03-29T10:00", "2035-05-03T10:00"],
    ids=["Christmas", "Easter Monday", "Ascension"],
)
def test_a_public_holiday_says_its_prompt_and_hangs_up(bench: SwitchBench, moment: str) -> None:
    call = call_in(bench, moment)
    assert call.wait_ended() == "hung up there" or call.code in {183, 603}
    assert bench.phones.ringing() == frozenset()
    assert not bench.diary.events(what=What.INVITED)


@pytest.mark.feature("C2")
@pytest.mark.parametrize(
    ("moment", "phone"),
    [
        ("2026-07-03T15:59", "202"),
        ("2026-07-03T16:00", "205"),
        ("2026-07-17T10:00", "205"),
        ("2026-07-20T10:00", "202"),
        ("2027-07-05T10:00", "202"),
        ("2026-12-29T10:00", "206"),
        ("2028-01-03T23:59", "206"),
        ("2028-01-04T10:00", "202"),
    ],
)
def test_closures_once_from_a_certain_hour_and_every_year(bench: SwitchBench, moment: str, phone: str) -> None:
    """C2: one from Friday 16:00 that does not come back, one over New Year that does; each its own action."""
    call_in(bench, moment)
    wait_rings(bench, phone)


@pytest.mark.feature("C4")
@pytest.mark.parametrize(
    ("moment", "phone"),
    [("2026-06-10T09:00", "204"), ("2026-07-10T15:30", "206"), ("2026-09-11T15:30", "204")],
)
def test_the_first_event_of_a_schedule_that_holds_decides(bench: SwitchBench, moment: str, phone: str) -> None:
    """C4: forward on summer Fridays comes before open in the week (Orange, 5)."""
    call_in(bench, moment, number=SECOND)
    wait_rings(bench, phone)


@pytest.mark.feature("C4")
@pytest.mark.parametrize("moment", ["2027-01-01T10:00", "2026-06-10T18:00", "2026-06-13T12:00"])
def test_a_closed_event_and_the_default_event_end_the_call(bench: SwitchBench, moment: str) -> None:
    call = call_in(bench, moment, number=SECOND)
    call.wait_ended()
    assert not bench.diary.events(what=What.INVITED)


@pytest.mark.feature("C3")
@pytest.mark.parametrize(
    ("moment", "is_night"),
    [("2026-03-29T03:15", False), ("2026-03-29T01:59", True), ("2026-10-25T02:45", False), ("2026-10-25T03:30", True)],
)
def test_in_a_night_with_a_clock_change_the_clock_on_the_wall_decides(
    bench: SwitchBench, switch_root: Path, tmp_path: Path, moment: str, is_night: bool
) -> None:
    """C3, C5: open on Sunday 02:30-03:30: 03:15 comes right after 02:00 in spring, 02:45 comes twice in autumn."""
    office = bench.office
    bench.change(
        replace(
            office,
            night=replace(office.night, opening_hours_id="small-hours", public_holidays_id=None),
            numbers=(replace(office.numbers[1], destination=ToRingGroup("g301"), schedule_id=None),),
        )
    )
    try:
        call_in(bench, moment, number=SECOND)
        wait_rings(bench, "201" if is_night else "204")
    finally:
        bench.hang_up_all()
        bench.change(office)


@pytest.mark.feature("C5")
def test_night_mode_by_code_by_key_and_by_itself(bench: SwitchBench) -> None:
    """C5: 301 follows the office; *281 on, *280 off, *282 by schedule, *28 over and back; the lamp shows it."""
    office = bench.office
    bench.change(
        replace(office, numbers=(replace(office.numbers[1], destination=ToRingGroup("g301"), schedule_id=None),))
    )
    try:
        phone = bench.phones["206"]
        phone.watch("*28")
        call_in(bench, "2026-06-10T10:00", number=SECOND)
        wait_rings(bench, "204")
        bench.hang_up_all()
        dial_code(bench, "205", "*281")
        wait_lamp(bench, "206", "confirmed")
        call_in(bench, "2026-06-10T10:00", number=SECOND)
        wait_rings(bench, "201")
        bench.hang_up_all()
        dial(bench, "203", "301")  # a colleague inside is no outside caller
        wait_rings(bench, "204")
        bench.hang_up_all()
        dial_code(bench, "205", "*280")
        call_in(bench, "2026-06-10T22:00", number=SECOND)
        wait_rings(bench, "204")
        bench.hang_up_all()
        dial_code(bench, "205", "*282")
        call_in(bench, "2026-06-10T22:00", number=SECOND)
        wait_rings(bench, "201")
        bench.hang_up_all()
        before = bench.database_get("night", "state")
        dial_code(bench, "205", "*28")
        switched = bench.database_get("night", "state")
        assert before is None
        assert switched in {"on", "off"}
        dial_code(bench, "205", "*28")
        assert bench.database_get("night", "state") is None
    finally:
        bench.hang_up_all()
        bench.change(office)


@pytest.mark.feature("C3")
def test_only_the_boxs_own_test_phone_can_call_as_if_it_were_another_time(bench: SwitchBench) -> None:
    """A phone that sends the header, or the telephone company, changes nothing: the clock decides."""
    sunday = {"X-Belbox-At": "1781431200", "X-Belbox-Caller": "+32470111222"}
    assert bench.phones.call("206", f"*40*{MAIN.e164}", sunday).wait_ended(10) == "404"
    bench.phones.call("206", "201", sunday)
    wait_rings(bench, "201")
    assert {bench.ami.act("Getvar", Channel=leg, Variable="AS_IF_AT")["Value"] for leg in bench.legs()} == {""}
    bench.hang_up_all()
    bench.line("line1").call(MAIN.e164, "+32470999888", headers=sunday)
    bench.wait_until(lambda: bool(bench.legs()), "the call is in")
    assert {bench.ami.act("Getvar", Channel=leg, Variable="AS_IF_AT")["Value"] for leg in bench.legs()} == {""}

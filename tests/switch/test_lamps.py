"""Lamps of night mode and of mode keys: they tell the truth, whoever or whatever changed it (C5, F5)."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from appliance.apply.given_settings import give_settings
from appliance.compiler.switch_clock import CALL_FILE, CLOCK_FILE
from appliance.office.destination import ToExtension
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightMode, NightSetting
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.schedule import MINUTES_PER_DAY, OpeningHours, Period, Weekday
from appliance.paths import Paths
from tests.switch.calls import dial_code, opened, wait_lamp
from tests.switch.offices import small_office
from tests.switch_bench.bench import SwitchBench

NIGHT_LAMP, MODE_LAMP = "*28", "2001"
CLOCK_SECONDS = 15.0  # the switch looks at its clock every ten seconds
ALWAYS = Period.parse("00:00-24:00")


def _hours(*periods: Period) -> tuple[OpeningHours, ...]:
    return (OpeningHours(id="hours", name="Hours", periods=dict.fromkeys(Weekday, periods)),)


def _night(setting: NightSetting) -> NightMode:
    return NightMode(setting=setting, destination=ToExtension("e201"), opening_hours_id="hours")


def _all_day_but(closes: datetime, opens: datetime) -> tuple[Period, ...]:
    """Open but for one minute of each day, which may be the last one before midnight or the first one after it."""
    begin, end = (moment.hour * 60 + moment.minute for moment in (closes, opens))
    rest = ((0, begin), (end or MINUTES_PER_DAY, MINUTES_PER_DAY))
    return tuple(Period(first, last) for first, last in rest if first < last)


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Open all day, night mode by the schedule, one mode key."""
    office = small_office(
        opening_hours=_hours(ALWAYS),
        night=_night(NightSetting.AUTO),
        mode_keys=(ModeKey(id="meeting", number=ExtensionNumber("2001"), name="Meeting", red=ToExtension("e203")),),
    )
    with opened(office, tmp_path_factory.mktemp("lamps"), switch_root) as bench:
        (bench.folder / "office").mkdir(exist_ok=True)
        yield bench


@pytest.fixture
def office(bench: SwitchBench) -> Iterator[Office]:
    """The file's office, given to the switch before and after each test; 206 watches the lamp of night mode."""
    office = bench.office
    _save(bench, office)
    bench.phones["206"].watch(NIGHT_LAMP)
    wait_lamp(bench, "206", "terminated", CLOCK_SECONDS)
    yield office
    bench.hang_up_all()
    _save(bench, office)


def _save(bench: SwitchBench, office: Office) -> None:
    """What an apply does at the switch."""
    bench.change(office)
    give_settings(bench.ami, Paths(bench.folder))


@pytest.mark.feature("C5")
def test_the_night_lamp_follows_the_schedule_by_itself(bench: SwitchBench, office: Office) -> None:
    """C5: nothing but the switch runs here, and nobody presses anything: the office closes, and opens again."""
    now = datetime.now(UTC).astimezone(ZoneInfo(office.site.time_zone))  # noqa: TID251  (the clock that the switch looks at)
    closes, opens = (now + timedelta(minutes=minutes) for minutes in (1, 2))
    _save(bench, replace(office, opening_hours=_hours(*_all_day_but(closes, opens))))
    wait_lamp(bench, "206", "confirmed", 60 + CLOCK_SECONDS)
    wait_lamp(bench, "206", "terminated", 60 + CLOCK_SECONDS)


@pytest.mark.feature("C5")
def test_the_night_lamp_follows_what_the_console_sets(bench: SwitchBench, office: Office) -> None:
    """C5: on and off at a page, other hours at a page: the lamp is right as soon as they are applied."""
    _save(bench, replace(office, night=_night(NightSetting.ON)))
    wait_lamp(bench, "206", "confirmed")
    _save(bench, replace(office, night=_night(NightSetting.OFF)))
    wait_lamp(bench, "206", "terminated")
    _save(bench, replace(office, opening_hours=_hours()))
    wait_lamp(bench, "206", "confirmed")


@pytest.mark.feature("C5")
def test_the_night_lamp_follows_codes_and_the_store(bench: SwitchBench, office: Office) -> None:
    """C5: a code at once; whoever else writes in the switch's store (AMI, its console) within ten seconds."""
    dial_code(bench, "205", "*281")
    wait_lamp(bench, "206", "confirmed", 1)
    dial_code(bench, "205", "*280")
    wait_lamp(bench, "206", "terminated", 1)
    bench.database_put("night", "state", "on")
    wait_lamp(bench, "206", "confirmed", CLOCK_SECONDS)
    dial_code(bench, "205", "*282")
    wait_lamp(bench, "206", "terminated", 1)


@pytest.mark.feature("C5")
def test_the_switchs_clock_does_not_fill_the_disk_and_goes_on(bench: SwitchBench, office: Office) -> None:
    """C5: a year of attempts without any process of ours; the call file is cut back to its beginning."""
    clock = bench.folder / "switch-state" / "spool" / CLOCK_FILE
    with clock.open("a") as file:
        file.write("\nEndRetry: 1 1 (1795820901)\n" * 5000)
    bench.wait_until(lambda: clock.stat().st_size < 4000, "the call file is short again", CLOCK_SECONDS)
    assert clock.read_text().startswith(CALL_FILE)
    for state, lamp in (("on", "confirmed"), ("off", "terminated")):
        bench.database_put("night", "state", state)
        wait_lamp(bench, "206", lamp, CLOCK_SECONDS)
    bench.console("database del night state")


@pytest.mark.feature("C5")
@pytest.mark.parametrize("hard", [False, True], ids=["in order", "crash"])
def test_the_night_lamp_is_kept_over_a_restart_of_the_switch(bench: SwitchBench, office: Office, hard: bool) -> None:
    _save(bench, replace(office, opening_hours=_hours()))
    wait_lamp(bench, "206", "confirmed")
    bench.restart(hard=hard)
    bench.phones["206"].watch(NIGHT_LAMP)
    wait_lamp(bench, "206", "confirmed")


@pytest.mark.feature("C5")
def test_hours_that_began_while_the_switch_was_away_put_the_lamp_right_when_it_starts(
    bench: SwitchBench, office: Office
) -> None:
    """C5: its store still says that it is night."""

    def it_was_night(store: Path) -> None:
        with contextlib.closing(sqlite3.connect(store)) as writer, writer:
            writer.execute("INSERT OR REPLACE INTO astdb VALUES ('/CustomDevstate/night', 'INUSE')")

    bench.restart_after(it_was_night)
    bench.phones["206"].watch(NIGHT_LAMP)
    wait_lamp(bench, "206", "terminated", CLOCK_SECONDS)


@pytest.mark.feature("C5", "F5")
@pytest.mark.parametrize("hard", [False, True], ids=["in order", "crash"])
def test_a_mode_keys_lamp_is_its_state_by_call_by_manager_after_an_apply_and_a_restart(
    bench: SwitchBench, office: Office, hard: bool
) -> None:
    """C5: a mode key has no second state that its lamp could part from."""
    phone = bench.phones["205"]
    phone.watch(MODE_LAMP)
    dial_code(bench, "204", MODE_LAMP)
    wait_lamp(bench, "205", "confirmed", 2)
    bench.ami.act("Setvar", Variable="DEVICE_STATE(Custom:mode-meeting)", Value="NOT_INUSE")
    wait_lamp(bench, "205", "terminated", 2)
    dial_code(bench, "204", MODE_LAMP)
    wait_lamp(bench, "205", "confirmed", 2)
    _save(bench, replace(office, opening_hours=_hours()))
    bench.restart(hard=hard)
    phone.watch(MODE_LAMP)
    wait_lamp(bench, "205", "confirmed", 2)
    dial_code(bench, "204", MODE_LAMP)
    wait_lamp(bench, "205", "terminated", 2)

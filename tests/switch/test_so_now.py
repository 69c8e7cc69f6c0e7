"""What phones have set is read from the switch: pages, `status` and `explain` tell what a call meets (decision 14)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from appliance.asterisk.switch_store import read_so_now
from appliance.office.circumstances import as_configured
from appliance.office.destination import ToExtension
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import ALL_NUMBERS
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightMode, NightSetting
from appliance.office.numbers import ExtensionNumber
from appliance.office.secret import Secret
from tests.switch.calls import dial, dial_code, opened, wait_application
from tests.switch.offices import person, small_office
from tests.switch_bench.bench import SwitchBench

MOMENT = datetime(2026, 6, 10, 10, 0)


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Night mode by a schedule that is never open; one mode key; 203 may log in at any phone."""
    office = small_office(
        night=NightMode(setting=NightSetting.AUTO, destination=ToExtension("e201")),
        mode_keys=(ModeKey(id="meeting", number=ExtensionNumber("2001"), name="Meeting", red=ToExtension("e203")),),
    )
    people = tuple(person("203", login_pin=Secret("4711")) if one.id == "e203" else one for one in office.extensions)
    with opened(replace(office, extensions=people), tmp_path_factory.mktemp("so-now"), switch_root) as bench:
        yield bench


@pytest.mark.feature("C5", "E2", "F5")
def test_a_box_at_rest_reads_as_configured(bench: SwitchBench) -> None:
    so = read_so_now(bench.ami, bench.office)
    assert so.circumstances(MOMENT) == as_configured(bench.office, MOMENT)
    assert [fact.key for fact in so.facts(bench.office, MOMENT)] == ["night-off-auto", "mode-green"]


@pytest.mark.feature("C5", "E2", "F5", "E9")
def test_each_thing_that_a_phone_sets_is_read_back(bench: SwitchBench) -> None:
    """Codes for night mode, a mode key, forwards of a person and of all numbers, do not disturb, a guest's desk."""
    dial_code(bench, "202", "*281")
    dial_code(bench, "202", "2001")
    dial_code(bench, "202", "*72203")
    dial_code(bench, "204", "*920470123456")
    dial_code(bench, "205", "*78")
    dial_code(bench, "202", "*100*206")
    call = dial(bench, "206", "*11")
    for typed in ("203#", "4711#"):
        wait_application(bench, "Read", "TYPED" if typed == "203#" else "TYPED_PIN")
        call.send_digits(typed)
    call.wait_ended(20)
    office = bench.office
    so = read_so_now(bench.ami, office)
    now = so.circumstances(MOMENT)
    assert now.night is NightSetting.ON
    assert now.red == {"meeting"}
    assert now.forwards == {
        ("e202", ForwardCase.ALWAYS): "203",
        ("e204", ForwardCase.NO_ANSWER): "+32470123456",
    }
    assert now.number_forwards == {ALL_NUMBERS: "206"}
    assert now.do_not_disturb == {"e205"}
    assert so.guests == {"e206": "e203"}
    facts = {(fact.key, fact.name, fact.value) for fact in so.facts(office, MOMENT)}
    assert ("night-on", "", "") in facts
    assert ("mode-red", "2001 Meeting", "") in facts
    assert ("guest", "203 Person 203", "206 Person 206") in facts
    for code in ("*280", "2001"):
        dial_code(bench, "202", code)
    so = read_so_now(bench.ami, office)
    assert (so.night, so.red) == (NightSetting.OFF, frozenset())


def test_what_the_office_no_longer_has_is_not_told(bench: SwitchBench) -> None:
    bench.database_put("forward-always", "e999", "203")
    bench.database_put("do-not-disturb", "e999", "1")
    so = read_so_now(bench.ami, bench.office)
    assert so.forwards == {}
    assert so.do_not_disturb == frozenset()

"""What the console sets in the switch's own store, and that it is given when the switch was away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.apply.given_settings import give_settings
from appliance.office.forwarding import Forwarding
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.operations.switch_watch import watch
from appliance.paths import Paths
from tests.switch.calls import dial, dial_code, opened, wait_rings
from tests.switch.offices import person, small_office
from tests.switch_bench.bench import SwitchBench


@pytest.fixture
def bench(needs_namespaces: None, switch_root: Path, tmp_path: Path) -> Iterator[SwitchBench]:
    """A bench of its own for each test: what was given before is remembered."""
    with opened(small_office(), tmp_path, switch_root) as bench:
        (tmp_path / "office").mkdir(exist_ok=True)
        yield bench


def _save(bench: SwitchBench, office: Office) -> None:
    bench.change(office)
    give_settings(bench.ami, Paths(bench.folder))


def _forwarded(office: Office, number: str | None) -> Office:
    target = ExtensionNumber(number) if number else None
    changed = person("202", forwarding=Forwarding(always=target))
    return replace(office, extensions=tuple(changed if item.id == "e202" else item for item in office.extensions))


@pytest.mark.feature("E2")
def test_a_forward_of_the_console_holds_and_one_made_at_the_phone_outlives_other_changes(bench: SwitchBench) -> None:
    """E2: console, then code, then an unrelated change, then the console again: the last one who spoke is right."""
    office = bench.office
    _save(bench, _forwarded(office, "203"))
    dial(bench, "204", "202")
    wait_rings(bench, "203")
    bench.hang_up_all()
    dial_code(bench, "202", "*73")
    renamed = replace(bench.office, ring_groups=(replace(office.ring_groups[0], name="Other"),))
    _save(bench, renamed)
    dial(bench, "204", "202")
    wait_rings(bench, "202")
    bench.hang_up_all()
    _save(bench, _forwarded(office, "205"))
    dial(bench, "204", "202")
    wait_rings(bench, "205")
    bench.hang_up_all()
    _save(bench, _forwarded(office, None))
    dial(bench, "204", "202")
    wait_rings(bench, "202")


@pytest.mark.feature("E2")
def test_settings_saved_while_the_switch_was_away_are_given_when_the_monitor_meets_it_again(bench: SwitchBench) -> None:
    office = _forwarded(bench.office, "203")
    bench.change(office)
    paths = Paths(bench.folder)
    stop = threading.Event()
    monitor = threading.Thread(
        target=watch,
        args=(
            lambda: bench.manager_address,
            lambda: office,
            lambda _: None,
            lambda manager: give_settings(manager, paths),
            stop,
        ),
    )
    monitor.start()
    try:
        bench.wait_until(lambda: bench.database_get("forward-always", "e202") == "203", "the forward is given")
    finally:
        stop.set()
        monitor.join()

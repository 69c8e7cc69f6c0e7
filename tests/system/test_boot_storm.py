"""All phones of an office start at once, as after a power cut; the large one is `python -m tests.bench.boot_storm`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.bench.boot_storm.one_storm import Size, authority_of, run_storm, start_box
from tests.virtual_office.lab import VirtualOffice

SIZE = Size(phones=41, old=4, seconds=40.0)


@pytest.mark.parametrize("lost_percent", [0, pytest.param(5, marks=pytest.mark.slow)])
def test_every_phone_registers_and_every_lamp_is_right(
    make_office: Callable[[], VirtualOffice], lost_percent: int, record_property: Callable[[str, object], None]
) -> None:
    """Four of them hold a token of an older box, and one starts again for ever."""
    office = make_office()
    size = replace(SIZE, lost_percent=lost_percent)
    start_box(office, size)
    told = run_storm(office, size, authority_of(office))
    office.stop()
    stories = {phone["mac"]: (phone["reached"], phone["failed"]) for phone in told.settled}
    assert len(told.seconds("registered")) == len(told.settled), stories
    assert len(told.seconds("lamps")) == len(told.settled), stories
    assert sum(bool(phone["not_there"]) for phone in told.settled) >= size.old, "old tokens lead nowhere"
    assert told.storm["busy"]["all"], told.storm["busy"]
    for phase in ("registered", "lamps"):
        record_property(f"all {phase}, seconds", round(max(told.seconds(phase)), 1))
    if not lost_percent:
        assert told.subscriptions == len(told.settled) * size.lamps
        assert [phone["failed"] for phone in told.settled if phone["failed"]] == []

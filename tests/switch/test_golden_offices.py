"""The offices of the manuals, read from their files and called: what the manual's example promises is what rings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest

from appliance.office.call_path.build import build_call_path
from appliance.office.circumstances import as_configured
from appliance.office.dialled import from_outside
from appliance.office.explain import walk
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.trunk import Transport
from appliance.storage.office_document import read_document
from appliance.storage.secrets import SECRET_MAKER
from tests.switch.calls import call_in, opened, outside_calls, wait_application, wait_rings
from tests.switch.offices import CALLER
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What

GOLDEN = Path(__file__).parents[1] / "golden"
WEDNESDAY = "2026-06-10T10:00"
EVENING = "2026-06-10T20:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A call at a moment, the keys it presses, and what must happen: phones ring, a number outside, or a box."""

    office: str
    moment: str
    number: str = ""
    keys: str = ""
    rings: tuple[str, ...] = ()
    outside: str = ""
    application: str = ""
    is_silent: bool = False
    told: str = ""  # who the explanation says rings, in order, with how long

    def __str__(self) -> str:
        return f"{self.office} {self.moment} {self.keys}".strip()


PROMISES = (
    # Connect 1, 6.1: menu by day, the company's voicemail that only announces by night and on holidays.
    Promise(office="connect1", moment=WEDNESDAY, keys="1", rings=("201",), told="201/20 202/20 203/20 209/20"),
    Promise(office="connect1", moment=WEDNESDAY, keys="2", rings=("204",), told="204/20 205/20 209/20"),
    Promise(office="connect1", moment=WEDNESDAY, keys="9", rings=("209",), told="209/20"),
    Promise(office="connect1", moment=WEDNESDAY, number="+31887654001", rings=("204",), told="204/20 205/20 209/20"),
    Promise(office="connect1", moment=EVENING, is_silent=True),
    Promise(office="connect1", moment="2026-04-27T10:00", is_silent=True),  # King's Day
    # PBXOnline: welcome, help desk 45 s, secretary 30 s, voicemail.
    Promise(office="helpdesk", moment=WEDNESDAY, rings=("201", "202", "203"), told="201, 202, 203/45 210/30"),
    # PBXOnline: the language, then the service.
    Promise(office="two-languages", moment=WEDNESDAY, keys="12", rings=("203",), told="203/20 205/20"),
    Promise(office="two-languages", moment=WEDNESDAY, keys="21", rings=("202", "204"), told="202, 204/30"),
    # PBXOnline: 8:30-11:30, 11:30-12:30, 12:30-16:00.
    Promise(office="advanced-hours", moment="2026-06-10T11:29", rings=("201", "202", "210"), told="201, 202, 210/30"),
    Promise(office="advanced-hours", moment="2026-06-10T11:30", rings=("210",), told="210/30"),
    Promise(office="advanced-hours", moment="2026-06-10T12:30", rings=("201", "202", "210"), told="201, 202, 210/30"),
    Promise(office="advanced-hours", moment="2026-06-10T16:00", application="VoiceMail"),
    # Orange: open in the week from 9 to 18, closed on New Year's Day with words of its own.
    Promise(office="orange", moment=WEDNESDAY, rings=("201", "202"), told="201, 202/20"),
    Promise(office="orange", moment="2027-01-01T10:00", is_silent=True),
    Promise(office="orange", moment=EVENING, is_silent=True),
    # A clinic: by day its menu, by night the doctor whose turn it is.
    Promise(office="clinic", moment=WEDNESDAY, keys="2", rings=("204",)),
    Promise(office="clinic", moment="2026-06-10T22:00", outside="+32470123456"),
)


def read(name: str) -> Office:
    """A golden office, its lines without encryption: the bench's telephone company speaks none."""
    office = read_document((GOLDEN / f"{name}.toml").read_text(encoding="utf-8"), SECRET_MAKER).office
    assert office is not None
    plain = (replace(trunk, transport=Transport.UDP, encrypts_media=False, registers=False) for trunk in office.trunks)
    return replace(office, trunks=tuple(plain))


@pytest.fixture(scope="module")
def benches(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, SwitchBench]]:
    """A bench for each office, all open at once."""
    with ExitStack() as stack:
        names = sorted({promise.office for promise in PROMISES})
        yield {
            name: stack.enter_context(opened(read(name), tmp_path_factory.mktemp(name), switch_root)) for name in names
        }


@pytest.mark.feature("B1", "C1", "C3", "C4", "C5", "D1", "D2", "D3", "E5", "F1", "F5")
@pytest.mark.parametrize("promise", PROMISES, ids=str)
def test_what_the_manual_promises_is_what_rings(benches: dict[str, SwitchBench], promise: Promise) -> None:
    bench = benches[promise.office]
    bench.at_rest()
    number = PhoneNumber(promise.number) if promise.number else bench.office.numbers[0].number
    _explained(bench.office, number, promise)
    call = call_in(bench, promise.moment, number=number)
    for key in promise.keys:
        call.wait_for(What.ANSWERED)
        wait_application(bench, "WaitExten")
        call.send_digits(key)
    try:
        if promise.rings:
            wait_rings(bench, promise.rings[0], *promise.rings[1:], seconds=10)
        elif promise.outside:
            bench.wait_until(lambda: outside_calls(bench) == [promise.outside], "a number outside is called", 10)
        elif promise.application:
            wait_application(bench, promise.application)
        else:
            call.wait_ended(20)
            assert not bench.diary.events(what=What.INVITED)
    finally:
        bench.hang_up_all()
        bench.clear_memory()


def _explained(office: Office, number: PhoneNumber, promise: Promise) -> None:
    call_path = build_call_path(office)
    dialled = from_outside(call_path, office.site.country, number.e164)
    assert dialled.subject is not None
    now = as_configured(office, datetime.fromisoformat(promise.moment), caller=CALLER, keys=tuple(promise.keys))
    explanation = walk(office, call_path, dialled.subject, number.e164, now)
    rings = [step for step in explanation.steps if step.why == "rings"]
    if promise.told:
        assert " ".join(f"{step.facts['who']}/{step.until_second - step.at_second}" for step in rings) == promise.told
    if promise.is_silent or promise.application:
        assert rings == []

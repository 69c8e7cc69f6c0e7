"""When an emergency call ends another call, and when it does not: only where every line that could help is full."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.office.country import Country
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from tests.emergency.emergency_office import FILLER, emergency_office, number_of, set_callers_up
from tests.switch_bench.behaviour import ANSWERS, Refuses
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B9", "R2")

COMPANY = number_of(Country.BELGIUM, 0).e164
SHOWN_BY_201 = number_of(Country.BELGIUM, 1).e164
LINES = ("line1", "line2")
CHANNELS, ORDINARY = 10, 8
# Busy, unknown, refused: each is a word on the number and not on the line.
WORDS_ON_THE_NUMBER = (403, 404, 410, 480, 484, 486, 488, 600, 603, 604)


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Two lines and phones in every state."""
    office = emergency_office(Country.BELGIUM)
    with SwitchBench(office, tmp_path_factory.mktemp("bench"), switch_root=switch_root) as it:
        set_callers_up(it)
        yield it


@pytest.fixture
def bench(open_bench: SwitchBench) -> Iterator[SwitchBench]:
    """Everything at rest; the filler takes every call."""
    usual = open_bench.office
    open_bench.at_rest()
    open_bench.phones.behave(FILLER, ANSWERS)
    yield open_bench
    open_bench.hang_up_all()
    if open_bench.office != usual:
        open_bench.change(usual)
    open_bench.clear_memory()
    set_callers_up(open_bench)


def counted(office: Office, channels: int | None) -> Office:
    """Say how many calls each line carries."""
    return replace(office, trunks=tuple(replace(trunk, channels=channels) for trunk in office.trunks))


def ordinary_calls(bench: SwitchBench, line: str, out: int, incoming: int) -> list[Call]:
    """Bring up this many calls on a line; the other refuses what goes out meanwhile."""
    other = next(name for name in LINES if name != line)
    bench.line(other).behave(Refuses(code=503))
    calls = []
    for position in range(out + incoming):
        call = bench.phones.call(FILLER, "+32470123456") if position < out else bench.line(line).call(COMPANY)
        call.wait_for(What.ANSWERED)
        calls.append(call)
    bench.line(other).behave(ANSWERS)
    return calls


def asked(bench: SwitchBench, number: str = "112") -> list[str]:
    """Return the lines that were asked for an emergency number, in order."""
    invites = [(invite.at, line) for line in LINES for invite in bench.line(line).invites if invite.number == number]
    return [line for _, line in sorted(invites)]


def up(calls: Sequence[Call]) -> int:
    """Count the calls that go on."""
    return sum(call.state is CallState.ANSWERED for call in calls)


@pytest.mark.parametrize("channels", [CHANNELS, None], ids=["counted", "not counted"])
def test_word_on_the_number_ends_nobodys_call(bench: SwitchBench, channels: int | None) -> None:
    """Ten channels, eight calls up: each line is asked once, the caller hears busy, and everybody talks on."""
    bench.change(counted(bench.office, channels))
    calls = ordinary_calls(bench, "line1", 4, 4) + ordinary_calls(bench, "line2", 4, 4)
    for code in WORDS_ON_THE_NUMBER:
        for line in LINES:
            bench.line(line).behave(Refuses(code=code), "112")
        before = len(asked(bench))
        assert bench.phones.call("201", "112").wait_ended(8.0) == "486", code
        assert asked(bench)[before:] == list(LINES), code
        assert up(calls) == len(calls) == 2 * ORDINARY, code


@pytest.mark.parametrize("code", [483, 500, 502, 503, 504])
def test_line_with_room_that_fails_ends_nobodys_call(bench: SwitchBench, code: int) -> None:
    """Eight of ten channels are used: whatever the line says, it is not full."""
    bench.change(counted(bench.office, CHANNELS))
    calls = ordinary_calls(bench, "line1", 4, 4)
    for line in LINES:
        bench.line(line).behave(Refuses(code=code), "112")
    call = bench.phones.call("201", "112")
    bench.wait_until(lambda: call.packets_heard > 5, "the voice says so", 8.0)
    assert up(calls) == len(calls)


@pytest.mark.parametrize("channels", [2, None], ids=["counted", "not counted"])
def test_full_line_ends_one_call_and_no_more(bench: SwitchBench, channels: int | None) -> None:
    """Both lines are full: the youngest call out of the first makes room, and the centre is reached by it."""
    bench.change(counted(bench.office, channels))
    calls = ordinary_calls(bench, "line1", 1, 1) + ordinary_calls(bench, "line2", 1, 1)
    for line in LINES:
        bench.line(line).channels = 2
    bench.phones.call("201", "112").wait_for(What.ANSWERED)
    assert calls[0].wait_ended()
    assert up(calls) == len(calls) - 1


def test_line_that_stays_full_ends_one_call(bench: SwitchBench) -> None:
    """It goes on saying that it has no channel, whatever is ended: a second call would be ended for nothing."""
    calls = ordinary_calls(bench, "line1", 2, 2)
    for line in LINES:
        bench.line(line).behave(Refuses(code=503), "112")
    call = bench.phones.call("201", "112")
    bench.wait_until(lambda: call.packets_heard > 5, "the voice says so", 8.0)
    assert up(calls) == len(calls) - 1


def test_full_line_makes_room_where_the_other_does_not_know_the_number(bench: SwitchBench) -> None:
    """A gateway without emergency calls has room, but is no way to the centre; a busy centre is busy by any line."""
    calls = ordinary_calls(bench, "line1", 2, 0)
    bench.line("line1").channels = 2
    bench.line("line2").behave(Refuses(code=486), "112")
    assert bench.phones.call("201", "112").wait_ended() == "486"
    assert up(calls) == 2
    bench.line("line2").behave(Refuses(code=404), "112")
    bench.phones.call("202", "112").wait_for(What.ANSWERED)
    assert up(calls) == 1


def test_call_with_a_centre_is_never_ended_whoever_made_it(bench: SwitchBench) -> None:
    """The centre calls back; a caller from outside was passed on to it: a third emergency call leaves both alone."""
    bench.phones.call("201", "112").wait_for(What.ANSWERED)
    bench.phones["201"].hang_up_all()
    bench.phones.behave("201", ANSWERS)
    centre = bench.line("line1").call(SHOWN_BY_201, "+3225550112")
    centre.wait_for(What.ANSWERED)
    outsider = bench.line("line2").call(COMPANY)
    taken = bench.phones[FILLER].wait_for(What.ANSWERED)
    bench.wait_until(lambda: taken.level(bench.line("line2").tone_hz) > 3000, "they hear each other")
    after = bench.diary.last
    taken.transfer("112")
    passed_on = bench.line("line1").wait_for(What.ANSWERED, after=after)
    bench.line("line1").channels, bench.line("line2").channels = 2, 1
    third = bench.phones.call("203", "112")
    bench.wait_until(lambda: third.packets_heard > 5, "the voice says so", 8.0)
    assert up([centre, outsider, passed_on]) == 3


@pytest.mark.parametrize("dialled", ["*1*112", "*12*112", "*9*0112", "*12*112#", "*7*100"])
def test_prefix_before_an_emergency_number_counts_for_nothing(bench: SwitchBench, dialled: str) -> None:
    """Whether the office has that prefix or not, and for who may dial nothing inside."""
    number = "100" if dialled.endswith("100") else "112"
    for phone in ("201", "202"):  # 202 may call nothing at all
        bench.phones.call(phone, dialled).wait_for(What.ANSWERED)
        assert bench.line("line1").invites[-1].number == number
        assert PhoneNumber(bench.line("line1").invites[-1].caller.number)

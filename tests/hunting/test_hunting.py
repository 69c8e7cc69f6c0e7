"""From line to line: what each trouble of the first line leads to, and how soon the second is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.hunting.outgoing_office import answered, asked, outgoing_office, with_trunk
from tests.switch_bench.behaviour import RINGS, Answers, Ignores, Redirects, Refuses
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import CallState
from tests.switch_bench.diary import What

pytestmark = pytest.mark.feature("B3")

NUMBER = "0470123456"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`within`: seconds until the second line is asked, None if it must not be; `code`: what the caller gets then."""

    name: str
    prepare: Callable[[SwitchBench], None]
    within: float | None = None
    code: str = ""
    line1_is_asked: bool = True


def _refuses(code: int) -> Callable[[SwitchBench], None]:
    return lambda bench: bench.line("line1").behave(Refuses(code=code))


def _dark_and_known(bench: SwitchBench) -> None:
    bench.line("line1").go_dark()
    bench.wait_line("line1", up=False)


def _own_channels_used(bench: SwitchBench) -> None:
    bench.change(with_trunk(outgoing_office(), "line1", channels=2))
    answered(bench, "202", "0470111111")


def _provider_is_full(bench: SwitchBench) -> None:
    bench.line("line1").channels = 1
    answered(bench, "202", "0470111111")


def _unregistered(bench: SwitchBench) -> None:
    after = bench.diary.last
    bench.line("line1").registers_with = 403
    bench.console("pjsip send register trunk-line1")
    bench.diary.wait_for("line1", What.REGISTRATION_REFUSED, after=after)
    bench.line("line1").behave(Refuses(code=403))


TROUBLES = (
    *(Trouble(name=str(code), prepare=_refuses(code), within=1.0) for code in (403, 408, 483, 500, 502, 503, 504, 488)),
    Trouble(name="302", prepare=lambda bench: bench.line("line1").behave(Redirects(to="0900123")), within=1.0),
    *(Trouble(name=f"{code} busy", prepare=_refuses(code), code="486") for code in (486, 600, 603)),
    Trouble(name="404 unknown", prepare=_refuses(404), code="404"),
    Trouble(name="480 unavailable", prepare=_refuses(480), code="480"),
    Trouble(name="known dark", prepare=_dark_and_known, within=0.5, line1_is_asked=False),
    Trouble(name="just dark", prepare=lambda bench: bench.line("line1").go_dark(), within=2.5, line1_is_asked=False),
    Trouble(name="own channels used", prepare=_own_channels_used, within=0.5),
    Trouble(name="full at the provider", prepare=_provider_is_full, within=1.0),
    Trouble(name="unregistered", prepare=_unregistered, within=1.0),
)


@pytest.fixture(scope="module")
def table() -> Iterator[list[str]]:
    """What was measured, printed at the end."""
    rows: list[str] = []
    yield rows
    print("\n| line 1 | what happens | line 2 asked after |\n| --- | --- | --- |\n" + "\n".join(rows))


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.name)
def test_trouble_of_the_first_line(bench: SwitchBench, trouble: Trouble, table: list[str]) -> None:
    """The second line is asked in time, or not at all and the caller hears why."""
    trouble.prepare(bench)
    bench.problems()
    before = len(asked(bench))
    call = bench.phones.call("201", NUMBER)
    if trouble.within is None:
        assert call.wait_ended() == trouble.code
        assert asked(bench)[before:] == ["line1"]
        table.append(f"| {trouble.name} | ends, the caller gets {call.ended_with} | never |")
        return
    call.wait_for(What.ANSWERED, seconds=trouble.within + 1.0)
    invite = bench.line("line2").invites[-1]
    assert invite.number == "+32470123456"
    seconds = invite.at - call.began_at
    assert seconds <= trouble.within
    expected = ["line1", "line2"] if trouble.line1_is_asked and trouble.name != "own channels used" else ["line2"]
    assert asked(bench)[before:] == expected
    table.append(f"| {trouble.name} | goes on | {seconds:.2f} s |")
    assert [line for line in bench.problems() if "on registration" not in line] == []
    if trouble.name == "just dark":  # what was given up is still on its way there
        bench.line("line1").come_back()
        bench.line("line1").wait_for(What.ENDED, seconds=7.0)


def test_call_that_was_given_up_is_taken_back_when_the_line_returns(bench: SwitchBench) -> None:
    """The INVITE is still being repeated to the dark line: the one that arrives is cancelled at once."""
    line = bench.line("line1")
    line.go_dark()
    answered(bench, "201", NUMBER)
    line.behave(RINGS)
    line.come_back()
    rung = line.wait_for(What.STOPPED_RINGING, seconds=7.0)
    assert rung.wait_for(What.STOPPED_RINGING).at - rung.began_at < 0.5
    assert bench.line("line2").calls[-1].state is CallState.ANSWERED


@pytest.mark.parametrize(
    "slow", [Answers(after_seconds=1.5), Answers(after_seconds=1.5, early_sound=True)], ids=["180", "183"]
)
def test_line_that_is_slow_keeps_the_call(bench: SwitchBench, slow: Answers) -> None:
    """Ringing, or sound, and then an answer: no other line is asked."""
    bench.line("line1").behave(slow)
    answered(bench, "201", NUMBER)
    assert asked(bench) == ["line1"]


def test_line_that_has_taken_the_call_and_says_nothing_more_keeps_it(bench: SwitchBench) -> None:
    """100 and a long silence is a mobile network that searches its phone."""
    bench.line("line1").behave(Ignores())
    call = bench.phones.call("201", NUMBER)
    bench.line("line1").wait_for(What.INVITED)
    with pytest.raises(AssertionError, match="not seen"):
        call.wait_for(What.ANSWERED, seconds=3.0)
    assert (asked(bench), call.state) == (["line1"], CallState.CALLING)


def test_no_line_at_all_is_said(bench: SwitchBench) -> None:
    """Every line refuses: the caller hears so, then the call ends."""
    for trunk in bench.office.trunks:
        bench.line(trunk.id).behave(Refuses(code=503))
    call = bench.phones.call("201", NUMBER)
    bench.wait_until(lambda: call.packets_heard > 5, "the voice says so")
    assert call.wait_ended(10.0) == "503"
    assert asked(bench) == ["line1", "line2", "line3"]


@pytest.mark.feature("B2")
def test_channels_are_counted_by_call_not_by_caller(bench: SwitchBench) -> None:
    """A call that was transferred away still occupies its line; one that is over does not."""
    bench.change(with_trunk(outgoing_office(), "line1", channels=2))
    first = answered(bench, "201", NUMBER)
    bench.wait_until(lambda: first.level(bench.line("line1").tone_hz) > 3000, "201 hears the line")
    first.hold()
    first.hold(False)
    first.transfer("202")
    taken = bench.phones["202"].wait_for(What.RINGS)
    taken.answer()
    first.wait_for(What.TRANSFER, code="200")
    answered(bench, "203", NUMBER)
    assert asked(bench) == ["line1", "line2"]
    taken.hang_up()
    bench.line("line1").calls[0].wait_ended()
    answered(bench, "201", NUMBER)
    assert asked(bench) == ["line1", "line2", "line1"]


@pytest.mark.feature("B2")
def test_line_that_says_when_it_is_back_is_registered_at_then(bench: SwitchBench) -> None:
    """Retry-After of a refused REGISTER (RFC 3261 section 20.33): not before, and not ten seconds later as usual."""
    line = bench.line("line1")
    line.registers_with, line.retry_after = 503, 3
    after = bench.diary.last
    bench.console("pjsip send register trunk-line1")
    refused = bench.diary.wait_for("line1", What.REGISTRATION_REFUSED, after=after)
    line.registers_with = 200
    back = bench.diary.wait_for("line1", What.REGISTERED, after=after, seconds=8.0)
    assert 2.5 < back.at - refused.at < 6.0

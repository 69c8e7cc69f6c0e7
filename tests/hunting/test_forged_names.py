"""Who a request comes from is proved by address or password; what is not a call reaches nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.hunting.outgoing_office import COMPANY, DIRECT, asked
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.diary import What
from tests.switch_bench.phones import Phone

pytestmark = pytest.mark.feature("B1", "R5")

# Every name of the switch's own that a header could bear: lines, their emergency side, the box's test phone, a phone.
NAMES = ("trunk-line1", "emergency-line1", "test-phone", "ext-e201", "line1", "belbox", COMPANY.e164, "112")
TARGETS = (COMPANY.e164, DIRECT.e164, "201", "202", "0470123456", "112", "*40*" + COMPANY.e164)
TEXT = {"Content-Type": "text/plain"}
# Not a call, each with what a switch might take for one.
NO_CALLS = ("MESSAGE", "PUBLISH", "INFO", "NOTIFY", "REFER", "UPDATE", "SUBSCRIBE")
NOT_TAKEN = range(400, 700)


@pytest.fixture
def stranger(bench: SwitchBench) -> Callable[[str], Phone]:
    """A host of the office's network that has no password, under any name."""
    return lambda name: bench.phones.plug_in("stranger", name)


def anything_rang(bench: SwitchBench) -> list[str]:
    """Return every telephone, inside or outside, that was called since the bench was at rest."""
    inside = [event.who for event in bench.diary.events(what=What.INVITED)]
    return inside + asked(bench)


def settled(bench: SwitchBench) -> None:
    """Let a real call come through: whatever was sent before it has been dealt with."""
    call = bench.phones.call("203", "*43")
    call.wait_for(What.ANSWERED)


@pytest.mark.parametrize("name", NAMES)
def test_name_in_a_header_opens_nothing(bench: SwitchBench, stranger: Callable[[str], Phone], name: str) -> None:
    """An INVITE or a MESSAGE in a line's or a phone's name, from another address and without its password."""
    for target in TARGETS:
        call = stranger(name).call(target, {"P-Asserted-Identity": "<sip:trunk-line1@203.0.113.10>"})
        assert int(call.wait_ended()) in NOT_TAKEN
        assert stranger(name).ask("MESSAGE", target, TEXT, "hello") in NOT_TAKEN
    settled(bench)
    assert anything_rang(bench) == []


@pytest.mark.parametrize("method", NO_CALLS)
@pytest.mark.parametrize("sender", ["201", "line1"])
def test_what_is_no_call_runs_no_dial_plan(bench: SwitchBench, method: str, sender: str) -> None:
    """A phone with its password, and the line itself: a text to 112 is no silent call."""
    telephone = bench.line(sender) if sender == "line1" else bench.phones[sender]
    headers = {**TEXT, "Event": "presence", "Refer-To": "<sip:202@belbox>"}
    codes = {telephone.ask(method, target, headers, "help") for target in TARGETS}
    settled(bench)
    assert anything_rang(bench) == []
    # A phone may ask for a lamp.
    assert all(code in NOT_TAKEN for code in codes) or (method, sender) == ("SUBSCRIBE", "201"), codes

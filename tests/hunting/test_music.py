"""Who waits hears music: on hold, parked, while a transfer is asked for, in every codec that the box offers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.parking import Parking
from appliance.office.trunk import Codec
from tests.hunting.outgoing_office import DIRECT, outgoing_office
from tests.switch_bench.behaviour import ANSWERS
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What
from tests.switch_bench.sip_text import OPUS_PAYLOAD
from tests.switch_bench.telephone import Telephone
from tests.switch_bench.voice import G722, GSM, PCMA, PCMU

pytestmark = pytest.mark.feature("F7", "H3")

PAYLOADS = {"G722": G722, "PCMA": PCMA, "PCMU": PCMU, "GSM": GSM, "opus": OPUS_PAYLOAD}
AT_PHONES = ("G722", "PCMA", "PCMU")
AT_LINES = tuple(PAYLOADS)


def musical_office() -> Office:
    """Lines of every codec, and slots to park at."""
    office = outgoing_office(parking=Parking(name="Park", first=ExtensionNumber("700"), last=ExtensionNumber("705")))
    return replace(office, trunks=tuple(replace(trunk, codecs=tuple(Codec)) for trunk in office.trunks))


@pytest.fixture
def music(bench: SwitchBench) -> Iterator[SwitchBench]:
    """The bench with these lines; every telephone speaks as usual afterwards."""
    bench.change(musical_office())
    for name in ("201", "202", "203"):
        bench.phones.behave(name, ANSWERS)
    yield bench
    for telephone in (*(bench.phones[name] for name in ("201", "202", "203")), bench.line("line1")):
        speak(telephone, "PCMA", "PCMU")


def speak(telephone: Telephone, *codecs: str) -> None:
    """Say which codecs a telephone has."""
    telephone.payloads = tuple(PAYLOADS[codec] for codec in codecs)


def hears_music(bench: SwitchBench, call: Call, codec: str, what: str) -> None:
    """Wait until half a second of music came in, in this codec."""
    bench.wait_until(lambda: call.hears_sound() == codec, f"{what}: {codec} hears music", 5.0, call.hears_sound)


def up(bench: SwitchBench, here: str, there: str, *, is_line: bool) -> tuple[Call, Call]:
    """Connect 201, which speaks one codec, with 202 or the line, which speaks another."""
    other = bench.line("line1") if is_line else bench.phones["202"]
    speak(bench.phones["201"], here)
    speak(other, there)
    after = bench.diary.last
    call = bench.phones.call("201", "0470123456" if is_line else "202")
    call.wait_for(What.ANSWERED)
    return call, other.wait_for(What.ANSWERED, after=after)


@pytest.mark.parametrize("is_line", [False, True], ids=["phone", "line"])
@pytest.mark.parametrize("here", AT_PHONES)
def test_who_is_held_hears_music(music: SwitchBench, here: str, is_line: bool) -> None:
    """Held by a phone that speaks one codec: a colleague, or somebody outside, who speaks any other; and back."""
    for there in AT_LINES if is_line else AT_PHONES:
        call, other = up(music, here, there, is_line=is_line)
        call.hold()
        hears_music(music, other, there, f"held by {here}")
        call.hold(False)
        other.hold()
        hears_music(music, call, here, f"held by {there}")
        music.hang_up_all()


@pytest.mark.parametrize("there", AT_LINES)
def test_who_is_parked_hears_music(music: SwitchBench, there: str) -> None:
    """A caller from outside, passed on to a slot."""
    for here in AT_PHONES:
        call, other = up(music, here, there, is_line=True)
        music.wait_until(lambda: call.packets_heard > 5 and other.packets_heard > 5, "they hear each other")  # noqa: B023
        call.transfer("0700")
        call.wait_for(What.TRANSFER, code="200")
        hears_music(music, other, there, "parked")
        music.hang_up_all()


@pytest.mark.parametrize("there", AT_LINES)
def test_who_waits_for_a_transfer_hears_music(music: SwitchBench, there: str) -> None:
    """While a colleague is asked, who speaks any codec; then they hear each other."""
    for asked in AT_PHONES:
        call, other = up(music, "PCMA", there, is_line=True)
        call.hold()
        speak(music.phones["203"], asked)
        second = music.phones.call("201", "203")
        second.wait_for(What.ANSWERED)
        hears_music(music, other, there, "while 203 is asked")
        call.transfer_to_call(second)
        call.wait_for(What.TRANSFER, code="200")
        music.hang_up_all()


def test_caller_from_outside_is_held_with_music(music: SwitchBench) -> None:
    """A call that came in, in every codec."""
    for there in AT_LINES:
        speak(music.line("line1"), there)
        after = music.diary.last
        caller = music.line("line1").call(DIRECT.e164)
        caller.wait_for(What.ANSWERED)
        taken = music.phones["202"].wait_for(What.ANSWERED, after=after)
        music.wait_until(lambda: caller.packets_heard > 5 and taken.packets_heard > 5, "they hear each other")  # noqa: B023
        taken.hold()
        hears_music(music, caller, there, "a caller")
        music.hang_up_all()

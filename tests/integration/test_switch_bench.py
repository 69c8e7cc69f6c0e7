"""The switch bench itself: each thing its phones and lines can do is seen by the switch as it was meant."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from appliance.office.office import Office
from tests.offices import COMPANY_NUMBER, MOBILE, a_trunk, an_extension, two_phones
from tests.switch_bench.behaviour import (
    ANSWERS,
    BUSY,
    DECLINES,
    RINGS,
    Answers,
    Ignores,
    Progresses,
    Redirects,
    Refuses,
)
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import GIVEN_UP, HUNG_UP_HERE, HUNG_UP_THERE, CallState
from tests.switch_bench.diary import NotSeenError, What

LOUD = 3000.0  # a bench's tone comes at 8000 through G.711
QUIET = 100.0
PEOPLE = tuple(str(number) for number in range(201, 207))


def six_people(first: str = "203.0.113.10", second: str = "203.0.113.20") -> Office:
    """Two lines, six people, numbers that ring without a look at the clock."""
    office = two_phones()
    people = tuple(an_extension(number, f"Person {number}", with_voicemail=number == "206") for number in PEOPLE)
    numbers = tuple(replace(number, opening_hours_id=None) for number in office.numbers)
    return replace(
        office,
        trunks=(a_trunk("line1", first), a_trunk("line2", second)),
        extensions=people,
        numbers=numbers,
        phones=(),
    )


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """One bench for the file, six phones plugged in."""
    office = six_people()
    with SwitchBench(office, tmp_path_factory.mktemp("bench"), switch_root=switch_root) as bench:
        bench.phones.register_extensions(*office.extensions)
        yield bench


@pytest.fixture
def bench(open_bench: SwitchBench) -> Iterator[SwitchBench]:
    """The bench at rest; afterwards every call is ended and the switch has not complained."""
    open_bench.at_rest()
    open_bench.problems()
    yield open_bench
    open_bench.hang_up_all()
    assert open_bench.problems() == []


def test_bench_and_six_phones_are_ready_in_three_and_a_half_seconds(
    needs_namespaces: None, switch_root: Path, tmp_path: Path
) -> None:
    """A second bench beside the first has places of its own and is quick; its switch has loaded without a complaint."""
    office = six_people()
    for folder in (tmp_path / "first", tmp_path / "second", tmp_path / "third"):  # other work may be in the way once
        folder.mkdir()
        began = time.monotonic()
        with SwitchBench(office, folder, switch_root=switch_root) as bench:
            started = time.monotonic()
            bench.phones.register_extensions(*office.extensions)
            registered = time.monotonic()
            assert bench.problems() == []
            bench.line("line1").wait_registered()
            assert str(folder) not in Path("/proc/self/mountinfo").read_text()  # the jail's mounts are its own
        if started - began < 1.5 and registered - started < 2.0:
            return
    pytest.fail(f"started in {started - began:.1f} s, registered in {registered - started:.1f} s")


def test_phone_rings_until_its_caller_gives_up(bench: SwitchBench) -> None:
    """180 at the caller, name and number at the phone, CANCEL with its reason."""
    call = bench.phones.call("201", "202")
    call.wait_for(What.HEARS_RINGING)
    rung = bench.phones["202"].calls[-1]
    assert (rung.shown.name, rung.shown.number) == ("Person 201", "201")
    assert bench.phones.ringing() == {"202"}
    assert call.state is CallState.RINGING
    call.hang_up()
    stopped = rung.wait_for(What.STOPPED_RINGING)
    assert "cause=127" in stopped.facts["reason"]
    assert (call.ended_with, rung.ended_with) == (GIVEN_UP, GIVEN_UP)
    assert rung.wait_for(What.RINGS).at <= stopped.at


def test_answered_call_carries_sound_digits_and_is_hung_up_by_either(bench: SwitchBench) -> None:
    """Each hears the other's tone and not its own; digits arrive; who hung up is known."""
    bench.phones.behave("202", ANSWERS)
    call = bench.phones.call("201", "202")
    call.wait_for(What.ANSWERED)
    other = bench.phones["202"].calls[-1]
    call.send_digits("12#")
    other.wait_for(What.DIGIT, digit="#")
    other.send_digits("7")
    call.wait_for(What.DIGIT, digit="7")
    assert other.digits == "12#"
    bench.wait_until(lambda: call.packets_heard > 40 and other.packets_heard > 60, "sound flows")
    for hearer, speaker in ((call, other), (other, call)):
        assert hearer.level(speaker.telephone.tone_hz) > LOUD
        assert hearer.level(hearer.telephone.tone_hz) < QUIET
    other.hang_up()
    assert call.wait_ended() == HUNG_UP_THERE
    assert other.ended_with == HUNG_UP_HERE


def test_phone_answers_after_some_seconds_and_hangs_up_by_itself(bench: SwitchBench) -> None:
    """The times of the diary are those that were asked for."""
    bench.phones.behave("202", Answers(after_seconds=0.4, presses="5", hangs_up_after_seconds=0.8))
    call = bench.phones.call("201", "202")
    ringing, answered = call.wait_for(What.HEARS_RINGING), call.wait_for(What.ANSWERED)
    assert 0.3 < answered.at - ringing.at < 0.9
    ended = call.wait_for(What.ENDED)
    assert call.digits == "5"
    assert 0.6 < ended.at - answered.at < 1.4


@pytest.mark.parametrize(
    ("behaviour", "code"), [(BUSY, "486"), (DECLINES, "603"), (Refuses(code=480), "480")], ids=["486", "603", "480"]
)
def test_phone_refuses(bench: SwitchBench, behaviour: Refuses, code: str) -> None:
    """Busy, declined, do not disturb: the phone has said so and the caller has not been answered."""
    bench.phones.behave("202", behaviour)
    call = bench.phones.call("201", "202")
    bench.phones["202"].wait_for(What.REFUSED, code=code)
    assert call.wait_ended().isdigit()
    assert call.code >= 400


def test_silent_phone_stays_registered_and_a_gone_phone_does_not(bench: SwitchBench) -> None:
    """Silent: the switch finds out by asking. Gone: there is no contact. Both come back."""
    phone = bench.phones["203"]
    phone.fall_silent()
    call = bench.phones.call("201", "203")
    with pytest.raises(NotSeenError):
        call.wait_for(What.HEARS_RINGING, seconds=0.3)
    bench.wait_reachable(phone, False)
    assert "ext-e203" in bench.console("database show registrar")
    phone.wake()
    bench.wait_reachable(phone, True)
    phone.unregister()
    assert "ext-e203" not in bench.console("database show registrar")
    assert bench.phones.call("201", "203").wait_ended().isdigit()
    phone.register()
    assert bench.diary.events("203", What.RINGS) == ()
    bench.phones.call("201", "203").wait_for(What.HEARS_RINGING)


def test_wrong_password_is_not_registered(bench: SwitchBench) -> None:
    """A phone that may not register says so."""
    after = bench.diary.last
    with pytest.raises(NotSeenError):
        bench.phones.register("stranger", "ext-e201", "not-the-password", wait_seconds=0.5)
    assert bench.diary.events("stranger", What.REGISTRATION_REFUSED, after=after, code="401")


def test_all_phones_of_a_group_ring_and_one_answer_stops_the_others(bench: SwitchBench) -> None:
    """The losers are told that the call was completed elsewhere, so that they list no missed call."""
    call = bench.line("line2").call(COMPANY_NUMBER.e164, "+32475111222", name="Customer")
    bench.phones["202"].wait_for(What.RINGS, number="+32475111222")
    won = bench.phones["201"].wait_for(What.RINGS, number="+32475111222")
    won.answer()
    call.wait_for(What.ANSWERED)
    stopped = bench.diary.wait_for("202", What.STOPPED_RINGING)
    assert "cause=200" in stopped.facts["reason"]
    call.hang_up()
    assert won.wait_ended() == HUNG_UP_THERE


def test_second_line_gets_the_call_that_the_first_refuses(bench: SwitchBench) -> None:
    """Both lines tell what they were asked: the number, who calls, codecs; 503 and busy channels alike."""
    first, second = bench.line("line1"), bench.line("line2")
    first.behave(Refuses(code=503))
    call = bench.phones.call("201", "0470123456")
    call.wait_for(What.ANSWERED)
    assert [invite.number for invite in (*first.invites, *second.invites)] == [MOBILE.e164] * 2
    assert second.invites[0].caller.number == COMPANY_NUMBER.e164
    assert second.invites[0].codecs == ("PCMA", "PCMU", "telephone-event")
    assert first.invites[0].at < second.invites[0].at
    call.hang_up()
    first.behave(ANSWERS)
    second.behave(ANSWERS)
    first.channels = 0
    bench.phones.call("201", "0470123456").wait_for(What.ANSWERED)
    assert len(second.invites) == 2


@pytest.mark.parametrize("code", [500, 408, 480, 486, 600, 603, 404, 403])
def test_line_refuses_with_any_code(bench: SwitchBench, code: int) -> None:
    """By the number called: other numbers are not touched."""
    for name in ("line1", "line2"):
        bench.line(name).behave(Refuses(code=code), MOBILE.e164)
    call = bench.phones.call("201", "0470123456")
    assert int(call.wait_ended(10)) >= 400  # a caller that no line took is told so first
    assert bench.diary.events("line1", What.REFUSED, call=bench.line("line1").calls[-1].number, code=str(code))
    bench.phones.call("201", "0470999999").wait_for(What.ANSWERED)


def test_line_rings_progresses_and_ignores_by_script(bench: SwitchBench) -> None:
    """The next calls get, in turn: ringing; early sound; nothing; early sound and an answer; an answer again."""
    line = bench.line("line1")
    line.script([RINGS, Progresses(), Ignores(), Answers(after_seconds=0.2, early_sound=True)])
    call = bench.phones.call("201", "0470123456")
    call.wait_for(What.HEARS_RINGING)
    call.hang_up()
    call = bench.phones.call("201", "0470123456")
    call.wait_for(What.PROGRESS)
    bench.wait_until(lambda: call.level(line.tone_hz) > LOUD, "the line's early sound is heard")
    call.hang_up()
    call = bench.phones.call("201", "0470123456")
    line.wait_for(What.INVITED, after=bench.diary.last - 1)
    call.hang_up()
    for _ in range(2):
        call = bench.phones.call("201", "0470123456")
        call.wait_for(What.ANSWERED)
        call.hang_up()


def test_dark_line_is_known_and_comes_back(bench: SwitchBench) -> None:
    """A cut line gets no call once the switch has asked it; mended, it is used again."""
    first, second = bench.line("line1"), bench.line("line2")
    first.go_dark()
    bench.wait_line("line1", up=False)
    bench.phones.call("201", "0470123456").wait_for(What.ANSWERED)
    assert (len(first.invites), len(second.invites)) == (0, 1)
    first.come_back()
    bench.wait_line("line1", up=True)
    bench.phones.call("201", "0470123456").wait_for(What.ANSWERED)
    assert len(first.invites) == 1


def test_line_refuses_registration_and_the_switch_says_so(bench: SwitchBench) -> None:
    """403 to REGISTER, seen in the switch's own list after it starts anew."""
    line = bench.line("line1")
    line.registers_with = 403
    after = bench.diary.last
    bench.restart()
    bench.diary.wait_for("line1", What.REGISTRATION_REFUSED, after=after)
    bench.wait_until(lambda: "Rejected" in bench.console("pjsip show registrations"), "the refusal is known")
    assert bench.problems() != []  # the switch warns of a refusal, as it should
    line.registers_with = 200
    bench.restart(hard=True)
    line.wait_registered(after=bench.diary.last)
    bench.phones.call("201", "202").wait_for(What.HEARS_RINGING)  # phones stay registered in its store
    bench.problems()


def test_call_from_a_line_shows_or_hides_its_caller(bench: SwitchBench) -> None:
    """From and name as sent; an anonymous caller's number is asserted to the switch alone."""
    call = bench.line("line1").call(COMPANY_NUMBER.e164, "+32475111222", name="Zoë & Co <x>; 1")
    shown = bench.phones["201"].wait_for(What.RINGS, number="+32475111222").shown
    assert shown.name == "Zoë & Co <x>; 1"
    call.hang_up()
    after = bench.diary.last
    bench.line("line1").call(COMPANY_NUMBER.e164, "+32475111222", anonymous=True)
    rung = bench.phones["201"].wait_for(What.RINGS, after=after)
    assert rung.invite is not None
    assert "anonymous" in rung.invite.get("from").lower()


def test_hold_and_transfer(bench: SwitchBench) -> None:
    """Blind and attended transfer by REFER: the pair that is left hears each other."""
    for name in ("202", "203", "204"):
        bench.phones.behave(name, ANSWERS)
    call = bench.phones.call("201", "202")
    call.wait_for(What.ANSWERED)
    second = bench.phones["202"].calls[-1]
    # Asterisk refuses to transfer a call that it has answered and not yet put through.
    bench.wait_until(lambda: call.level(second.telephone.tone_hz) > LOUD, "201 hears 202")
    second.hold()
    second.hold(False)
    second.transfer("203")
    second.wait_for(What.TRANSFER, code="200")
    third = bench.phones["203"].wait_for(What.ANSWERED)
    bench.wait_until(lambda: call.level(third.telephone.tone_hz) > LOUD, "201 hears 203")
    asked = bench.phones.call("203", "204")
    asked.wait_for(What.ANSWERED)
    bench.wait_until(lambda: asked.level(bench.phones["204"].tone_hz) > LOUD, "203 hears 204")
    third.transfer_to_call(asked)
    third.wait_for(What.TRANSFER, code="200")
    fourth = bench.phones["204"].calls[-1]
    bench.wait_until(lambda: call.level(fourth.telephone.tone_hz) > LOUD, "201 hears 204")
    assert asked.wait_ended() in {HUNG_UP_HERE, HUNG_UP_THERE}
    call.hang_up()
    assert fourth.wait_ended() == HUNG_UP_THERE


def test_phone_forwards_by_itself(bench: SwitchBench) -> None:
    """302 with another number, as a phone with a forward of its own answers."""
    bench.phones.behave("202", Redirects(to="203"))
    bench.phones.call("201", "202")
    bench.phones["202"].wait_for(What.REFUSED, code="302")


def test_test_phone_sends_headers_of_its_own(bench: SwitchBench) -> None:
    """The box's test phone registers and what it adds to a call reaches the switch."""
    bench.register_test_phone()
    bench.phones.call("test-phone", "202", {"X-Belbox-At": "1795246801", "X-Belbox-Caller": "anonymous"})
    bench.phones["202"].wait_for(What.RINGS, name="Belbox test")
    shown = bench.ami.list("CoreShowChannels")
    channel = next(item["Channel"] for item in shown if item["Channel"].startswith("PJSIP/test-phone"))
    for header, value in (("X-Belbox-At", "1795246801"), ("X-Belbox-Caller", "anonymous")):
        assert bench.ami.act("Getvar", Channel=channel, Variable=f"PJSIP_HEADER(read,{header})")["Value"] == value


def test_lamp_and_message_lamp_reach_the_phone(bench: SwitchBench) -> None:
    """Messages waiting come by themselves; a number without a lamp is refused, and the phone knows."""
    after = bench.diary.last
    bench.phones["206"].register()
    told = bench.diary.wait_for("206", What.NOTIFIED, after=after, event="message-summary")
    assert "Messages-Waiting: no" in told.facts["body"]
    bench.phones["201"].watch("no-such-number")
    bench.diary.wait_for("201", What.NOT_WATCHED, number="no-such-number")


def test_change_reloads_and_memory_is_cleared(bench: SwitchBench) -> None:
    """A new person can register at once; what calls wrote is gone and who is registered is not."""
    office = bench.office
    new = an_extension("207", "Newcomer")
    bench.change(replace(office, extensions=(*office.extensions, new)))
    bench.phones.register_extensions(new)
    bench.phones.call("201", "207").wait_for(What.HEARS_RINGING)
    bench.database_put("forward", "201", "+32470123456")
    assert bench.database_get("forward", "201") == "+32470123456"
    bench.console("devstate change Custom:mode INUSE")
    bench.clear_memory()
    assert bench.database_get("forward", "201") is None
    assert "Custom:mode" not in bench.console("devstate list")
    assert "ext-e207" in bench.console("database show registrar")
    bench.change(office)
    assert bench.phones.call("201", "207").wait_ended(10).isdigit()


def test_a_hundred_calls_a_minute_are_a_trifle(bench: SwitchBench) -> None:
    """Two hundred calls out, each recorded by the line, one after the other."""
    line = bench.line("line1")
    line.behave(Refuses(code=486))
    began = time.monotonic()
    for count in range(200):
        assert bench.phones.call("201", f"04701{count:05}").wait_ended() == "486"
    assert time.monotonic() - began < 20.0
    assert [invite.number for invite in line.invites] == [f"+324701{count:05}" for count in range(200)]


def test_office_that_would_reach_the_world_is_put_on_loopback(bench: SwitchBench) -> None:
    """Whatever host a trunk has, the switch is given an address of the bench."""
    text = (bench.folder / "switch" / "current" / "asterisk" / "pjsip.conf").read_text()
    assert f"contact = sip:{bench.place.line(0)}:5060" in text
    assert "contact = sip:203." not in text

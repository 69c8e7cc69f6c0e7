"""One batch of the matrix: bring lines and box into their state, let every phone call at once, look at what arrived."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.emergency.cases import BoxState, Case, LineState
from tests.emergency.emergency_office import FILLER, number_of, renamed
from tests.switch_bench.behaviour import ANSWERS, Refuses
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import What
from tests.switch_bench.line import Invite
from tests.virtual_office.sip_message import read_address

# Seconds from the phone's INVITE to the centre's.
LIMITS = dict.fromkeys(LineState, 2.0) | {
    LineState.JUST_DARK: 3.0,
    LineState.FULL: 3.0,
    LineState.BOTH_FULL_OUT: 3.0,
    LineState.BOTH_FULL_IN: 3.0,
    LineState.BOTH_DARK: 15.0,  # until the voice says that there is no line
}
_REFUSALS = {
    LineState.REFUSES_503: 503,
    LineState.REFUSES_403: 403,
    LineState.REFUSES_404: 404,
    LineState.REFUSES_486: 486,
    LineState.UNREGISTERED: 403,
}
_LOUD = 3000.0  # a bench's tone comes at 8000 through G.711
_ORDINARY_NUMBER = "+32470123456"  # abroad for most countries, and allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """`seconds` until the centre, or the voice, was reached; `fault` is empty when all was as it must be."""

    case: Case
    seconds: float
    fault: str = ""


def run_batch(bench: SwitchBench, batch: Sequence[Case]) -> list[Outcome]:
    """Make the calls of one batch, one per phone, and leave the bench as it was."""
    state, box = batch[0].line, batch[0].box
    bench.at_rest()
    bench.wait_for_lines()
    if box is BoxState.RESTARTED:
        bench.restart(hard=True)
    _prepare_lines(bench, state, len(batch))
    with _box_in(bench, box) as changing:
        calls = list(_place(bench, batch))
        outcomes = [_look(bench, case, position, call) for position, case, call in calls]
        outcomes += _sound(bench, batch[0], calls[0][2])
        changing.result()
        # Nobody was hung up: not by a change of settings, not by another emergency call.
        for _, case, call in calls:
            if state is not LineState.BOTH_DARK and call.state is not CallState.ANSWERED:
                outcomes.append(Outcome(case=case, seconds=0.0, fault=f"did not stay up: {call.ended_with}"))
    bench.hang_up_all()
    if state is LineState.UNREGISTERED:
        _register_again(bench)
    return outcomes


def _prepare_lines(bench: SwitchBench, state: LineState, calls: int) -> None:
    first, second = bench.line("line1"), bench.line("line2")
    each = (calls + 1) // 2
    if state in _REFUSALS:
        first.behave(Refuses(code=_REFUSALS[state]))
    match state:
        case LineState.KNOWN_DARK:
            first.go_dark()
            bench.wait_line("line1", up=False)
        case LineState.JUST_DARK:
            first.go_dark()
        case LineState.BOTH_DARK:
            for trunk_id in ("line1", "line2"):
                bench.line(trunk_id).go_dark()
            for trunk_id in ("line1", "line2"):
                bench.wait_line(trunk_id, up=False)
        case LineState.UNREGISTERED:
            after = bench.diary.last
            first.registers_with = 403
            bench.console("pjsip send register trunk-line1")
            # On a busy machine a login that is under way is answered first.
            bench.diary.wait_for("line1", What.REGISTRATION_REFUSED, after=after, seconds=30)
        case LineState.FULL:
            first.channels = 1
            _fill_out(bench, 1)
        case LineState.BOTH_FULL_OUT:
            first.channels = second.channels = each
            _fill_out(bench, 2 * each)
        case LineState.BOTH_FULL_IN:
            first.channels = second.channels = each
            bench.phones.behave(FILLER, ANSWERS)
            # On a busy machine its answer to a look may have come too late.
            bench.wait_reachable(bench.phones[FILLER], True, 30)
            company = number_of(bench.office.site.country, 0).e164
            for line in (first, second):
                for _ in range(each):
                    line.call(company).wait_for(What.ANSWERED)
        case _:
            pass


def _fill_out(bench: SwitchBench, calls: int) -> None:
    for _ in range(calls):
        bench.phones.call(FILLER, _ORDINARY_NUMBER).wait_for(What.ANSWERED)


def _register_again(bench: SwitchBench) -> None:
    bench.line("line1").registers_with = 200
    after = bench.diary.last
    bench.console("pjsip send register trunk-line1")
    bench.line("line1").wait_registered(after=after)


@contextmanager
def _box_in(bench: SwitchBench, box: BoxState) -> Iterator[Future[object]]:
    """Keep the box in a state; the future is what it does meanwhile."""
    done: Future[object] = Future()
    done.set_result(None)
    if box is BoxState.RELOAD:
        with ThreadPoolExecutor(1) as beside:
            yield beside.submit(bench.change, renamed(bench.office))
    elif box is BoxState.DISK_FULL:
        bench.wait_for_store()  # a second that cannot be written is lost whole, phones that registered in it too
        pid = bench.process.pid
        _limit_files(pid, "0")
        try:
            yield done
        finally:
            _limit_files(pid, "unlimited")
    else:
        yield done


def _limit_files(pid: int, size: str) -> None:
    """Let no file of a process grow beyond `size`, as its own user: root may be refused that in a container."""
    place = Path(f"/proc/{pid}").stat()
    user = [f"--reuid={place.st_uid}", f"--regid={place.st_gid}", "--clear-groups"] if os.getuid() == 0 else []
    command = ["prlimit", f"--pid={pid}", f"--fsize={size}:unlimited"]
    subprocess.run(["setpriv", *user, *command] if user else command, check=True)


def _place(bench: SwitchBench, batch: Sequence[Case]) -> Iterator[tuple[int, Case, Call]]:
    """All at once; where each must free a line of its own, one after the other."""
    one_by_one = batch[0].line in {LineState.BOTH_FULL_OUT, LineState.BOTH_FULL_IN}
    for position, case in enumerate(batch):
        call = bench.phones.call(str(201 + position), case.form.dial(case.number))
        yield position, case, call
        if one_by_one:
            _is_seen(call, LIMITS[case.line] + 1.0)


def _is_seen(call: Call, seconds: float) -> bool:
    try:
        call.wait_for(What.ANSWERED, seconds=seconds)
    except AssertionError:
        return False
    return True


def _look(bench: SwitchBench, case: Case, position: int, call: Call) -> Outcome:
    limit = LIMITS[case.line]
    if case.line is LineState.BOTH_DARK:
        return _hears_voice(bench, case, call, limit)
    if not _is_seen(call, limit + 1.0):
        return Outcome(case=case, seconds=0.0, fault=f"not answered: {call.state} {call.ended_with}")
    own = number_of(case.country, position + 1).e164
    arrived = [invite for invite in _invites(bench) if invite.caller.number == own and not invite.call.ended_with]
    if len(arrived) != 1:
        return Outcome(case=case, seconds=0.0, fault=f"{len(arrived)} calls at the centre show {own}")
    seconds = arrived[0].at - call.began_at
    fault = _fault(arrived[0], case)
    if not fault and seconds > limit:
        fault = f"late: {seconds:.2f} s"
    return Outcome(case=case, seconds=seconds, fault=fault)


def _fault(invite: Invite, case: Case) -> str:
    called = read_address(invite.message.get("to")).number
    if (invite.number, called) != (case.number, case.number):
        return f"the centre was called as {invite.number}, To {called}"
    if invite.privacy or "anonymous" in invite.message.get("from").lower():
        return "the caller is hidden"
    return ""


def _hears_voice(bench: SwitchBench, case: Case, call: Call, limit: float) -> Outcome:
    began = call.began_at
    try:
        bench.wait_until(lambda: call.packets_heard > 5, "a voice is heard", limit - (time.monotonic() - began))
    except AssertionError:
        return Outcome(case=case, seconds=0.0, fault=f"no voice: {call.state} {call.ended_with}")
    return Outcome(case=case, seconds=time.monotonic() - began)


def _sound(bench: SwitchBench, case: Case, call: Call) -> list[Outcome]:
    """The first call of a batch has sound both ways."""
    if case.line is LineState.BOTH_DARK or call.state is not CallState.ANSWERED:
        return []
    own = number_of(case.country, 1).e164
    there = next(
        invite.call for invite in _invites(bench) if invite.caller.number == own and not invite.call.ended_with
    )

    def is_heard() -> bool:
        return call.level(there.telephone.tone_hz) > _LOUD and there.level(call.telephone.tone_hz) > _LOUD

    deadline = time.monotonic() + 3.0
    while not is_heard():
        if time.monotonic() > deadline:
            return [Outcome(case=case, seconds=0.0, fault="no sound both ways")]
        time.sleep(0.05)  # sound is no event of anybody
    return []


def _invites(bench: SwitchBench) -> list[Invite]:
    return [invite for trunk_id in ("line1", "line2") for invite in bench.line(trunk_id).invites]

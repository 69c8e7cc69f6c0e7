"""Random offices on real switches, several at once: each call is explained, made, watched and compared."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from queue import Queue
from zoneinfo import ZoneInfo

from appliance.office.call_path.build import build_call_path
from appliance.office.circumstances import Circumstances
from appliance.office.dialled import from_inside, from_outside, may_dial
from appliance.office.explain import walk
from appliance.office.live_settings import DO_NOT_DISTURB, NIGHT_STATE, NUMBER_FORWARD, SPECIAL, forward_family
from appliance.office.night import NightSetting
from appliance.office.office import Office
from tests.differential.random_office import GROUP_MOBILE, OUTSIDE_SECONDS, RandomCall, random_calls, random_office
from tests.differential.story import differences, happened, told
from tests.switch.calls import give_prompts
from tests.switch_bench.behaviour import BUSY, RINGS, Refuses
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call

BENCHES = 10
LONGEST_SECONDS = 45.0
MOST_TOLD_SECONDS = 30  # a longer story is left for another throw


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A call of which the explanation and the switch do not say the same."""

    seed: int
    call: RandomCall
    differences: tuple[str, ...]
    explanation: str

    def __str__(self) -> str:
        return f"office {self.seed}: {self.call}\n  " + "\n  ".join(self.differences) + f"\n  told:\n{self.explanation}"


@dataclass(frozen=True, slots=True)
class Findings:
    """How many calls were made; every disagreement; and those that a second call, in the same state, did not show."""

    made: int
    wrong: tuple[Disagreement, ...]
    shaken: tuple[Disagreement, ...]


def run(seeds: Sequence[int], calls_each: int, switch_root: Path) -> Findings:
    """Make the calls; one that disagrees is made once more, in the same state.

    On a busy machine a line or a phone may answer the switch's look too late, and be gone for a moment.
    """
    waiting: Queue[int] = Queue()
    for seed in seeds:
        waiting.put(seed)
    with ThreadPoolExecutor(BENCHES) as workers:
        results = [workers.submit(_work, waiting, calls_each, switch_root) for _ in range(min(BENCHES, len(seeds)))]
        found = [result.result() for result in results]
    wrong = tuple(one for part in found for one in part.wrong)
    shaken = tuple(one for part in found for one in part.shaken)
    return Findings(sum(part.made for part in found), wrong, shaken)


def _work(waiting: Queue[int], calls_each: int, switch_root: Path) -> Findings:
    made = 0
    wrong: list[Disagreement] = []
    shaken: list[Disagreement] = []
    bench: SwitchBench | None = None
    with ExitStack() as stack:
        while not waiting.empty():
            seed = waiting.get()
            office = random_office(seed)
            if bench is None:
                folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
                give_prompts(office, folder)
                bench = stack.enter_context(SwitchBench(office, folder, switch_root=switch_root))
                bench.phones.register_extensions(*office.extensions)
                bench.register_test_phone()
            else:
                give_prompts(office, bench.folder)
                bench.change(office)
                bench.clear_memory()
            for call in random_calls(office, seed, calls_each):
                found = one_call(bench, office, seed, call)
                if found is None:
                    continue
                made += 1
                if not found.differences:
                    continue
                again = one_call(bench, office, seed, call)
                (wrong if again and again.differences else shaken).append(found)
    return Findings(made, tuple(wrong), tuple(shaken))


def one_call(bench: SwitchBench, office: Office, seed: int, call: RandomCall) -> Disagreement | None:
    """Explain a call and make it; None if it leads nowhere or would take too long."""
    call_path = build_call_path(office)
    now = call.now
    zone = ZoneInfo(office.site.time_zone)
    if call.dialled:
        now = replace(now, at=datetime.now(zone).replace(tzinfo=None))  # noqa: TID251  the switch's own clock
        caller = office.extension(now.calling_extension_id or "")
        dialled = may_dial(from_inside(call_path, office.site.country, call.dialled), office.permission_of(caller))
    else:
        dialled = from_outside(call_path, office.site.country, call.number.e164)
    if dialled.subject is None:
        return None
    now = replace(now, hunt_order=dict(_hunt_orders(bench)))
    explanation = walk(office, call_path, dialled.subject, dialled.number, now)
    if explanation.steps[-1].until_second > MOST_TOLD_SECONDS:
        return None
    _arrange(bench, office, now)
    bench.problems()
    made = _make(bench, office, call, now, zone)
    seen = happened(bench, made, now, seconds=LONGEST_SECONDS)
    bench.hang_up_all()
    complaints = [line for line in bench.problems() if not _is_noise(line)]
    expected = told(office, explanation)
    steps = "\n".join(
        f"    {s.at_second}-{s.until_second} {s.kind} {s.name}: {s.why} {dict(s.facts)}" for s in explanation.steps
    )
    return Disagreement(
        seed, replace(call, now=now), (*differences(expected, seen), *complaints), f"{steps}\n    {explanation.ends}"
    )


def _arrange(bench: SwitchBench, office: Office, now: Circumstances) -> None:
    """Put phones, lines and the switch's store in the state of the world."""
    bench.at_rest()
    orders = dict(_stored(bench, "hunt"))
    bench.clear_memory()
    for key, order in orders.items():
        bench.database_put("hunt", key, order)
    for trunk in office.trunks:
        line = bench.line(trunk.id)
        line.behave(Refuses(code=480, after_seconds=OUTSIDE_SECONDS))
        line.behave(RINGS, number=GROUP_MOBILE.e164)
        if trunk.id in now.dark_lines:
            line.go_dark()
        bench.wait_line(trunk.id, up=trunk.id not in now.dark_lines)
    for extension in office.extensions:
        phone = bench.phones[extension.number.digits]
        if extension.id in now.down:
            phone.unregister()
        else:
            phone.register()
        phone.behaviour = BUSY if extension.id in now.busy else RINGS
    for extension_id in now.do_not_disturb:
        bench.database_put(SPECIAL, extension_id, "1")
        bench.database_put(DO_NOT_DISTURB, extension_id, "1")
    for (extension_id, case), number in now.forwards.items():
        bench.database_put(forward_family(case), extension_id, number)
    for number_id, number in now.number_forwards.items():
        bench.database_put(NUMBER_FORWARD, number_id, number)
    if now.night is not NightSetting.AUTO:
        family, _, key = NIGHT_STATE.partition("/")
        bench.database_put(family, key, now.night.value)
    for key_id in now.red:
        bench.console(f"devstate change Custom:mode-{key_id} INUSE")


def _make(bench: SwitchBench, office: Office, call: RandomCall, now: Circumstances, zone: ZoneInfo) -> Call:
    if call.dialled:
        caller = office.extension(now.calling_extension_id or "")
        return bench.phones.call(caller.number.digits, call.dialled)
    moment = int(now.at.replace(tzinfo=zone).timestamp())
    headers = {"X-Belbox-At": str(moment), "X-Belbox-Caller": now.caller or "anonymous"}
    return bench.phones.call("test-phone", f"*40*{call.number.e164}", headers)


def _hunt_orders(bench: SwitchBench) -> Iterator[tuple[str, tuple[str, ...]]]:
    for key, order in _stored(bench, "hunt"):
        yield key.rpartition("-")[0], tuple(member.partition("*")[0] for member in order.split("|"))


def _stored(bench: SwitchBench, family: str) -> list[tuple[str, str]]:
    found = re.findall(rf"^/{family}/(\S+)\s*: (.*?)\s*$", bench.console(f"database show {family}"), re.MULTILINE)
    return [(key, value) for key, value in found]


def _is_noise(line: str) -> bool:
    """A caller who hangs up in a voicemail box is none of the dial plan's faults."""
    noises = ("app_voicemail.c", "No audio available")
    return any(noise in line for noise in noises)


def main(seeds: Sequence[int], calls_each: int, switch_root: Path) -> None:
    """Say what was found, for a look by hand."""
    findings = run(seeds, calls_each, switch_root)
    for found in (*findings.shaken, *findings.wrong):
        print(found)
    print(f"{findings.made} calls, {len(findings.wrong)} disagreements, {len(findings.shaken)} not seen again")

"""P5: from INVITE to 180 through a full call plan, against three lines by hand on the same Asterisk, interleaved."""

from __future__ import annotations

import os
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from tests.bench.figures import SWITCH_ROOT, heading, percentile, ratio, row
from tests.bench.large_office import PEOPLE_PER_GROUP, large_office
from tests.offices import COMPANY_NUMBER
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What

SIZE = 200
CALLS, WARM_UP = 200, 20
BURSTS, BURST = 12, 20
HAND_WRITTEN = "+3225559999"
SIDES = {"full call plan": COMPANY_NUMBER.e164, "three lines by hand": HAND_WRITTEN}
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the figures."""
    print(heading(f"P5, {SIZE} extensions, a ring group of {PEOPLE_PER_GROUP}"))
    office = large_office(SIZE)
    with (
        tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder,
        SwitchBench(office, Path(folder), switch_root=SWITCH_ROOT) as bench,
    ):
        members = office.extensions[:PEOPLE_PER_GROUP]
        bench.phones.register_extensions(*members)
        dial = "&".join(f"PJSIP/{member.sip_user}" for member in members)
        with (bench.process.configuration / "extensions.conf").open("a") as file:
            file.write(f"\n[from-trunk-line1]\nexten => {HAND_WRITTEN},1,Dial({dial},20)\n same => n,Hangup()\n")
        bench.console("dialplan reload")
        _latency(bench)
        _bursts(bench)


def _latency(bench: SwitchBench) -> None:
    seconds: dict[str, list[float]] = defaultdict(list)
    for place in range(CALLS + WARM_UP):
        for name, number in SIDES.items():
            call = _ring(bench, number)
            if place >= WARM_UP:
                seconds[name].append(call.wait_for(What.HEARS_RINGING).at - call.began_at)
            call.hang_up()
            bench.wait_until(lambda: not bench.phones.ringing(), "all phones are at rest")
    for name, values in seconds.items():
        print(row(f"INVITE to 180, {name}", values))
    print(ratio("latency, ours by theirs", *seconds.values()))


def _bursts(bench: SwitchBench) -> None:
    """Many calls at once: how long until all ring, and the processor time the switch spends on one."""
    rates: dict[str, list[float]] = defaultdict(list)
    costs: dict[str, list[float]] = defaultdict(list)
    for _ in range(BURSTS):
        for name, number in SIDES.items():
            spent, began = _processor_seconds(bench.process.pid), time.monotonic()
            calls = [bench.line("line1").call(number) for _ in range(BURST)]
            last = max(call.wait_for(What.HEARS_RINGING, seconds=20.0).at for call in calls)
            rates[name].append(BURST / (last - began))
            bench.hang_up_all()
            costs[name].append((_processor_seconds(bench.process.pid) - spent) / BURST)
            bench.at_rest()
    for name, values in rates.items():
        print(row(f"calls a second, {name}", values, "/s", 1.0))
    print(ratio("calls a second, ours by theirs", *rates.values()))
    for name, values in costs.items():
        print(f"{f'processor time of a call, {name}':44} mean {1000 * sum(values) / len(values):.2f} ms")
    print(f"{'median of ours':44} {1000 * percentile(next(iter(costs.values())), 0.5):.2f} ms")


def _ring(bench: SwitchBench, number: str) -> Call:
    call = bench.line("line1").call(number)
    call.wait_for(What.HEARS_RINGING)
    return call


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS  # proc(5): utime, stime


if __name__ == "__main__":
    main()

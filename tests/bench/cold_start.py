"""How soon a switch is booted and in how much memory, our modules against all of them, and one change applied.

Twice: for 200 extensions with one plan, and for the law firm (200 extensions, 20 groups, menus, schedules, 3 lines).
"""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from pathlib import Path

from appliance.office.office import Office
from tests.bench.figures import SWITCH_ROOT, heading, ratio, row
from tests.bench.large_office import large_office, renamed
from tests.golden.law_firm import law_firm
from tests.switch_bench.bench import SwitchBench

SIZE = 200
RUNS = 10
EVERYTHING = "[modules]\nautoload = yes\n"


def main() -> None:
    """Print the figures."""
    for name, office in ((f"{SIZE} extensions", large_office(SIZE)), ("the law firm", law_firm())):
        print(heading(f"cold start, {name}"))
        _measure(office)


def _measure(office: Office) -> None:
    starts: dict[str, list[float]] = defaultdict(list)
    memory: dict[str, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder,
        SwitchBench(office, Path(folder), switch_root=SWITCH_ROOT) as bench,
    ):
        place = bench.process.configuration / "modules.conf"
        texts = {"our modules": place.read_text(), "every module": EVERYTHING}
        for _ in range(RUNS):
            for name, text in texts.items():
                place.write_text(text)
                bench.restart()
                starts[name].append(bench.process.started_in)
                memory[name].append(_resident_megabytes(bench.process.pid))
        place.write_text(texts["our modules"])
        bench.restart()
        changes = [bench.change(renamed(office, f"Name {run}")) for run in range(RUNS)]
    for name in texts:
        print(row(f"started, {name}", starts[name]))
        print(row(f"resident memory, {name}", memory[name], "MB", 1.0))
    print(ratio("start, ours by theirs", *starts.values()))
    print(ratio("memory, ours by theirs", *memory.values()))
    print(row("one name changed: compile", [change.compile for change in changes]))
    print(row("write", [change.write for change in changes]))
    print(row("switch runs it", [change.switch for change in changes]))
    print(row("all of it", [sum(change) for change in changes]))


def _resident_megabytes(pid: int) -> float:
    found = re.search(r"^VmRSS:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None, "proc(5) has VmRSS for every process that is no kernel thread"
    return int(found.group(1)) / 1024


if __name__ == "__main__":
    main()

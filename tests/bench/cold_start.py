"""How soon a switch with 200 extensions is booted, in how much memory: our modules against all of them."""

from __future__ import annotations

import re
import tempfile
from collections import defaultdict
from pathlib import Path

from tests.bench.figures import SWITCH_ROOT, heading, ratio, row
from tests.bench.large_office import large_office
from tests.switch_bench.bench import SwitchBench

SIZE = 200
RUNS = 10
EVERYTHING = "[modules]\nautoload = yes\n"


def main() -> None:
    """Print the figures."""
    print(heading(f"cold start, {SIZE} extensions"))
    starts: dict[str, list[float]] = defaultdict(list)
    memory: dict[str, list[float]] = defaultdict(list)
    with (
        tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder,
        SwitchBench(large_office(SIZE), Path(folder), switch_root=SWITCH_ROOT) as bench,
    ):
        place = bench.process.configuration / "modules.conf"
        texts = {"our modules": place.read_text(), "every module": EVERYTHING}
        for _ in range(RUNS):
            for name, text in texts.items():
                place.write_text(text)
                bench.restart()
                starts[name].append(bench.process.started_in)
                memory[name].append(_resident_megabytes(bench.process.pid))
    for name in texts:
        print(row(f"started, {name}", starts[name]))
        print(row(f"resident memory, {name}", memory[name], "MB", 1.0))
    print(ratio("start, ours by theirs", *starts.values()))
    print(ratio("memory, ours by theirs", *memory.values()))


def _resident_megabytes(pid: int) -> float:
    found = re.search(r"^VmRSS:\s*(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    assert found is not None, "proc(5) has VmRSS for every process that is no kernel thread"
    return int(found.group(1)) / 1024


if __name__ == "__main__":
    main()

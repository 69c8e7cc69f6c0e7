"""P4: from a changed office to the switch running it, with calls up; against a restart and a reload of everything."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.bench.figures import SWITCH_ROOT, heading, row
from tests.bench.large_office import FIRST_EXTENSION, large_office, renamed
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import CallState
from tests.switch_bench.diary import What

SIZES = (200, 1000)
RUNS = 12
CALLS = 10
PHONES = 20


def main() -> None:
    """Print the figures."""
    print(heading("P4, one name changed"))
    for size in SIZES:
        with tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder:
            _measure(size, Path(folder))


def _measure(size: int, folder: Path) -> None:
    office = large_office(size)
    with SwitchBench(office, folder, switch_root=SWITCH_ROOT) as bench:
        bench.phones.register_extensions(*office.extensions[:PHONES])
        calls = [bench.phones.call(str(FIRST_EXTENSION + place), "0470123456") for place in range(CALLS)]
        for call in calls:
            call.wait_for(What.ANSWERED)
        changes = [bench.change(renamed(office, f"Name {run}")) for run in range(RUNS)]
        dropped = sum(call.state is not CallState.ANSWERED for call in calls)
        contacts = sum(item.get("Uri", "").startswith("sip:ext-") for item in bench.ami.list("PJSIPShowContacts"))
        print(f"\n{size} extensions, {CALLS} calls up: {dropped} dropped; {contacts} of {PHONES} registrations kept")
        print(row("compile", [change.compile for change in changes]))
        print(row("write", [change.write for change in changes]))
        print(row("switch runs it", [change.switch for change in changes]))
        print(row("all of it", [sum(change) for change in changes]))
        reloads, restarts = [], []
        for _ in range(RUNS):
            began = time.monotonic()
            bench.ami.act("Reload")
            reloads.append(time.monotonic() - began)
        bench.hang_up_all()
        for _ in range(RUNS):
            began = time.monotonic()
            bench.restart()
            restarts.append(time.monotonic() - began)
        print(row("against: reload of everything", reloads))
        print(row("against: restart", restarts))


if __name__ == "__main__":
    main()

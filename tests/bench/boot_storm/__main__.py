"""P1: a boot storm of 250 phones of four brands, against the same storm on plain servers with the same bytes."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from tests.bench.boot_storm.one_storm import Size, Told, run_storm, start_box
from tests.bench.boot_storm.phone import PHASES
from tests.bench.figures import SWITCH_ROOT, heading, row
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.units import CHECKOUT


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, default=251, help="the last of them reboots for ever")
    parser.add_argument("--lost", type=int, default=0)
    given = parser.parse_args()
    os.environ["PYTHONPATH"] = str(CHECKOUT)  # a command in a place of the office starts in no folder of ours
    size = Size(phones=given.phones, lost_percent=given.lost)
    print(heading(f"P1, {size.phones - size.restless} phones"))
    with tempfile.TemporaryDirectory(prefix="belbox-storm-") as folder:
        top = Path(folder)
        with VirtualOffice(top / "lab", top / "box", SWITCH_ROOT) as office:
            start_box(office, size)
            tell("Belbox", size, run_storm(office, size, keep_files=True))


def tell(name: str, size: Size, told: Told) -> None:
    """Print one storm."""
    for phase in PHASES:
        values = told.own_seconds(phase)
        if values:
            print(row(f"{name}, {phase}, each from its own start", values, "s", 1.0))
    for phase in ("registered", "lamps"):
        got = told.seconds(phase)
        print(f"{name}, all {phase}: {max(got, default=0):.2f} s, {len(got)} of {len(told.settled)}")
    failed = [(phone["mac"], one) for phone in told.settled for one in phone["failed"]]
    print(f"{name}: rounds that failed {len(failed)}", *failed[:5], sep="\n  ")
    print(f"{name}: processor seconds {dict(told.processor)}; call {told.storm['busy']}")


if __name__ == "__main__":
    main()

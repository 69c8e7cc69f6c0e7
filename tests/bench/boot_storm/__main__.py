"""P1: a boot storm of 250 phones of four brands, against the same storm on plain servers with the same bytes."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from tests.bench.boot_storm.one_storm import Size, Told, authority_of, run_storm, start_box
from tests.bench.boot_storm.phone import PHASES
from tests.bench.boot_storm.plain import start_plain
from tests.bench.figures import SWITCH_ROOT, heading, ratio, row
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.units import CHECKOUT

ENDS = ("registered", "lamps")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--phones", type=int, default=250, help="and one more that reboots for ever")
    parser.add_argument("--rounds", type=int, default=3, help="of both sides")
    parser.add_argument("--lost", type=int, nargs="*", default=[0, 5], help="percent of packets")
    given = parser.parse_args()
    os.environ["PYTHONPATH"] = str(CHECKOUT)  # a command in a place of the office starts in no folder of ours
    size = Size(phones=given.phones + 1)
    print(heading(f"P1, {given.phones} phones, {size.lamps} lamps each, {size.old} with an old token"))
    for lost in given.lost:
        ends: dict[tuple[str, str], list[float]] = defaultdict(list)
        stories: dict[str, list[Told]] = defaultdict(list)
        for seed in range(given.rounds):
            for name, told in _one_round(replace(size, lost_percent=lost, seed=seed)):
                stories[name].append(told)
                print(f"{lost} % lost, {name}: {_in_short(told)}", flush=True)
                for phase in ENDS:
                    ends[name, phase].append(max(told.seconds(phase), default=0.0))
        for name, all_told in stories.items():
            for phase in PHASES:
                values = [seconds for told in all_told for seconds in told.own_seconds(phase)]
                print(row(f"{lost} % lost, {name}, {phase}", values, "s", 1.0))
            busy = [seconds for told in all_told for seconds in told.storm["busy"].get("busy", [])]
            print(row(f"{lost} % lost, {name}, lamp shows a call, from dialling", busy))
        for phase in ENDS:
            for name in stories:
                print(row(f"{lost} % lost, {name}, all {phase}, from the first start", ends[name, phase], "s", 1.0))
            print(ratio(f"{lost} % lost, all {phase}, ours by plain", *(ends[name, phase] for name in stories)))


def _one_round(size: Size) -> list[tuple[str, Told]]:
    with tempfile.TemporaryDirectory(prefix="belbox-storm-") as folder:
        ours, plain = Path(folder) / "ours", Path(folder) / "plain"
        box = VirtualOffice(ours / "lab", ours / "box", SWITCH_ROOT)
        with box:
            start_box(box, size)
            told = run_storm(box, size, authority_of(box), keep_files=True)
        with VirtualOffice(plain / "lab", plain / "box", SWITCH_ROOT) as office:
            servers = start_plain(office, box, told)
            against = run_storm(office, size, authority_of(box))
        for server in servers:
            server.wait()
    return [("Belbox", told), ("plain", against)]


def _in_short(told: Told) -> str:
    there = ", ".join(
        f"{len(told.seconds(phase))} {phase} after {max(told.seconds(phase), default=0):.1f} s" for phase in ENDS
    )
    failed = [one for phone in told.settled for one in phone["failed"]]
    reboots = [phone["boots"] for phone in told.storm["phones"] if phone["restless"]]
    return (
        f"of {len(told.settled)} {there}; rounds of fetching that failed {len(failed)} {failed[:3]}; "
        f"restless boots {reboots}; subscriptions alive {told.subscriptions}; processor seconds {dict(told.processor)}"
    )


if __name__ == "__main__":
    main()

"""`belbox firmware`: what the library holds, and new firmware going over the phones."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path
from typing import Any

from appliance.cli.output import print_json
from appliance.office.phone import Brand
from appliance.operations.box import Box
from appliance.operations.composition import in_force_of
from appliance.operations.firmware import FirmwareShelf
from provisioning.firmware_rollout import Rollout


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("firmware", help="phone makers' firmware: the library, and giving it to the phones")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_firmware)
    does = parser.add_subparsers(dest="does", metavar="WHAT")
    adding = does.add_parser("add", help="take a file in, checked against the maker's checksum")
    adding.add_argument("file", type=Path)
    adding.add_argument("--brand", choices=[brand.value for brand in Brand], required=True)
    adding.add_argument("--model", action="append", required=True, help="may be given several times")
    adding.add_argument("--version", required=True, help="as the phone shows it")
    adding.add_argument("--checksum", required=True, help="the MD5, SHA-1 or SHA-256 that the maker publishes")
    does.add_parser("remove", help="take a file out").add_argument("name")
    starting = does.add_parser("start", help="give it to the phones: one, then a tenth, then the rest; by night")
    starting.add_argument("name")
    starting.add_argument("--now", action="store_true", help="do not wait for the night")
    does.add_parser("stop", help="let no further phone begin")


def _firmware(box: Box, given: argparse.Namespace) -> int:
    shelf = FirmwareShelf(box, in_force_of(box))
    match given.does:
        case "add":
            added = shelf.add(
                given.file,
                brand=Brand(given.brand),
                models=given.model,
                version=given.version,
                digest=given.checksum,
            )
            print(f"{added.name}: {added.brand} {', '.join(added.models)}, version {added.version}.")
        case "remove":
            shelf.remove(given.name)
        case "start":
            _tell(shelf.begin(given.name, by_night=not given.now))
        case "stop":
            rollout = shelf.stop("by hand")
            if rollout is None:
                print("No firmware is going over the phones.")
                return 1
            _tell(rollout)
        case _:
            _show(shelf, as_json=given.json)
    return 0


def _show(shelf: FirmwareShelf, *, as_json: bool) -> None:
    rollout = shelf.rollout()
    catalogue = [one.firmware for one in shelf.library()]
    if as_json:
        files = [
            {"name": one.name, "brand": one.brand.value, "models": list(one.models), "version": one.version}
            for one in catalogue
        ]
        print_json({"files": files, "rollout": _as_row(rollout) if rollout else None})
        return
    if not catalogue:
        print("The library holds no firmware. `belbox firmware add` takes a file in.")
    for one in catalogue:
        print(f"{one.name}  {one.brand} {', '.join(one.models)}  {one.version}")
    if rollout:
        _tell(rollout)


def _as_row(rollout: Rollout) -> dict[str, object]:
    return {
        "firmware": rollout.firmware,
        "state": rollout.state.value,
        "because": rollout.because,
        "phones": {str(phone.mac): phone.progress.value for phone in rollout.phones},
    }


def _tell(rollout: Rollout) -> None:
    counts = Counter(phone.progress.value for phone in rollout.phones)
    shown = ", ".join(f"{count} {progress}" for progress, count in sorted(counts.items()))
    because = f" ({rollout.because})" if rollout.because else ""
    print(f"{rollout.firmware}: {rollout.state.value}{because}: {shown}.")

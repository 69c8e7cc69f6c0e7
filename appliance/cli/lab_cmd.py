"""`belbox up`, `belbox down`, `belbox lab`: a box in a virtual office, for development and demonstration.

The office itself is in tests/virtual_office, which only a checkout has; this room knows its state file and its door.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from appliance.cli.output import CommandRefused
from appliance.cli.root import CHECKOUT
from appliance.errors import NotPermitted, NotRunning
from appliance.operations.box import Box

_INSIDE = "BELBOX_INSIDE"  # set for a command that already runs in the box's namespace


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verbs."""
    up = verbs.add_parser("up", help="start a box in a small virtual office and print where its wizard is")
    up.add_argument("--router-dhcp", action="store_true", help="let the router give out addresses, not the box")
    up.set_defaults(run=_up)
    verbs.add_parser("down", help="stop what `up` started").set_defaults(run=_down)
    lab = verbs.add_parser("lab", help="the virtual office by hand")
    actions = lab.add_subparsers(dest="action", required=True)
    actions.add_parser("up", help="as `belbox up`").set_defaults(run=_up, router_dhcp=False)
    actions.add_parser("down", help="as `belbox down`").set_defaults(run=_down)
    shell = actions.add_parser("shell", help="a shell in one place of the office")
    shell.add_argument("place", help="box, router, provider, outside, phone-yealink, phone-snom, ...")
    shell.set_defaults(run=_shell)


def enter_box(box: Box) -> None:
    """Go on inside the box's namespace if a virtual office holds this box; else stay where we are."""
    holder = _holder(box)
    if holder is None or holder["loopback"] or os.environ.get(_INSIDE):
        return
    # A program that enters another namespace stands in its root folder: files are named from where we are.
    stay = ["sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", os.getcwd()]
    command = [*_door(holder, "box"), *stay, sys.executable, "-m", "appliance.cli.main", *sys.argv[1:]]
    os.environ[_INSIDE] = "1"
    os.environ["PYTHONPATH"] = str(CHECKOUT)
    os.execvp(command[0], command)


def console_address(box: Box) -> str:
    """Return where a person opens the console: 127.0.0.1 in a virtual office, the box's own address else."""
    holder = _holder(box)
    if holder is not None or os.environ.get(_INSIDE):
        port = json.loads(_state_file(box).read_text())["console_port"]
        return f"http://127.0.0.1:{port}/"
    return f"https://{box.network.address}/"


def _up(box: Box, given: argparse.Namespace) -> int:
    lab = _lab_module()
    office = lab.VirtualOffice(_directory(box), box.paths.root, _switch_root())
    holder = _holder(box)
    if holder is not None and holder["state"] == "ready" and not given.router_dhcp:
        print("The virtual office runs already.")
    else:
        missing = lab.missing_for_namespaces()
        try:
            if missing:
                print(f"No virtual office: {missing}.")
                print("What still works: a box on loopback with the wizard, the switch, `belbox office`, `compile`,")
                print(
                    "`apply` and `explain`. What does not: the virtual phones, DHCP, TFTP, HTTPS, the telephone line."
                )
                office.start(loopback=True)
            else:
                print("Starting the box, four phones, a router, a telephone company and a mobile ...", flush=True)
                office.start(router_dhcp=given.router_dhcp)
        except lab.LabFailedError as fault:
            raise CommandRefused(f"The box did not start: {fault}", f"See {_directory(box)}/logs.") from fault
    print(f"\n    The wizard:  {console_address(box)}")
    if box.paths.claim_code.exists():
        print(f"    Claim code:  {box.paths.claim_code.read_text().strip()}")
    else:
        print("    The box has been claimed; log in with the account you made.")
    print("\n    ./belbox status   what runs\n    ./belbox down     stop it all")
    return 0


def _down(box: Box, _given: argparse.Namespace) -> int:
    office = _lab_module().VirtualOffice(_directory(box), box.paths.root, _switch_root())
    print("Stopped." if office.stop() else "Nothing was running.")
    return 0


def _shell(box: Box, given: argparse.Namespace) -> int:
    holder = _holder(box)
    if holder is None:
        raise CommandRefused(
            "There is no virtual office here.", "Start one with ./belbox up.", exit_code=NotRunning.exit_code
        )
    return subprocess.call([*_door(holder, given.place), os.environ.get("SHELL", "/bin/sh")])


def _holder(box: Box) -> dict[str, Any] | None:
    try:
        holder: dict[str, Any] = json.loads(_state_file(box).read_text())
        started = Path(f"/proc/{holder['pid']}/stat").read_text().rpartition(") ")[2].split()[19]
    except (OSError, ValueError, KeyError, IndexError):
        return None
    return holder if started == holder["started"] else None


def _door(holder: dict[str, Any], place: str) -> list[str]:
    if shutil.which("nsenter") is None:
        raise CommandRefused(
            "The program nsenter is missing.", "Install the package util-linux.", exit_code=NotPermitted.exit_code
        )
    user = [] if os.geteuid() == 0 else ["--user", "--preserve-credentials"]
    target = ["nsenter", "--target", str(holder["pid"]), "--mount", "--pid", *user, "--"]
    return [*target, "nsenter", f"--net=/run/netns/{place}", "--"]


def _directory(box: Box) -> Path:
    return box.paths.root.parent / "lab"


def _state_file(box: Box) -> Path:
    return _directory(box) / "state.json"


def _switch_root() -> Path:
    root = Path(os.environ.get("BELBOX_SWITCH_ROOT", CHECKOUT / "var" / "switch-root"))
    if not (root / "usr" / "sbin" / "asterisk").exists():
        raise CommandRefused(
            f"There is no switch in {root}.",
            "Run ./belbox up as root (or with sudo) once: it builds one from Debian's packages.",
            exit_code=NotRunning.exit_code,
        )
    return root


def _lab_module() -> Any:
    try:
        from tests.virtual_office import lab
    except ImportError as fault:
        raise CommandRefused("The virtual office is part of a checkout, not of a box.") from fault
    return lab

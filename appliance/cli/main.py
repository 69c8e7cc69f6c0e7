"""`belbox`: every verb of the command line."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.cli import (
    apply_cmd,
    codes_cmd,
    compile_cmd,
    explain_cmd,
    firmware_cmd,
    first_boot_cmd,
    lab_cmd,
    network_cmd,
    office_cmd,
    phones_cmd,
    serve_cmd,
    status_cmd,
    test_call_cmd,
)
from appliance.cli.wiring import Box, default_root
from appliance.errors import ApplianceError

_COMMANDS = (
    lab_cmd,
    status_cmd,
    phones_cmd,
    firmware_cmd,
    network_cmd,
    office_cmd,
    compile_cmd,
    apply_cmd,
    explain_cmd,
    codes_cmd,
    test_call_cmd,
    first_boot_cmd,
    serve_cmd,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit status."""
    parser = argparse.ArgumentParser(prog="belbox", description="An office telephone system in one box.")
    parser.add_argument(
        "--root", type=Path, help="where this box keeps everything (on a box /var/lib/belbox, here ./var/box)"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for command in _COMMANDS:
        command.add_to(verbs)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        status = given.run(Box((given.root or default_root()).absolute()), given)
    except ApplianceError as fault:
        print(f"belbox: {fault.message}", file=sys.stderr)
        if fault.remedy:
            print(f"        {fault.remedy}", file=sys.stderr)
        return fault.exit_code
    return int(status)


if __name__ == "__main__":
    sys.exit(main())

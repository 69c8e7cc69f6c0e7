"""`belbox`: every verb of the command line."""

from __future__ import annotations

import argparse
import importlib
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from appliance.cli.lab_cmd import enter_box
from appliance.cli.output import CommandRefused
from appliance.cli.root import default_root
from appliance.errors import BelboxError
from appliance.operations.box import Box
from appliance.words.texts import error_text

# Module -> its verbs. Only the verb's own module is loaded: all of them take twice the time of one.
_COMMANDS = {
    "lab_cmd": ("up", "down", "lab"),
    "status_cmd": ("status",),
    "phones_cmd": ("phones",),
    "firmware_cmd": ("firmware",),
    "network_cmd": ("network",),
    "office_cmd": ("office",),
    "compile_cmd": ("compile",),
    "apply_cmd": ("apply", "history", "rollback"),
    "explain_cmd": ("explain",),
    "codes_cmd": ("codes",),
    "test_call_cmd": ("test-call",),
    "first_boot_cmd": ("first-boot", "recover"),
    "serve_cmd": ("serve-web", "serve-provisioning", "monitor", "serve-helper"),
}

# In a checkout a virtual office may hold the box: only inside it these reach the switch, the phones and the helper.
_ASK_THE_RUNNING_BOX = frozenset(
    {"status", "phones", "firmware", "network", "apply", "history", "rollback", "test-call"}
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; return its exit status."""
    parser = argparse.ArgumentParser(prog="belbox", description="An office telephone system in one box.")
    parser.add_argument(
        "--root", type=Path, help="where this box keeps everything (on a box /var/lib/belbox, here ./var/box)"
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name in _modules_for(sys.argv[1:] if arguments is None else arguments):
        importlib.import_module(f"appliance.cli.{name}").add_to(verbs)
    given = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    try:
        box = Box((given.root or default_root()).absolute())
        if given.verb in _ASK_THE_RUNNING_BOX:
            enter_box(box)
        status = given.run(box, given)
    except CommandRefused as refusal:
        print(f"belbox: {refusal}", *filter(None, [refusal.remedy]), sep="\n        ", file=sys.stderr)
        return refusal.exit_code
    except BelboxError as fault:
        print(f"belbox: {error_text(fault, 'en')}", file=sys.stderr)
        return fault.exit_code
    return int(status)


def _modules_for(arguments: Sequence[str]) -> Sequence[str]:
    """Return the module of the verb asked for; all of them for the help, or when there is no such verb."""
    return [name for name, verbs in _COMMANDS.items() if not {*verbs}.isdisjoint(arguments)] or list(_COMMANDS)


if __name__ == "__main__":
    sys.exit(main())

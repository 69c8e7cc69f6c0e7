"""`belbox office check|import|export`: the whole office as one TOML file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from appliance.cli.output import CommandRefused, print_json, print_problems
from appliance.operations.box import Box
from appliance.operations.offices import Offices, ReadDocument, read_alone
from appliance.words.texts import problem_rows

LARGEST_FILE_BYTES = 10_000_000  # 500 employees are 100 kB


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    office = verbs.add_parser("office", help="check, import or export the whole office as one TOML file")
    actions = office.add_subparsers(dest="action", required=True)
    check = actions.add_parser("check", help="say every fault of a file, with its place; change nothing")
    check.add_argument("file", type=Path)
    check.add_argument("--json", action="store_true")
    check.set_defaults(run=_check)
    importing = actions.add_parser("import", help="replace the office by a file (undo with `belbox rollback`)")
    importing.add_argument("file", type=Path)
    importing.add_argument("--json", action="store_true")
    importing.set_defaults(run=_import)
    exporting = actions.add_parser("export", help="print the office, without its secrets")
    exporting.set_defaults(run=_export)


def _check(_box: Box, given: argparse.Namespace) -> int:
    result = read_alone(read_text(given.file))
    _tell(result, given.json)
    if not given.json:
        print(f"{given.file}: {'no fault' if result.office else 'not usable'}")
    return 0 if result.office else 2


def _import(box: Box, given: argparse.Namespace) -> int:
    text = read_text(given.file)
    result = Offices(box).read(text)
    _tell(result, given.json)
    if result.office is None:
        print("Nothing was changed.", file=sys.stderr)
        return 2
    outcome = Offices(box).take_in(text, given.file.name, author="command line")
    if outcome.revision is None:
        print_problems(outcome.problems)
        print("Nothing was changed.", file=sys.stderr)
        return 2
    if not given.json:
        print(f"Saved as revision {outcome.revision}. `belbox apply` makes it true.")
    return 0


def _export(box: Box, _given: argparse.Namespace) -> int:
    sys.stdout.write(Offices(box).as_text())
    return 0


def _tell(result: ReadDocument, as_json: bool) -> None:
    if as_json:
        print_json(problem_rows(result.problems, "en"))
    else:
        print_problems(result.problems)


def read_text(path: Path) -> str:
    """Return a file's text; CommandRefused says why it cannot be read."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise CommandRefused(f"{path} is larger than {LARGEST_FILE_BYTES // 1_000_000} MB: not an office file.")
        return path.read_text(encoding="utf-8")
    except OSError as fault:
        raise CommandRefused(f"{path} cannot be read: {fault.strerror}.") from fault
    except UnicodeDecodeError as fault:
        raise CommandRefused(f"{path} is not UTF-8 text (byte {fault.start}).", "Save it as UTF-8.") from fault

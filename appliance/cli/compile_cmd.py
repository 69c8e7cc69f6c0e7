"""`belbox compile FILE --out DIR`: the pure compiler on a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.office_cmd import read_text
from appliance.cli.output import print_problems
from appliance.operations.box import Box
from appliance.operations.compiling import read_with_stand_ins, write_compiled


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "compile", help="compile an office file: DIR/asterisk and DIR/phones; same office, same bytes"
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.set_defaults(run=_compile)


def _compile(_box: Box, given: argparse.Namespace) -> int:
    result = read_with_stand_ins(read_text(given.file))
    print_problems(result.problems)
    if result.office is None:
        return 2
    write_compiled(result.office, given.out)
    return 0

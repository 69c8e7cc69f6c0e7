"""`belbox codes`: every feature code and what it does; the table in the documentation is this one."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.output import print_json
from appliance.operations.box import Box
from appliance.words.explanations import code_table
from appliance.words.texts import LANGUAGES


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("codes", help="list the codes that a phone may dial")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_codes)


def _codes(_box: Box, given: argparse.Namespace) -> int:
    table = code_table(given.language)
    if given.json:
        print_json([{"code": code, "does": does} for code, does in table])
        return 0
    width = max(len(code) for code, _ in table)
    for code, does in table:
        print(f"{code:<{width}}  {does}")
    return 0

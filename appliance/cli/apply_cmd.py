"""`belbox apply`, `belbox history`, `belbox rollback N`."""

from __future__ import annotations

import argparse
import sys
from dataclasses import asdict
from typing import Any

from appliance.cli.output import print_json, print_problems
from appliance.operations.box import Box
from appliance.operations.composition import in_force_of
from appliance.operations.history import History
from appliance.operations.in_force import Applied


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verbs."""
    applying = verbs.add_parser("apply", help="make the newest revision true, or put everything back")
    applying.add_argument("--json", action="store_true")
    applying.set_defaults(run=_apply)
    history = verbs.add_parser("history", help="who changed what, when; which revision is in force")
    history.add_argument("--json", action="store_true")
    history.set_defaults(run=_history)
    rollback = verbs.add_parser("rollback", help="go back to revision N, as a new revision, and apply it")
    rollback.add_argument("revision", type=int)
    rollback.add_argument("--json", action="store_true")
    rollback.set_defaults(run=_rollback)


def _apply(box: Box, given: argparse.Namespace) -> int:
    _tell(in_force_of(box).apply(wait=True), given.json)
    return 0


def _rollback(box: Box, given: argparse.Namespace) -> int:
    outcome = History(box).put_back(given.revision, author="command line")
    if outcome.revision is None:
        print_problems(outcome.problems)
        print("Nothing was changed.", file=sys.stderr)
        return 2
    _tell(in_force_of(box).apply(wait=True), given.json)
    return 0


def _history(box: Box, given: argparse.Namespace) -> int:
    rows = [
        {
            "revision": revision.number,
            "made_at": revision.made_at.isoformat(timespec="seconds"),
            "author": revision.author,
            "summary": revision.summary,
            "in_force": revision.is_in_force,
        }
        for revision in History(box).revisions()
    ]
    if given.json:
        print_json(rows)
    else:
        for row in rows:
            mark = "*" if row["in_force"] else " "
            print(f"{mark} {row['revision']:>4}  {row['made_at']}  {row['author']:<14}  {row['summary']}")
    return 0


def _tell(applied: Applied, as_json: bool) -> None:
    if as_json:
        phones = sorted(str(mac) for mac in applied.changed_phones)
        print_json({**asdict(applied), "changed_phones": phones, "new_passwords": sorted(applied.new_passwords)})
        return
    changed = ", ".join(applied.changed) or "nothing"
    print(f"Revision {applied.revision} is in force as generation {applied.generation}, in {applied.seconds:.2f} s.")
    print(f"Changed: {changed}. Reloaded: {', '.join(applied.reloaded) or 'nothing'}.")
    if not applied.switch_was_running:
        print("The switch is not running; it will start with these settings.")

"""`belbox status`: the truth about every part, what is wrong and what to do."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from appliance.cli.lab_cmd import console_address
from appliance.cli.output import CommandRefused, print_json
from appliance.errors import NotRunning
from appliance.operations.box import Box
from appliance.operations.composition import operations_of
from appliance.operations.live import LineState
from appliance.operations.phone_list import Standing
from appliance.operations.status_part import PartState
from appliance.words.explanations import so_now_words
from appliance.words.texts import part_remedy, part_what

LANGUAGE = "en"  # of the command line


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("status", help="what runs, what is wrong and what to do")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_status)


def _status(box: Box, given: argparse.Namespace) -> int:
    if not box.paths.network_facts.exists():
        raise CommandRefused("There is no box here yet.", "Start one with ./belbox up.", exit_code=NotRunning.exit_code)
    asked = operations_of(box)
    parts = [
        {
            "name": part.name,
            "state": part.state.value,
            "what": part_what(part.what, LANGUAGE, part.facts, part.causes),
            "remedy": part_remedy(part.remedy, LANGUAGE, part.facts),
        }
        for part in asked.status.parts()
    ]
    live = asked.live.now()
    lines = [{"name": line.name, "state": line.state.value} for line in live.lines]
    registered = sum(phone.state is Standing.REGISTERED for phone in live.phones)
    failed = [part for part in parts if part["state"] == PartState.FAILED]
    bad_lines = [line for line in lines if line["state"] != LineState.READY]
    phones = {"seen": len(live.phones), "registered": registered}
    facts = asked.set_at_phones.facts(asked.offices.newest())
    if given.json:
        print_json(
            {
                "ok": not failed and not bad_lines,
                "console": console_address(box),
                "parts": parts,
                "lines": lines,
                "phones": phones,
                "now": None if facts is None else [asdict(fact) for fact in facts],
            }
        )
    else:
        for part in parts:
            print(f"{part['state']:<8} {part['name']:<13} {part['what']}")
            if part["remedy"]:
                print(f"{'':<22} -> {part['remedy']}")
        for line in lines:
            state = PartState.OK if line["state"] == LineState.READY else PartState.FAILED
            print(f"{state:<8} {line['name']:<13} line is {line['state']}")
        print(f"{'':<8} {'phones':<13} {registered} registered of {len(live.phones)} seen")
        for said in (so_now_words(fact, LANGUAGE) for fact in facts or ()):
            print(f"{'':<8} {'now':<13} {said}")
        print(f"{'':<8} {'console':<13} {console_address(box)}")
    return 1 if failed or bad_lines else 0

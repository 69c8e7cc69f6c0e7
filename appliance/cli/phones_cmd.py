"""`belbox phones`: what is found, whose it is, and where it stands."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.console_services import ConsoleServices
from appliance.cli.lab_cmd import enter_box
from appliance.cli.output import print_json
from appliance.cli.wiring import Box


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("phones", help="phones found on the LAN: brand, address, state, whose")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_phones)


def _phones(box: Box, given: argparse.Namespace) -> int:
    enter_box(box)
    services = ConsoleServices(box)
    numbers = {extension.id: extension.number.digits for extension in services.office().extensions}
    rows = [
        {
            "mac": phone.mac,
            "brand": phone.brand,
            "model": phone.model,
            "address": phone.address,
            "state": phone.state,
            "because": phone.because,
            "extension": numbers.get(phone.extension_id or ""),
        }
        for phone in services.live().phones
    ]
    if given.json:
        print_json(rows)
        return 0
    for row in rows:
        owner = row["extension"] or "-"
        print(f"{row['mac']}  {row['brand']:<12} {row['model']:<12} {row['address']:<16} {row['state']:<11} {owner}")
    if not rows:
        print("No phone was seen yet. Phones appear by themselves once they are plugged in.")
    return 0

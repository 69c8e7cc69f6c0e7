"""`belbox phones`: what is found, whose it is and where it stands; letting phones in, and telling them things."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from appliance.cli.output import CommandRefused, parse_mac, print_json, print_problems
from appliance.office.numbers import MacAddress
from appliance.operations.box import Box
from appliance.operations.composition import Operations, operations_of
from appliance.operations.phone_makers import trust_maker
from appliance.operations.phone_signals import PhoneSignals, Signal, Way

_AUTHOR = "belbox phones"


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("phones", help="phones found on the LAN: brand, address, state, whose; and more")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_phones)
    does = parser.add_subparsers(dest="does", metavar="WHAT")
    does.add_parser("open", help="let every phone of the office fetch its settings for the first time, for ten minutes")
    does.add_parser("close", help="end that now")
    for name, words in (
        ("approve", "let this one phone fetch its settings for the first time"),
        (Signal.RESYNC.value, "tell it to fetch its settings again"),
        (Signal.REBOOT.value, "tell it to start again"),
    ):
        does.add_parser(name, help=words).add_argument("mac")
    trusts = does.add_parser(
        "trust", help="take a maker's authority (PEM): a phone's own certificate then proves its MAC"
    )
    trusts.add_argument("file", type=Path)
    replaces = does.add_parser("replace", help="let another phone take the place of one that broke")
    replaces.add_argument("mac")
    replaces.add_argument("new")


def _phones(box: Box, given: argparse.Namespace) -> int:
    asked = operations_of(box)
    match given.does:
        case "open":
            asked.phones.open_enrolment()
            print("For ten minutes every phone of the office may fetch its settings.")
        case "close":
            asked.phones.close_enrolment()
            print("No phone is given its settings for the first time now, unless it is approved.")
        case "approve":
            asked.phones.approve(parse_mac(given.mac))
            print("This phone may fetch its settings.")
        case Signal.RESYNC.value | Signal.REBOOT.value:
            return _tell(asked.phone_signals, parse_mac(given.mac), Signal(given.does), as_json=given.json)
        case "trust":
            print(f"Trusted from now on: {', '.join(trust_maker(box, given.file))}.")
        case "replace":
            return _replace(asked, parse_mac(given.mac), parse_mac(given.new))
        case _:
            _show(asked, as_json=given.json)
    return 0


def _show(asked: Operations, *, as_json: bool) -> None:
    numbers = {extension.id: extension.number.digits for extension in asked.offices.newest().extensions}
    rows = [
        {
            "mac": str(phone.mac),
            "brand": phone.brand.value,
            "model": phone.model,
            "firmware": phone.firmware,
            "address": phone.address,
            "state": phone.state.value,
            "because": phone.because,
            "extension": numbers.get(phone.extension_id or ""),
        }
        for phone in asked.live.now().phones
    ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        owner = row["extension"] or "-"
        print(f"{row['mac']}  {row['brand']:<12} {row['model']:<12} {row['address']:<16} {row['state']:<11} {owner}")
    if not rows:
        print("No phone was seen yet. Phones appear by themselves once they are plugged in.")


def _tell(signals: PhoneSignals, mac: MacAddress, signal: Signal, *, as_json: bool) -> int:
    try:
        told = signals.tell(mac, signal)
    except KeyError:
        raise CommandRefused(f"The phone {mac} is not one of the office.", "See `belbox phones`.") from None
    if as_json:
        print_json({"way": told.way.value, "code": told.code, "fetched_after": told.fetched_after})
    elif told.way is Way.NOT_DOCUMENTED:
        print("The maker documents no way to do that from afar. Take its power away for a moment.")
    elif told.way is Way.NONE:
        print("The phone is not there: it does not answer at the address where it was last seen.")
    else:
        answer = f", answered {told.code}" if told.code else ""
        fetched = f"fetched its settings {told.fetched_after:.1f} s later" if told.fetched_after is not None else ""
        print(f"Told by {told.way.value}{answer}; {fetched or 'it has not fetched its settings yet'}.")
    return 0 if told.way in (Way.SWITCH, Way.DIRECT) else 1


def _replace(asked: Operations, old: MacAddress, new: MacAddress) -> int:
    outcome = asked.phones.replace(old, str(new), author=_AUTHOR, wait=True)
    if outcome.revision is None:
        if any(problem.rule == "no-such-phone" and problem.where == "new" for problem in outcome.problems):
            raise CommandRefused(
                f"The phone {new} was not seen on the LAN.", "Connect it, and look with `belbox phones`."
            )
        print_problems(outcome.problems)
        return 2
    print(f"{new} takes the place of {old}, which has no access any more.")
    return 0

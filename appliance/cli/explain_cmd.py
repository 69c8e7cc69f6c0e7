"""`belbox explain --to N --from N`: what a call would do, step by step."""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from appliance.cli.output import print_json
from appliance.cli.wiring import Box, now
from appliance.errors import ApplianceError
from appliance.office.call_path.build import build_call_path
from appliance.office.circumstances import Circumstances
from appliance.office.dialled import from_inside, from_outside
from appliance.office.explain import ExplainedStep, walk
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError
from wizard.texts import text


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("explain", help="say what a call would do, without dialling")
    parser.add_argument("--to", required=True, metavar="NUMBER", help="the number dialled")
    parser.add_argument("--from", required=True, metavar="NUMBER", dest="caller", help="an extension, or outside")
    parser.add_argument("--at", metavar="2026-12-25T10:00", help="the office's local time; now if left out")
    parser.add_argument("--down", default="", metavar="201,202", help="extensions no phone answers for")
    parser.add_argument("--busy", default="", metavar="201,202", help="extensions that are talking")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_explain)


def _explain(box: Box, given: argparse.Namespace) -> int:
    _, office = box.repository.newest()
    call_path = build_call_path(office)
    country = office.site.country
    if _is_inside(office, given.caller):
        dialled = from_inside(call_path, country, given.to)
    else:
        dialled = from_outside(call_path, country, _e164(given.to, office))
    if dialled.subject is None:
        raise ApplianceError(f"{given.to} leads nowhere from {given.caller}.", "See `belbox office export`.")
    circumstances = Circumstances(
        at=_moment(given.at, office),
        down=_ids(office, given.down),
        busy=_ids(office, given.busy),
    )
    explanation = walk(office, call_path, dialled.subject, dialled.number, circumstances)
    if given.json:
        rows = [
            {
                "kind": step.kind,
                "name": step.name,
                "at_second": step.at_second,
                "until_second": step.until_second,
                "why": _why(step),
            }
            for step in explanation.steps
        ]
        print_json({"steps": rows, "ends": explanation.ends})
    else:
        for step in explanation.steps:
            until = f"-{step.until_second}" if step.until_second > step.at_second else ""
            print(f"{step.at_second:>4}{until:<5} s  {step.kind:<14} {step.name:<20} {_why(step)}")
        print(f"ends: {explanation.ends}")
    return 0


def _why(step: ExplainedStep) -> str:
    return text(f"explain-{step.why}", "en", **step.facts)


def _is_inside(office: Office, caller: str) -> bool:
    return any(extension.number.digits == caller for extension in office.extensions)


def _e164(number: str, office: Office) -> str:
    try:
        return PhoneNumber.parse(number, office.site.country).e164
    except InvalidValueError:
        return number


def _moment(text_given: str | None, office: Office) -> datetime:
    zone = ZoneInfo(office.site.time_zone)
    if text_given is None:
        return now().astimezone(zone)
    try:
        moment = datetime.fromisoformat(text_given)
    except ValueError:
        raise ApplianceError(f"{text_given} is not a date and time.", "Write 2026-12-25T10:00.") from None
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _ids(office: Office, numbers: str) -> frozenset[str]:
    wanted = {number.strip() for number in numbers.split(",") if number.strip()}
    known = {extension.number.digits: extension.id for extension in office.extensions}
    for number in sorted(wanted - known.keys()):
        raise ApplianceError(f"There is no extension {number}.")
    return frozenset(known[number] for number in wanted)

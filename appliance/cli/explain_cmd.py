"""`belbox explain --to N --from N`: what a call would do, step by step, in words, as JSON or as a picture."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.cli.moments import WITHHELD, moment
from appliance.cli.output import CommandRefused, print_json
from appliance.office.circumstances import Circumstances
from appliance.office.forwarding import ForwardCase
from appliance.office.night import NightSetting
from appliance.office.office import Office
from appliance.operations.box import Box
from appliance.operations.explain import DialledCode, Explain, e164_or_as_typed
from appliance.operations.offices import Offices
from appliance.operations.set_at_phones import SetAtPhones
from appliance.operations.shared_look import SharedLook
from appliance.words.call_picture import plan_picture
from appliance.words.explanations import lines_of, why
from appliance.words.texts import LANGUAGES, text


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("explain", help="say what a call would do, without dialling")
    parser.add_argument("--to", required=True, metavar="NUMBER", help="the number dialled")
    parser.add_argument(
        "--from", required=True, metavar="NUMBER", dest="caller", help=f"an extension, a number outside, or {WITHHELD}"
    )
    parser.add_argument("--at", metavar="2026-12-25T10:00", help="the office's local time; now if left out")
    parser.add_argument("--down", default="", metavar="201,202", help="extensions no phone answers for")
    parser.add_argument("--busy", default="", metavar="201,202", help="extensions that refuse a call now")
    parser.add_argument("--quiet", default="", metavar="201,202", help="extensions not to be disturbed")
    parser.add_argument("--dark", default="", metavar="line1,line2", help="lines that do not work, by id")
    parser.add_argument("--mode", action="append", default=[], metavar="2001=red", help="a mode key's colour")
    parser.add_argument(
        "--forward", action="append", default=[], metavar="201:always=202", help="a forward set by code"
    )
    parser.add_argument("--night", choices=[setting.value for setting in NightSetting], help="the state of night mode")
    parser.add_argument("--keys", default="", metavar="1,2", help="what the caller types, one for each menu")
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--svg", type=Path, metavar="FILE", help="write a picture of the plan with the call through it")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(run=_explain)


def _explain(box: Box, given: argparse.Namespace) -> int:
    office = Offices(box).newest()
    explain = Explain(SharedLook(box), SetAtPhones(box))
    extensions = {extension.number.digits: extension.id for extension in office.extensions}
    caller = office.extension(extensions[given.caller]) if given.caller in extensions else None
    now, is_now = _circumstances(explain, office, given, extensions)
    call = explain.call(office, caller, given.to, now)
    if call is None:
        raise CommandRefused(f"{given.to} leads nowhere from {given.caller}.", "See `belbox office export`.")
    if isinstance(call, DialledCode):
        print(text(f"code-{call.code.value}", given.language))
        if call.verdict:
            print(text(f"explain-typed-{call.verdict}", given.language, number=call.number))
        return 0
    explanation = call.explanation
    if given.svg is not None:
        given.svg.write_text(plan_picture(office, call.call_path, call.entry, given.language, explanation))
    if given.json:
        rows = [
            {
                "kind": step.kind,
                "name": step.name,
                "at_second": step.at_second,
                "until_second": step.until_second,
                "why": why(step, given.language),
            }
            for step in explanation.steps
        ]
        print_json({"steps": rows, "ends": explanation.ends, "as": "now" if is_now else "configured"})
        return 0
    for line in lines_of(explanation, given.language):
        print(line)
    print(f"ends: {explanation.ends}")
    return 0


def _circumstances(
    explain: Explain, office: Office, given: argparse.Namespace, extensions: dict[str, str]
) -> tuple[Circumstances, bool]:
    """What phones have set now, or as configured (False) where the switch does not answer; but for what is given."""
    base, is_now = explain.circumstances(office, moment(given.at, office).replace(tzinfo=None))
    red, green = _colours(office, given.mode)
    changes: dict[str, Any] = {
        "down": _ids(extensions, given.down),
        "busy": _ids(extensions, given.busy),
        "do_not_disturb": base.do_not_disturb | _ids(extensions, given.quiet),
        "dark_lines": _lines(office, given.dark),
        "red": (base.red | red) - green,
        "forwards": {**base.forwards, **_forwards(office, extensions, given.forward)},
        "keys": tuple(_listed(given.keys)),
    }
    if given.night:
        changes["night"] = NightSetting(given.night)
    if given.caller not in extensions:
        changes["caller"] = "" if given.caller == WITHHELD else e164_or_as_typed(given.caller, office)
    return replace(base, **changes), is_now


def _listed(given: str) -> list[str]:
    return [part.strip() for part in given.split(",") if part.strip()]


def _ids(extensions: dict[str, str], numbers: str) -> frozenset[str]:
    for number in _listed(numbers):
        if number not in extensions:
            raise CommandRefused(f"There is no extension {number}.")
    return frozenset(extensions[number] for number in _listed(numbers))


def _lines(office: Office, ids: str) -> frozenset[str]:
    known = {trunk.id for trunk in office.trunks}
    for one in _listed(ids):
        if one not in known:
            raise CommandRefused(f"There is no line {one}.", f"Lines: {', '.join(sorted(known))}.")
    return frozenset(_listed(ids))


def _colours(office: Office, given: list[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the mode keys that are red, and those that are green."""
    known = {key.number.digits: key.id for key in office.mode_keys}
    found: dict[str, set[str]] = {"red": set(), "green": set()}
    for setting in given:
        number, _, colour = setting.partition("=")
        if number not in known or colour not in found:
            raise CommandRefused(f"{setting} is no mode key and colour.", "Write 2001=red.")
        found[colour].add(known[number])
    return frozenset(found["red"]), frozenset(found["green"])


def _forwards(office: Office, extensions: dict[str, str], given: list[str]) -> dict[tuple[str, ForwardCase], str]:
    found: dict[tuple[str, ForwardCase], str] = {}
    for setting in given:
        who, _, target = setting.partition("=")
        number, _, case = who.partition(":")
        if number not in extensions or case not in set(ForwardCase) or not target:
            raise CommandRefused(
                f"{setting} is no forward.", "Write 201:always=202 (always, busy, no-answer, unreachable)."
            )
        found[(extensions[number], ForwardCase(case))] = e164_or_as_typed(target, office) if len(target) > 4 else target
    return found

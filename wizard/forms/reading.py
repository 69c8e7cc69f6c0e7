"""What a person typed in a form, as a row: the declaration says which fields there are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from appliance.office.declared.destinations import BackupTo, SendsCallsTo
from appliance.office.declared.devices import CALL, DoesAtPhone
from appliance.office.declared.keys import Column, ListOf, MapOf
from appliance.office.declared.kinds import Choice, Count, Day, Flag, Moment, Reference, SecretText, Text
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.people import BoxOnLamp
from appliance.office.declared.tables import OneOf, Table
from appliance.office.declared.times import PeriodOrPlan
from wizard.forms.building import KEY, typed_columns
from wizard.forms.options import Options

OUTSIDE = "outside"  # the choice that stands for the number typed beside it
ROW, HERE, PLACE, LIST = "row", "here", "place", "list"  # names of what a form says besides its fields
MOST_ROWS = 400
_COUNT = re.compile(r"-?[0-9]{1,18}")
_NOTHING = object()

Typed = Mapping[str, list[str]]  # what a form sends, by name


def row_typed(table: Table[Any], typed: Typed, prefix: str = "") -> dict[str, Any]:
    """Return the row; what is left empty is left out, but for a text that must be there."""
    row: dict[str, Any] = {}
    for column in typed_columns(table):
        value = _value(column, typed, prefix + column.key)
        if value is not _NOTHING:
            row[column.key] = value
    return row


def read_choices(sent: Typed, options: Options) -> Typed:
    """Return what a form sent with the choices in it that were typed: what the row says, for what a person calls it.

    The number that a choice begins with is enough. What is none of them may be a number outside.
    """
    found = dict(sent)
    for name in (one.removesuffix(f".{LIST}") for one in sent if one.endswith(f".{LIST}")):
        typed = _text(sent, name)
        value = options.of(_text(sent, f"{name}.{LIST}")).value_of(typed)
        if value is not None:
            found[name] = [value]
        elif typed.strip():
            found |= {name: [OUTSIDE], f"{name}.{OUTSIDE}": [typed]}
    return found


def destination_typed(typed: Typed, name: str) -> str:
    """Return what is chosen in a field that also takes a number outside, typed beside it; "" for nothing."""
    chosen = _text(typed, name)
    return _text(typed, f"{name}.{OUTSIDE}").strip() if chosen == OUTSIDE else chosen


def _value(column: Column, typed: Typed, name: str) -> Any:
    match column.kind:
        case Flag():
            is_ticked = bool(_text(typed, name))
            return _NOTHING if is_ticked == column.default else is_ticked
        case Several():
            values = _several(column.kind, typed, name)
            return values if values or column.is_required else _NOTHING
        case ListOf(inner):
            return [_row(inner, typed, f"{name}.{number}") for number in _numbers(typed, name)]
        case MapOf(_, inner):
            return _keyed(inner, typed, name)
        case Table():
            is_here = column.is_required or _text(typed, f"{name}.{HERE}")
            return row_typed(column.kind, typed, f"{name}.") if is_here else _NOTHING
        case SendsCallsTo() | BackupTo():
            return destination_typed(typed, name) or _NOTHING
        case DoesAtPhone():
            chosen, outside = _text(typed, name), destination_typed(typed, name)
            return (f"{CALL} {outside}" if outside and chosen == OUTSIDE else outside) or _NOTHING
        case _:
            text = destination_typed(typed, name) if isinstance(column.kind, Reference) else _text(typed, name)
            must_be_text = column.is_required and isinstance(column.kind, Text)
            return _single(column.kind, text) if text or must_be_text else _NOTHING


def _several(kind: Several[Any], typed: Typed, name: str) -> list[Any]:
    match kind.kind:
        case Choice():
            return list(typed.get(name, []))
        case Reference() | BoxOnLamp():
            return _in_order(typed, name)
        case inner:
            lines = [line.strip() for line in _text(typed, name).split("\n") if line.strip()]
            return [_period(line) if isinstance(inner, PeriodOrPlan) else _single(inner, line) for line in lines]


def _single(kind: object, text: str) -> Any:
    """Return the value that a text stands for; a text that stands for none goes in as it is, and is a fault."""
    with suppress(ValueError):
        match kind:
            case Count() if _COUNT.fullmatch(text.strip()):
                return int(text)
            case OrNone(Count()) if _COUNT.fullmatch(text.strip()):
                return int(text)
            case Moment():
                return datetime.fromisoformat(text)
            case Day():
                return date.fromisoformat(text)
            case Text() | SecretText():
                return text.replace("\r\n", "\n")
            case _:
                return text.strip()
    return text


def _in_order(typed: Typed, name: str) -> list[str]:
    ticked = typed.get(name, [])
    places = {one: _text(typed, f"{name}.{PLACE}.{one}") for one in ticked}
    # Who has no place comes after those who have one, as they stand.
    return sorted(ticked, key=lambda one: int(places[one]) if _COUNT.fullmatch(places[one]) else MOST_ROWS)


def _numbers(typed: Typed, name: str) -> list[int]:
    found = (re.fullmatch(rf"{re.escape(name)}\.([0-9]{{1,4}})\.{ROW}", one) for one in typed)
    return sorted(int(match[1]) for match in found if match)[:MOST_ROWS]


def _row(kind: object, typed: Typed, name: str) -> dict[str, Any]:
    if isinstance(kind, OneOf):
        form = _text(typed, f"{name}.{ROW}")
        table = kind.forms.get(form) or next(iter(kind.forms.values()))
        # The key that tells which kind it is must be there, or nobody would know what is missing.
        return {form: "", **row_typed(table, typed, f"{name}.")}
    assert isinstance(kind, Table)
    return row_typed(kind, typed, f"{name}.")


def _keyed(kind: object, typed: Typed, name: str) -> dict[str, Any]:
    assert isinstance(kind, Table)
    return {
        _text(typed, f"{name}.{number}.{KEY}"): row_typed(kind, typed, f"{name}.{number}.")
        for number in _numbers(typed, name)
    }


def _period(line: str) -> Any:
    period, arrow, destination = line.partition(">")
    return {"period": period.strip(), "go_to": destination.strip()} if arrow else line


def _text(typed: Typed, name: str) -> str:
    return next(iter(typed.get(name, [])), "")

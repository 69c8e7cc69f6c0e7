"""Rows of a list that a form adds, drops and moves before anything is saved; nothing of it needs JavaScript."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from appliance.office.declared.keys import ListOf, MapOf
from appliance.office.declared.tables import OneOf, Table

DO = "do"  # the button: `add NAME FORM`, `drop NAME NUMBER`, `up NAME NUMBER`, `down NAME NUMBER`


def edited(row: Mapping[str, Any], table: Table[Any], do: str) -> dict[str, Any]:
    """Return the row after what a button says; any other text changes nothing."""
    act, _, rest = do.partition(" ")
    name, _, argument = rest.partition(" ")
    changed = dict(row)
    if act and name:
        _act(changed, table, name.split("."), act, argument)
    return changed


def _act(row: dict[str, Any], table: Table[Any], path: list[str], act: str, argument: str) -> None:
    column = next((one for one in table.columns() if one.key == path[0]), None)
    if column is None:
        return
    match column.kind:
        case Table() if len(path) > 1 and isinstance(row.get(path[0]), dict):
            inner = dict(row[path[0]])
            _act(inner, column.kind, path[1:], act, argument)
            row[path[0]] = inner
        case ListOf(inner) if len(path) == 1:
            row[path[0]] = _listed(list(row.get(path[0]) or ()), inner, act, argument)
        case MapOf(keys, _) if len(path) == 1:
            row[path[0]] = _keyed(dict(row.get(path[0]) or {}), keys, act, argument)
        case _:
            pass


def _listed(rows: list[Any], kind: object, act: str, argument: str) -> list[Any]:
    if act == "add":
        form = argument if isinstance(kind, OneOf) and argument in kind.forms else ""
        return [*rows, {form: ""} if form else {}]
    at = int(argument) if argument.isascii() and argument.isdigit() else len(rows)
    if at < len(rows):
        moved = rows.pop(at)
        if act in {"up", "down"}:
            rows.insert(max(0, at - 1) if act == "up" else at + 1, moved)
    return rows


def _keyed(rows: dict[str, Any], keys: tuple[str, ...], act: str, argument: str) -> dict[str, Any]:
    if act == "add":
        free = next((key for key in keys if key not in rows), "")
        return {**rows, free: {}} if free else rows
    at = int(argument) if argument.isascii() and argument.isdigit() else len(rows)
    return {key: row for number, (key, row) in enumerate(rows.items()) if number != at or act != "drop"}

"""Rows as JSON: dates and moments are texts there (ISO 8601), everything else is as in the office file."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from appliance.office.declared.keys import ListOf, MapOf
from appliance.office.declared.kinds import Day, Moment
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.tables import OneOf, Table


def to_json(value: Any) -> Any:
    """Return a row, or a value of one, as JSON has it."""
    match value:
        case dict():
            return {key: to_json(one) for key, one in value.items()}
        case list() | tuple():
            return [to_json(one) for one in value]
        case datetime():
            return value.isoformat(timespec="minutes")
        case date():
            return value.isoformat()
        case _:
            return value


def row_from(table: Table[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of what a program sent; a text that is no date goes in as it is, and is a fault there.

    A key that is null is left out, so that it is as delivered.
    """
    kinds = {column.key: column.kind for column in table.columns()}
    return {key: _value(kinds.get(key), value) for key, value in given.items() if value is not None}


def _value(kind: object, value: Any) -> Any:
    match kind, value:
        case Moment(), str():
            with suppress(ValueError):
                return datetime.fromisoformat(value)
        case Day(), str():
            with suppress(ValueError):
                return date.fromisoformat(value)
        case ((Several(inner) | OrNone(inner)), _):
            return [_value(inner, one) for one in value] if isinstance(value, list) else _value(inner, value)
        case ListOf(inner), list():
            return [_value(inner, one) for one in value]
        case MapOf(_, inner), dict():
            return {key: _value(inner, one) for key, one in value.items()}
        case OneOf(), dict():
            form = next((table for key, table in kind.forms.items() if key in value), None)
            return value if form is None else row_from(form, value)
        case Table(), dict():
            return row_from(kind, value)
    return value

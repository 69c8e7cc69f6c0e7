"""What the API shows as JSON: rows (dates and moments are texts, ISO 8601; all else as in the office file); jobs."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from appliance.office.declared.keys import ListOf, MapOf
from appliance.office.declared.kinds import Day, Moment
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.tables import OneOf, Table
from appliance.operations.jobs import Job
from appliance.operations.phone_signals import Told
from appliance.test_phone.result import TestCallResult


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


def job_as_json(job: Job) -> Mapping[str, object]:
    """Return a job: `result` once it is over, null if it failed."""
    result: object = None
    match job.result:
        case TestCallResult():
            result = {"outcome": job.result.outcome, "code": job.result.code, "detail": job.result.detail}
        case Told():
            result = {"way": job.result.way, "fetched_after": job.result.fetched_after}
        case None:
            pass
        case problems:
            result = {"problems": [problem.rule for problem in problems]}
    return {
        "id": job.id,
        "kind": job.kind,
        "subject": job.subject,
        "step": job.step,
        "is_over": job.is_over,
        "result": result,
    }

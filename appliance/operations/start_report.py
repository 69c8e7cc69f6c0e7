"""What could not be made ready at the last start: kept by the start, told by the status."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.errors import BelboxError
from appliance.files import read_json
from appliance.paths import Paths
from appliance.state_files import write_state


def write_start_report(paths: Paths, failed: Mapping[str, BelboxError]) -> None:
    """Keep what could not be made ready (a name of BoxStart), and why."""
    rows = {name: _written(fault) for name, fault in failed.items()}
    write_state(paths.start_report, rows, 0o644)


def read_start_report(path: Path) -> tuple[BelboxError, ...]:
    """Return what could not be made ready at the last start, each with its cause; empty if all was."""
    return read_json(path, _of_report) or ()


def _of_report(rows: dict[str, Any]) -> tuple[BelboxError, ...]:
    return tuple(BelboxError(f"start-{name}", cause=_read(row)) for name, row in rows.items())


def _written(fault: BaseException) -> object:
    """An error of ours with its own cause; what the machine said as it said it."""
    if not isinstance(fault, BelboxError):
        return str(fault)
    cause = {"cause": _written(fault.cause)} if fault.cause else {}
    return {"rule": fault.rule, "facts": dict(fault.facts), **cause}


def _read(row: Any) -> BaseException:
    if isinstance(row, str):
        return OSError(row)
    fault = BelboxError(str(row["rule"]), cause=_read(row["cause"]) if "cause" in row else None)
    fault.facts = {str(key): str(fact) for key, fact in row["facts"].items()}
    return fault

"""What could not be made ready at the last start: kept by the start, told by the status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from appliance.errors import BelboxError
from appliance.files import read_state, replace_file
from appliance.paths import Paths


def write_start_report(paths: Paths, failed: Mapping[str, BelboxError]) -> None:
    """Keep what could not be made ready (a name of BoxStart), and why."""
    rows = {name: {"rule": fault.rule, "facts": dict(fault.facts)} for name, fault in failed.items()}
    replace_file(paths.start_report, json.dumps(rows).encode(), 0o644)


def read_start_report(path: Path) -> tuple[BelboxError, ...]:
    """Return what could not be made ready at the last start, each with its cause; empty if all was."""
    return read_state(path, lambda rows: tuple(_read(name, row) for name, row in rows.items())) or ()


def _read(name: str, row: dict[str, Any]) -> BelboxError:
    cause = BelboxError(str(row["rule"]))
    cause.facts = {str(key): str(fact) for key, fact in row["facts"].items()}
    return BelboxError(f"start-{name}", cause=cause)

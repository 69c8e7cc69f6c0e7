"""What could not be made ready at the last start: kept by the start, told by the status."""

from __future__ import annotations

import json
from pathlib import Path

from appliance.files import read_state, replace_file
from appliance.paths import Paths


def write_start_report(paths: Paths, failed: dict[str, str]) -> None:
    """Keep what could not be made ready, and why."""
    replace_file(paths.start_report, json.dumps(failed).encode(), 0o644)


def read_start_report(path: Path) -> dict[str, str]:
    """Return what could not be made ready at the last start, and why; empty if all was."""
    return read_state(path, lambda found: {str(name): str(found[name]) for name in found}) or {}

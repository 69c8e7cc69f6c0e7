"""Each import contract is broken once in a copy of the house, and says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).parent / "lint-imports"
BREACHES = {  # by contract: the room in which a module is laid, and what it reaches for
    "Imports point inward, to the office": ("appliance/changes", "appliance.operations.box"),
    "The office and the compiler touch nothing outside memory": ("appliance/office", "socket"),
    "Provisioning knows the office, not the machinery": ("provisioning", "appliance.compiler.compile_office"),
    "Pages call operations, not the edges": ("wizard/console", "appliance.storage.database"),
    "Verbs and the monitor call operations, not the edges": ("appliance/monitor", "appliance.asterisk.live_state"),
    "Phone drivers do not know each other": ("provisioning/drivers/snom", "provisioning.drivers.yealink"),
}


def test_a_breach_of_each_contract_is_found(tmp_path: Path) -> None:
    declared = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert [contract["name"] for contract in declared] == list(BREACHES)
    for room in ("appliance", "wizard", "provisioning"):
        shutil.copytree(CHECKOUT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(CHECKOUT / "pyproject.toml", tmp_path)
    assert _verdicts(tmp_path) == dict.fromkeys(BREACHES, "KEPT")
    for room, reached in BREACHES.values():
        (tmp_path / room / "breach.py").write_text(f"import {reached}\n")
    assert _verdicts(tmp_path) == dict.fromkeys(BREACHES, "BROKEN")


def _verdicts(house: Path) -> dict[str, str]:
    """Return what the linter says of each contract: `{"Phone drivers do not know each other": "KEPT"}`."""
    done = subprocess.run([LINTER, "--no-cache"], cwd=house, capture_output=True, text=True)
    lines = [line.rsplit(" ", 1) for line in done.stdout.splitlines() if line.endswith((" KEPT", " BROKEN"))]
    assert lines, done.stdout + done.stderr
    return {line[0]: line[1] for line in lines}

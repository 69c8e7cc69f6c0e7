"""Figures as they are quoted: n, median, p99, and the machine and commit they come from."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.virtual_office.units import CHECKOUT

SWITCH_ROOT = Path(os.environ.get("BELBOX_SWITCH_ROOT", CHECKOUT / "var" / "switch-root"))


def percentile(values: Sequence[float], part: float) -> float:
    """Nearest rank."""
    return sorted(values)[max(0, math.ceil(part * len(values)) - 1)]


def row(name: str, values: Sequence[float], unit: str = "ms", scale: float = 1000.0) -> str:
    """One line of a table: what, n, median, p99."""
    median, most = (percentile(values, part) * scale for part in (0.5, 0.99))
    return f"{name:44} n {len(values):4}  median {median:9.2f} {unit}  p99 {most:9.2f} {unit}"


def ratio(name: str, ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Ours by theirs, of the medians."""
    return f"{name:44} ratio of medians {percentile(ours, 0.5) / percentile(theirs, 0.5):.3f}"


def heading(what: str) -> str:
    """What was measured, of which commit, on how many processors."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=CHECKOUT, capture_output=True, text=True)
    return f"{what}; commit {commit.stdout.strip() or 'unknown'}, {os.cpu_count()} processors"

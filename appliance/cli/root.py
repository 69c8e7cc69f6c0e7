"""Where a box is that nobody named: the system's place, or that of a checkout."""

from __future__ import annotations

import os
from pathlib import Path

from appliance.paths import BOX_ROOT

CHECKOUT = Path(__file__).resolve().parents[2]


def default_root() -> Path:
    """Return the system's place on a box, `var/box` in a checkout."""
    named = os.environ.get("BELBOX_ROOT")
    if named:
        return Path(named)
    return CHECKOUT / "var" / "box" if (CHECKOUT / "pyproject.toml").exists() else BOX_ROOT

"""The tools of the house are tests: whoever runs pytest has run them all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        [
            "codespell",
            "--skip",
            "./var,*.lock,./appliance/words/translations,./appliance/prompts/texts,./appliance/office/FEATURE_CODES.md,./.git,*.json",
            "--ignore-words-list",
            "alaw,ans,fo,te,nd,exten,inforce,vender,pre-empt,pres",
        ],
    ],
    ids=lambda command: command[0] + ("-format" if "format" in command else ""),
)
def test_house_rules_hold(command: list[str]) -> None:
    """Lint, format, types, import contracts and spelling have nothing to say."""
    done = subprocess.run([PROGRAMS / command[0], *command[1:]], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

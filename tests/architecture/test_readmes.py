"""What the READMEs promise is there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOP_FOLDERS = ("appliance", "wizard", "provisioning", "tftp_root", "firmware", "image", "systemd", "tests")


@pytest.mark.parametrize("folder", [*TOP_FOLDERS, "appliance/compiler", "appliance/mail", "appliance/operations"])
def test_each_room_says_what_lives_there(folder: str) -> None:
    """A room without a README is a room nobody can name."""
    assert (CHECKOUT / folder / "README.md").read_text().startswith("# ")


def test_readme_names_only_files_that_exist() -> None:
    """A path in backquotes that ends in a known suffix points at a file of the checkout."""
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|toml|list|service))`", (CHECKOUT / "README.md").read_text())
    assert named
    assert [path for path in named if not (CHECKOUT / path).exists()] == []


def test_locks_pin_every_dependency_by_hash() -> None:
    """Each package of both lock files has a version and a hash, and no address of a registry stands in them."""
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (CHECKOUT / name).read_text()
        packages = re.findall(r"^([A-Za-z0-9_.-]+)==(\S+) \\\n +--hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
        lines = re.findall(r"^[A-Za-z0-9_.-]+", text, re.MULTILINE)
        assert len(packages) == len(lines) > 10
        assert "://" not in text


def test_repository_names_no_machine() -> None:
    """No mirror, no path of a machine, no process ended by a broad name."""
    # Written so that it does not find itself.
    pattern = r"[a-z]\.debian[.]org|pkill [-]f|kill[a]ll|/home/[a-z]"
    done = subprocess.run(
        ["git", "grep", "-nIE", pattern, "--", ":!LICENSE"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
    )
    assert done.stdout == ""

"""What the tests of the prompts need."""

from __future__ import annotations

import shutil

import pytest


@pytest.fixture
def needs_speech() -> None:
    """Skip where the two programs are not installed (./belbox installs them)."""
    if missing := [program for program in ("espeak-ng", "sox") if shutil.which(program) is None]:
        pytest.skip(f"not installed here: {', '.join(missing)}")

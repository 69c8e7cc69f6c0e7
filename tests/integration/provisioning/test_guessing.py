"""Phones guessed by the thousand, from the same LAN (guess_scenario.py makes one and reports)."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy
import pytest

REPOSITORY = Path(__file__).parents[3]
BRANDS = 4
STANDARD_DEVIATIONS = 4.5  # of chance alone: one run in 150,000 lies outside
EXTENTS = (
    pytest.param((300, 500), id="300-guesses-a-brand"),
    pytest.param((5000, 2000), id="5000-guesses-a-brand", marks=pytest.mark.slow),
)


@pytest.fixture(scope="module", params=EXTENTS)
def found(request: pytest.FixtureRequest, needs_namespaces: None, tmp_path_factory: pytest.TempPathFactory) -> Any:
    guesses, pairs = request.param
    root = tmp_path_factory.mktemp("g")
    scenario = [sys.executable, "-m", "tests.integration.provisioning.guess_scenario", str(root)]
    result = subprocess.run(
        ["unshare", "-Urn", *scenario, str(guesses), str(pairs)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert result.returncode == 0, result.stderr[-4000:]
    seen = json.loads(result.stdout.splitlines()[-1])
    assert seen["asked"] == BRANDS * guesses
    return seen


@pytest.mark.feature("G8")
@pytest.mark.parametrize("window", ["closed", "open"])
def test_no_guess_brings_a_secret_byte(found: Any, window: str) -> None:
    """Known phones are among those guessed; whose MAC address it is, the asker's own one tells."""
    seen, asked = found[window], found["asked"]
    assert seen["answers"] == {
        "tftp": {"operation 5": asked},
        "http boot": {"404": asked},
        "http enrol": {"301": asked},
        "https enrol": {"404": asked},
    }
    assert seen["leaked"] == 0
    assert seen["shapes"] == 1, "one and the same answer, headers and all"


@pytest.mark.feature("G8")
def test_no_time_tells_a_known_phone_from_an_unknown_one(found: Any) -> None:
    """Mann-Whitney: how often a known one takes longer than an unknown one is as often as not."""
    known, unknown = (numpy.array(found["times"][kind]) for kind in ("known", "unknown"))
    longer = _share_of_longer(known, unknown)
    of_chance = math.sqrt((len(known) + len(unknown) + 1) / (12 * len(known) * len(unknown)))
    assert abs(longer - 0.5) < STANDARD_DEVIATIONS * of_chance


@pytest.mark.feature("G8")
def test_who_guesses_is_reported(found: Any) -> None:
    assert found["report"]
    assert all(guesser["address"].startswith("10.66.") for guesser in found["report"])
    assert all(guesser["requests"] >= 8 for guesser in found["report"])
    assert all(one["last"] <= next_one["last"] for one, next_one in pairwise(found["report"]))


def _share_of_longer(some: numpy.ndarray[Any, Any], others: numpy.ndarray[Any, Any]) -> float:
    """The area under the curve: pairs in which the first is longer; equal ones count half."""
    ordered = numpy.sort(others)
    below = numpy.searchsorted(ordered, some, "left")
    up_to = numpy.searchsorted(ordered, some, "right")
    return float((below + up_to).sum() / (2 * len(some) * len(others)))

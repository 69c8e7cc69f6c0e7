"""Random offices, random states of the world: the explanation and the real call say the same.

Who rings, in what order, for how long, and where the call ends. `python -m pytest tests/differential -k more` asks for
the long run; a failure names the office's seed and everything the explanation said.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.differential.runs import Findings, run

FEATURES = (
    "B1",
    "B3",
    "B5",
    "B8",
    "B11",
    "C1",
    "C2",
    "C3",
    "C4",
    "C5",
    "D1",
    "D2",
    "D3",
    "D4",
    "E2",
    "E3",
    "E5",
    "F1",
    "F2",
    "F5",
)


@pytest.mark.feature(*FEATURES)
def test_twenty_random_offices_do_what_the_explanation_says(needs_namespaces: None, switch_root: Path) -> None:
    _prove(run(range(20), 4, switch_root), 60)


@pytest.mark.slow
@pytest.mark.feature(*FEATURES)
def test_three_hundred_more_random_offices_do_what_the_explanation_says(
    needs_namespaces: None, switch_root: Path
) -> None:
    _prove(run(range(1000, 1310), 4, switch_root), 1000)


def _prove(findings: Findings, least: int) -> None:
    assert findings.made >= least
    assert not findings.wrong, "\n".join(str(found) for found in findings.wrong)
    # A moment's silence of the bench may shake a call, not many of them.
    assert len(findings.shaken) <= max(1, findings.made // 100), "\n".join(str(found) for found in findings.shaken)

"""The emergency matrix: no state of a box that has a line keeps an emergency number from going out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, groupby, product
from pathlib import Path

import pytest

from appliance.office.country import COUNTRY_PACKS, Country
from tests.emergency.batch import LIMITS, Outcome, run_batch
from tests.emergency.cases import BoxState, CallerState, Case, Form, LineState, batches
from tests.emergency.emergency_office import emergency_office, set_callers_up
from tests.switch_bench.bench import SwitchBench

BENCHES_AT_ONCE = 2


@pytest.mark.feature("B9")
def test_sample_holds_every_pair_of_values() -> None:
    """What the default run leaves out of the whole product is never two values together."""
    cases = [case for batch in batches(is_all=False) for case in batch]
    assert len(cases) >= 500
    seen = {pair for case in cases for pair in case.pairs()}
    numbers = [f"{country} {number}" for country in Country for number in COUNTRY_PACKS[country].emergency_numbers]
    dimensions: list[Iterable[str]] = [numbers, Form, CallerState, LineState]
    for first, second in combinations(dimensions, 2):
        assert set(product(first, second)) - seen == set()
    # A state of the box goes with a state of the lines, so a number meets each in some of them only.
    for dimension in (Form, CallerState, LineState):
        assert set(product(dimension, BoxState)) - seen == set()


@pytest.mark.feature("B9")
def test_emergency_calls_go_out_in_every_state(
    needs_namespaces: None,
    switch_root: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At least 500 calls, every pair of circumstances: the right centre, in time, unchanged, with an own number."""
    _prove(batches(is_all=False), 500, switch_root, tmp_path_factory, capsys)


@pytest.mark.slow
@pytest.mark.feature("B9")
def test_emergency_calls_go_out_in_every_state_of_lines_and_box(
    needs_namespaces: None,
    switch_root: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """At least 2,000 calls: every country with every state of the lines in every state of the box."""
    _prove(batches(is_all=True), 2000, switch_root, tmp_path_factory, capsys)


def _prove(
    matrix: Sequence[tuple[Case, ...]],
    least: int,
    switch_root: Path,
    folders: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    by_country = groupby(matrix, key=lambda batch: batch[0].country)
    work = [(country, list(found), folders.mktemp(country.value)) for country, found in by_country]
    with ThreadPoolExecutor(BENCHES_AT_ONCE) as beside:
        results = beside.map(lambda part: _run_country(part[0], part[1], part[2], switch_root), work)
        outcomes = [outcome for country in results for outcome in country]
    with capsys.disabled():
        print(f"\n{_table(outcomes)}")
    assert [f"{outcome.fault}: {outcome.case}" for outcome in outcomes if outcome.fault] == []
    assert len(outcomes) >= least
    for state, seconds in _by_state(outcomes).items():
        assert _percentile(seconds, 0.99) <= LIMITS[state], state


def _run_country(
    country: Country, matrix: Sequence[tuple[Case, ...]], folder: Path, switch_root: Path
) -> list[Outcome]:
    with SwitchBench(emergency_office(country), folder, switch_root=switch_root) as bench:
        set_callers_up(bench)
        for trunk_id in ("line1", "line2"):
            bench.line(trunk_id).wait_registered()
        return [outcome for batch in matrix for outcome in run_batch(bench, batch)]


def _by_state(outcomes: Sequence[Outcome]) -> dict[LineState, list[float]]:
    found: dict[LineState, list[float]] = defaultdict(list)
    for outcome in outcomes:
        if not outcome.fault:
            found[outcome.case.line].append(outcome.seconds)
    return found


def _table(outcomes: Sequence[Outcome]) -> str:
    failed = sum(bool(outcome.fault) for outcome in outcomes)
    lines = [f"emergency calls: {len(outcomes)}, {failed} failed; seconds until the centre is called"]
    lines.append(f"{'state of the lines':24}{'n':>6}{'p50':>8}{'p99':>8}{'max':>8}{'limit':>8}")
    for state, seconds in _by_state(outcomes).items():
        figures = (_percentile(seconds, 0.5), _percentile(seconds, 0.99), max(seconds), LIMITS[state])
        lines.append(f"{state.value:24}{len(seconds):>6}" + "".join(f"{figure:>8.3f}" for figure in figures))
    return "\n".join(lines)


def _percentile(values: Sequence[float], part: float) -> float:
    """Nearest rank."""
    return sorted(values)[math.ceil(part * len(values)) - 1]

"""One bench for a file, at rest before each test, with the usual office again after it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hunting.outgoing_office import outgoing_office
from tests.switch_bench.bench import SwitchBench


@pytest.fixture(scope="module")
def open_bench(
    needs_namespaces: None, switch_root: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SwitchBench]:
    """Three lines, three people."""
    office = outgoing_office()
    with SwitchBench(office, tmp_path_factory.mktemp("bench"), switch_root=switch_root) as bench:
        bench.phones.register_extensions(*office.extensions)
        yield bench


@pytest.fixture
def bench(open_bench: SwitchBench) -> Iterator[SwitchBench]:
    """Everything at rest."""
    open_bench.at_rest()
    open_bench.wait_for_lines()
    yield open_bench
    open_bench.hang_up_all()
    open_bench.clear_memory()
    if open_bench.office != outgoing_office():
        open_bench.change(outgoing_office())

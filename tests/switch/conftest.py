"""What the files of this folder share: each opens its bench once and has it at rest for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.switch_bench.bench import SwitchBench


@pytest.fixture
def bench(open_bench: SwitchBench) -> Iterator[SwitchBench]:
    """The file's bench at rest; afterwards every call is ended, and what codes have set is forgotten."""
    open_bench.at_rest()
    yield open_bench
    open_bench.hang_up_all()
    open_bench.clear_memory()

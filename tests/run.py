"""`./belbox test [--all] [--features] [pytest's own options]`: the one test command."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

import pytest


class FeatureCount:
    """Counts, per row of the feature inventory, the tests that prove it."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        self._features: dict[str, tuple[str, ...]] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        for item in items:
            ids = {name for mark in item.iter_markers("feature") for name in mark.args}
            self._features[item.nodeid] = tuple(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            for name in self._features.get(report.nodeid, ()):
                self.outcomes[name][report.outcome] += 1

    def lines(self) -> list[str]:
        """Return one line per row that has tests: `A9 4 passed, 0 failed`."""
        rows = sorted(self.outcomes, key=lambda name: (name[0], int(name[1:])))
        return [f"{row} {self.outcomes[row]['passed']} passed, {self.outcomes[row]['failed']} failed" for row in rows]


def main(arguments: list[str]) -> int:
    """Run pytest; return its exit status."""
    is_all = "--all" in arguments
    wants_features = "--features" in arguments
    rest = [argument for argument in arguments if argument not in {"--all", "--features"}]
    chosen = [] if is_all else ["-m", "not slow"]
    features = FeatureCount()
    status = pytest.main([*chosen, *rest], plugins=[features])
    if wants_features:
        print("\n".join(features.lines()))
    return int(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

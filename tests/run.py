"""`./belbox test [--all] [--features] [pytest's own options]`: the one test command.

Without paths of your own it runs four files at a time: calls through benches mostly wait for phones to ring, labs keep
the processors busy, and each file has addresses, ports and folders of its own.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict

import pytest

BESIDE = "4"  # files at a time, on two processors
# The longest first, what waits beside what works: a file begun last is waited for alone. Files of less than half a
# minute follow.
LONGEST_FIRST = (
    "system/test_units_in_container.py",  # builds a root
    "switch/test_voicemail.py",
    "system/test_lab_lifecycle.py",
    "hunting/test_doors.py",
    "system/test_wizard_in_browser.py",
    "switch/test_lamps.py",
    "system/test_firmware_over_phones.py",
    "emergency/test_matrix.py",
    "system/test_phones_of_the_office.py",
    "switch/test_plans.py",
    "system/test_kinds_of_phones.py",
    "unit/wizard/test_screens.py",
    "system/test_settings_by_page.py",
    "switch/test_backup_proof.py",
    "system/test_apply.py",
    "differential/test_explain_agrees_with_the_switch.py",
    "integration/test_apply_faults.py",
    "switch/test_forwarding.py",
    "system/test_failover.py",
    "system/test_told_by_page.py",
    "system/test_start_damaged.py",
    "system/test_calls.py",
    "architecture/test_linters.py",
    "integration/test_power_cuts.py",
    "system/test_dhcp_role.py",
    "integration/test_console_forms.py",
    "integration/test_console_doors.py",
    "integration/test_mail.py",
    "integration/provisioning/test_malformed_requests.py",
    "integration/provisioning/test_guessing.py",
    "integration/provisioning/test_pretending.py",
    "integration/test_softphones.py",
    "switch/test_desks.py",
    "unit/wizard/test_same_problems.py",
    "unit/wizard/test_api.py",
    "unit/appliance/storage/test_office_document_round_trip.py",
    "differential/test_numbers_agree.py",
)


class FeatureCount:
    """Counts, per row of the feature inventory, the tests that prove it, and those that set it on a page first."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Counter[str]] = defaultdict(Counter)
        self.by_page: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            told = dict(report.user_properties)
            for name in str(told.get("features", "")).split():
                self.outcomes[name][report.outcome] += 1
            for name in str(told.get("by page", "")).split() if report.outcome == "passed" else ():
                self.by_page[name] += 1

    def lines(self) -> list[str]:
        """Return one line per row that has tests: `A9 4 passed, 0 failed, 1 by page`."""
        rows = sorted(self.outcomes, key=lambda name: (name[0], int(name[1:])))
        return [
            f"{row} {self.outcomes[row]['passed']} passed, {self.outcomes[row]['failed']} failed,"
            f" {self.by_page[row]} by page"
            for row in rows
        ]


def main(arguments: list[str]) -> int:
    """Run pytest; return its exit status."""
    is_all = "--all" in arguments
    wants_features = "--features" in arguments
    rest = [argument for argument in arguments if argument not in {"--all", "--features"}]
    chosen = [] if is_all else ["-m", "not slow"]
    features = FeatureCount()
    if any(argument.startswith("tests") for argument in rest):
        run = [*chosen, *rest]
    else:
        run = [*chosen, *rest, "--dist", "loadfile", "--no-loadscope-reorder", "-n", BESIDE, "tests"]
    status = int(pytest.main(run, plugins=[features]))
    if wants_features:
        print("\n".join(features.lines()))
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""One address holds thousands of connections to the switch: phones that speak TLS register all the same."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual_office.units import CHECKOUT

REGISTER_SECONDS = 4.0  # a lost SYN is sent again after one second, then after two


@pytest.mark.feature("E4", "G8")
@pytest.mark.parametrize("count", [1_500, pytest.param(5_000, marks=pytest.mark.slow)])
def test_idle_connections_of_one_address_keep_no_phone_out(
    needs_namespaces: None, switch_root: Path, tmp_path: Path, count: int
) -> None:
    command = [
        sys.executable,
        "-m",
        "tests.switch.crowded_switch",
        str(tmp_path),
        str(switch_root),
        str(count),
        "rules",
    ]
    done = subprocess.run(
        ["unshare", "-Urn", *command], cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = json.loads(done.stdout.splitlines()[-1])
    print(found)
    assert found["answers"] == ["SIP/2.0 200 OK"] * 10
    assert found["slowest"] < REGISTER_SECONDS

"""One device pretends to be thousands of phones, by each way in which a phone can be seen (pretend_scenario.py)."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from provisioning.discovery.inventory import MOST_STRANGERS
from provisioning.guess_report import EVER_NEW, GUESSING_FROM

REPOSITORY = Path(__file__).parents[3]
# By these ways the device has an address or a MAC address of its own, and is named; by the others it has another each
# time.
NAMED = {
    "dhcp of one device": "02:00:00:00:00:66", "tftp": "10.66.0.66", "pnp": "10.66.0.66", "http": "10.66.0.66",
    "http from many addresses": "10.66.0.100",
}  # fmt: skip
SELDOM = pytest.param("http from many addresses", marks=pytest.mark.slow)
EVER_OTHERS = ("dhcp", "arp", "tftp from anywhere", "registering")
SEEN_WITHIN_SECONDS = 5.0
MOST_GROWN_KILOBYTES = 20_000
MOST_DISK_BYTES = 1_000_000


@pytest.mark.feature("G1", "G8")
@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("way", [*(way for way in NAMED if way not in SELDOM.values), SELDOM, *EVER_OTHERS, "mdns"])
def test_many_phones_of_one_device_fill_nothing_and_hide_nobody(
    needs_namespaces: None, tmp_path: Path, way: str, count: int
) -> None:
    found = pretended(tmp_path, way, count)
    print(way, {name: found[name] for name in found if name not in {"working_before", "working_after"}})
    assert found["listed"] <= (GUESSING_FROM + 2 if way in {*NAMED, "mdns"} else MOST_STRANGERS + 2)
    assert found["real"]["address"] == "10.66.0.20"
    assert found["real_seen_after"] < SEEN_WITHIN_SECONDS
    assert found["working_after"] == found["working_before"], "a phone that is registered elsewhere is shown as before"
    assert found["grown_kilobytes"] < MOST_GROWN_KILOBYTES
    assert found["disk_bytes"] < MOST_DISK_BYTES
    named = [one["address"] for one in found["report"]]
    if way in NAMED:
        assert NAMED[way] in named
    elif way in EVER_OTHERS:
        assert EVER_NEW in named


def pretended(root: Path, way: str, count: int) -> Any:
    module = "tests.integration.provisioning.pretend_scenario"
    scenario = [sys.executable, "-m", module, str(root / "b"), way, str(count)]
    result = subprocess.run(
        ["unshare", "-Urn", *scenario], cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.returncode == 0, result.stderr[-4000:]
    return json.loads(result.stdout.splitlines()[-1])

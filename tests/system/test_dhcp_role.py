"""The box's DHCP role: another server is found and named, and a new role is on trial (G3, A4)."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.virtual_office.lab import VirtualOffice

pytestmark = pytest.mark.feature("G3", "A4")

POOL = "192.168.77.100-192.168.77.149"


@pytest.fixture
def office(make_office: Callable[[], VirtualOffice]) -> Iterator[VirtualOffice]:
    """The router gives out addresses and leads phones to an old telephone system; no phones are plugged in."""
    office = make_office()
    office.directory.mkdir()
    options = ("dhcp-option=66,old-pbx.example", "dhcp-option=160,http://old-pbx.example/")
    (office.directory / "router-dhcp.conf").write_text("\n".join(options) + "\n")
    office.start(router_dhcp=True, phones=False)
    yield office
    office.stop()


def _network(office: VirtualOffice) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(office.belbox("network", "--json").stdout)
    return shown


def _role(office: VirtualOffice) -> str:
    return str(tomllib.loads((office.box_root / "network.toml").read_text())["dhcp_role"])


def _dhcp_part(office: VirtualOffice) -> dict[str, str]:
    parts: list[dict[str, str]] = json.loads(office.belbox("status", "--json", check=False).stdout)["parts"]
    return next(part for part in parts if part["name"] == "dhcp")


def _runs(office: VirtualOffice, name: str) -> bool:
    return office.ask("processes")["processes"].get(name) is not None


def _wait(is_so: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit, what
        time.sleep(0.2)  # the monitor tells nobody of its rounds; between two looks


def test_other_server_is_named_and_never_joined_by_a_second_one(office: VirtualOffice) -> None:
    (other,) = _network(office)["other_servers"]
    assert other["address"] == "192.168.77.1"
    assert len(other["mac"]) == 17
    assert other["hands_out"] == {"66": "old-pbx.example", "160": "http://old-pbx.example/"}

    _wait(lambda: _dhcp_part(office)["state"] == "warning", "the status warns of what leads phones away", 20)
    refused = office.belbox("network", "role", "server", "--pool", POOL, check=False)
    assert refused.returncode == 2
    assert "192.168.77.1" in refused.stderr
    assert "old-pbx.example" in refused.stderr
    assert _role(office) == "neighbour"
    assert not _runs(office, "dnsmasq")


def test_new_role_holds_only_when_somebody_says_so_in_time(office: VirtualOffice) -> None:
    office.ask("stop", name="router-dhcp")
    office.belbox("network", "role", "server", "--pool", POOL)
    assert _runs(office, "dnsmasq")
    assert _network(office)["on_trial_until"] is not None
    _let_the_time_pass(office.box_root / "role-change.json")
    _wait(lambda: _role(office) == "neighbour", "the role goes back")
    _wait(lambda: not _runs(office, "dnsmasq"), "no addresses are given out any more")
    assert not (office.box_root / "role-change.json").exists()

    office.belbox("network", "role", "server", "--pool", POOL)
    office.belbox("network", "keep")
    office.belbox("network", "reserve", "3c:00:00:00:00:09", "192.168.77.120")
    office.belbox("network", "voice-vlan", "30")
    written = (office.box_root / "dhcp" / "dnsmasq.conf").read_text()
    assert "dhcp-host=3c:00:00:00:00:09,192.168.77.120" in written
    assert 'yealink,132,"30"' in written
    assert office.belbox("network", "reserve", "3c:00:00:00:00:09", "10.0.0.1", check=False).returncode == 2
    assert not (office.box_root / "role-change.json").exists()
    assert _role(office) == "server"
    assert _runs(office, "dnsmasq")


def _let_the_time_pass(place: Path) -> None:
    """The three minutes, in no time."""
    entry = json.loads(place.read_text())
    place.write_text(json.dumps({**entry, "until": datetime.now(UTC).isoformat()}))  # noqa: TID251

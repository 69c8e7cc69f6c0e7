"""What a box reaches besides its own files and its switch: the clock, the LAN and its test phone."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from appliance.test_phone.result import TestCallResult
from provisioning.discovery.dhcp_server_report import DhcpServerFound
from provisioning.network_facts import NetworkFacts
from provisioning.resync import ask_to_resync

ENDING_SECONDS = 30.0  # a test call's process starts, registers and ends besides ringing
LONGEST_DETAIL = 300  # letters of what that process said last


_log = logging.getLogger(__name__)


class Lan(Protocol):
    """The network that the phones are in."""

    def scan(self, network: NetworkFacts) -> None:
        """Let every device of the network answer now; OSError or ValueError where that cannot be asked."""
        ...

    def dhcp_servers(self, network: NetworkFacts) -> tuple[DhcpServerFound, ...]:
        """Ask who else gives out addresses, which takes some seconds; OSError without the right to ask."""
        ...

    def ask_to_resync(self, address: str, event: str) -> int | None:
        """Send one NOTIFY, and return the status code of its answer; None: none came in time."""
        ...


class TestPhone(Protocol):
    """The box's own telephone: one call at a time."""

    def call(self, number: str, ring_seconds: float, as_if_at: datetime | None = None) -> TestCallResult:
        """Call a number, and say what was seen. `as_if_at`: as if it came from outside at this local time."""
        ...


class OwnLan:
    """The LAN that the box stands in."""

    def scan(self, network: NetworkFacts) -> None:
        """See Lan."""
        from provisioning.discovery import address_scan  # scapy is slow to load, and seldom needed

        address_scan.scan(network.interface, network.network)

    def dhcp_servers(self, network: NetworkFacts) -> tuple[DhcpServerFound, ...]:
        """See Lan."""
        from provisioning.discovery.dhcp_servers import find_servers  # as above

        return tuple(find_servers(network.interface))

    def ask_to_resync(self, address: str, event: str) -> int | None:
        """See Lan."""
        return ask_to_resync(address, event)


@dataclass(frozen=True, slots=True)
class OwnTestPhone:
    """The test phone of the box below `root`. pjsua2 keeps global state, so every call is a process of its own."""

    root: Path
    _line: threading.Lock = field(default_factory=threading.Lock)

    def call(self, number: str, ring_seconds: float, as_if_at: datetime | None = None) -> TestCallResult:
        """See TestPhone."""
        command = [sys.executable, "-m", "appliance.cli.main", "--root", str(self.root)]
        command += ["test-call", number, "--ring-seconds", str(ring_seconds), "--json"]
        if as_if_at is not None:
            command += ["--as-if-at", as_if_at.isoformat(timespec="minutes")]
        with self._line:
            done = subprocess.run(command, capture_output=True, text=True, timeout=ring_seconds + ENDING_SECONDS)
        try:
            return TestCallResult.read(done.stdout)
        except ValueError:
            _log.warning("the test phone broke: %s", done.stderr.strip()[-LONGEST_DETAIL:])
            return TestCallResult.failed("test-phone-broke")


def now() -> datetime:
    """Return the moment, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  (the entrance reads the clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The edges of one box."""

    clock: Callable[[], datetime]
    lan: Lan
    test_phone: TestPhone


def own_edges(root: Path) -> Edges:
    """Return those of the machine that this runs on."""
    return Edges(clock=now, lan=OwnLan(), test_phone=OwnTestPhone(root))

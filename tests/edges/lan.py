"""A fake of the LAN: who answers on it is what a test says."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from provisioning.discovery.dhcp_server_report import DhcpServerFound
from provisioning.network_facts import NetworkFacts


@dataclass
class FakeLan:
    """`answers`: what a phone at an address answers to a NOTIFY; the others are silent."""

    others: tuple[DhcpServerFound, ...] = ()
    answers: dict[str, int] = field(default_factory=dict)
    scans: int = 0
    fault: OSError | None = None  # what asking the LAN ends with
    notified: list[tuple[str, str]] = field(default_factory=list)
    _hears: threading.Condition = field(default_factory=threading.Condition)

    def scan(self, network: NetworkFacts) -> None:
        if self.fault is not None:
            raise self.fault
        with self._hears:
            self.scans += 1
            self._hears.notify_all()

    def dhcp_servers(self, network: NetworkFacts) -> tuple[DhcpServerFound, ...]:
        if self.fault is not None:
            raise self.fault
        return self.others

    def ask_to_resync(self, address: str, event: str) -> int | None:
        with self._hears:
            self.notified.append((address, event))
            self._hears.notify_all()
        return self.answers.get(address)

    def wait_scanned(self, seconds: float = 10.0) -> None:
        """Return once everybody was asked."""
        with self._hears:
            assert self._hears.wait_for(lambda: self.scans > 0, seconds), "nobody was asked"

    def wait_notified(self, address: str, seconds: float = 10.0) -> None:
        """Return once a NOTIFY went to this address."""
        with self._hears:
            was_told = self._hears.wait_for(lambda: address in {to for to, _ in self.notified}, seconds)
        assert was_told, f"{address} was told nothing"

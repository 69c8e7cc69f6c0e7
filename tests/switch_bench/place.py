"""Addresses and ports on loopback that no other bench has."""

from __future__ import annotations

import socket
from dataclasses import dataclass

NETWORK = "127.77"  # inside 127.0.0.0/8 and used by nothing else here
MOST_BENCHES = 90
FIRST_RTP_PORT = 12_000  # below the ports the kernel gives out by itself (ip_local_port_range)
RTP_PORTS = 220  # 110 call legs at a time
FIRST_MANAGER_PORT = 7100
LOCK_PORT = 5999
FIRST_LINE, FIRST_PHONE = 11, 51


@dataclass(frozen=True, slots=True)
class BenchPlace:
    """The place of one bench; it is its own as long as `lock` is open."""

    number: int
    lock: socket.socket

    @property
    def switch(self) -> str:
        """The switch's address."""
        return self._address(2)

    def line(self, index: int) -> str:
        """The address of a line, counted from 0."""
        if index >= FIRST_PHONE - FIRST_LINE:
            raise ValueError("too many lines for one bench")
        return self._address(FIRST_LINE + index)

    def phone(self, index: int) -> str:
        """The address of a phone, counted from 0."""
        # Two hundred in the bench's own network, more in the one 100 above it.
        return self._address(FIRST_PHONE + index) if index < 200 else f"{NETWORK}.{self.number + 100}.{index - 199}"

    @property
    def manager_port(self) -> int:
        """The manager interface's port on 127.0.0.1."""
        return FIRST_MANAGER_PORT + self.number

    @property
    def rtp_ports(self) -> tuple[int, int]:
        """The switch's first and last port for sound."""
        first = FIRST_RTP_PORT + self.number * RTP_PORTS
        return first, first + RTP_PORTS - 1

    def leave(self) -> None:
        """Let another bench have it."""
        self.lock.close()

    def _address(self, last: int) -> str:
        return f"{NETWORK}.{self.number}.{last}"


def take_place() -> BenchPlace:
    """Take the first free place of this machine, for as long as this process lives or until it is left."""
    for number in range(MOST_BENCHES):
        lock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            lock.bind((f"{NETWORK}.{number}.1", LOCK_PORT))
        except OSError:
            lock.close()
            continue
        return BenchPlace(number, lock)
    raise RuntimeError(f"{MOST_BENCHES} benches run on this machine already")

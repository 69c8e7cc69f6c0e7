"""The DHCP clients of all phones on one packet socket: an answer finds who asked by its transaction number."""

from __future__ import annotations

import ctypes
import queue
import secrets
import socket
import struct
import threading
from dataclasses import dataclass

from tests.bench.boot_storm.place import CABLE

_DISCOVER, _OFFER, _REQUEST, _ACK = 1, 2, 3, 5  # RFC 2132 section 9.6
_COOKIE = b"\x63\x82\x53\x63"
_WANTED = bytes((1, 3, 6, 15, 42, 43, 66, 67, 150, 159, 160))
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS, _TRIES = 1.0, 8.0, 12
_ETH_P_ALL = 3
_SO_ATTACH_FILTER = 26
# Classic BPF: IPv4, UDP, no fragment, to port 68; code, jump if true, jump if false, operand.
_FILTER = (
    (0x28, 0, 0, 12),
    (0x15, 0, 8, 0x0800),
    (0x30, 0, 0, 23),
    (0x15, 0, 6, 17),
    (0x28, 0, 0, 20),
    (0x45, 4, 0, 0x1FFF),
    (0xB1, 0, 0, 14),
    (0x48, 0, 0, 16),
    (0x15, 0, 1, 68),
    (0x06, 0, 0, 0xFFFF),
    (0x06, 0, 0, 0),
)


class NoAddressError(Exception):
    """Nobody gave an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """An address, and what option 66 said."""

    address: str
    first_place: str


class DhcpClients:
    """Call `start` in the phones' namespace, `ask` from any thread."""

    def __init__(self) -> None:
        self._waiting: dict[int, queue.SimpleQueue[tuple[str, dict[int, bytes]]]] = {}
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        program = b"".join(struct.pack("HBBI", *line) for line in _FILTER)
        self._program = ctypes.create_string_buffer(program, len(program))
        filter_struct = struct.pack("HL", len(_FILTER), ctypes.addressof(self._program))
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter_struct)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self._socket.bind((CABLE, _ETH_P_ALL))

    def start(self) -> None:
        """Listen from now on."""
        threading.Thread(target=self._listen, name="dhcp", daemon=True).start()

    def ask(self, mac: str, vendor_class: str) -> Lease:
        """DISCOVER, REQUEST, and each again while there is no answer; raises NoAddressError."""
        number = secrets.randbits(32)
        answers: queue.SimpleQueue[tuple[str, dict[int, bytes]]] = queue.SimpleQueue()
        self._waiting[number] = answers
        asks = (60, vendor_class.encode()), (55, _WANTED)
        try:
            wait = _FIRST_WAIT_SECONDS
            for _ in range(_TRIES):
                offered = self._exchange(mac, number, answers, _DISCOVER, asks, wait)
                if offered is not None:
                    address, options = offered
                    chosen = (50, socket.inet_aton(address)), (54, options[54])
                    given = self._exchange(mac, number, answers, _REQUEST, (*chosen, *asks), wait)
                    if given is not None:
                        first_place = given[1].get(66, b"").rstrip(b"\0").decode()
                        return Lease(address=given[0], first_place=first_place)
                wait = min(2 * wait, _LONGEST_WAIT_SECONDS)
            raise NoAddressError(mac)
        finally:
            del self._waiting[number]

    def _exchange(
        self,
        mac: str,
        number: int,
        answers: queue.SimpleQueue[tuple[str, dict[int, bytes]]],
        kind: int,
        options: tuple[tuple[int, bytes], ...],
        wait_seconds: float,
    ) -> tuple[str, dict[int, bytes]] | None:
        self._socket.send(_frame(mac, number, ((53, bytes((kind,))), *options)))
        hoped_for = bytes((_OFFER if kind == _DISCOVER else _ACK,))
        try:
            while True:
                address, given = answers.get(timeout=wait_seconds)
                if given.get(53) == hoped_for:
                    return address, given
        except queue.Empty:
            return None

    def _listen(self) -> None:
        while True:
            frame, (_, _, direction, *_) = self._socket.recvfrom(2048)
            if direction == socket.PACKET_OUTGOING:
                continue
            message = frame[14 + 4 * (frame[14] & 15) + 8 :]
            if waiting := self._waiting.get(struct.unpack("!I", message[4:8])[0]):
                waiting.put((socket.inet_ntoa(message[16:20]), _options(message[240:])))


def _options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 1 < len(data) and data[at] != 255:
        if data[at] == 0:
            at += 1
            continue
        found[data[at]] = data[at + 2 : at + 2 + data[at + 1]]
        at += 2 + data[at + 1]
    return found


def _frame(mac: str, number: int, options: tuple[tuple[int, bytes], ...]) -> bytes:
    hardware = bytes.fromhex(mac.replace(":", ""))
    message = struct.pack("!BBBBIHH16x", 1, 1, 6, 0, number, 0, 0) + hardware + bytes(10 + 192) + _COOKIE
    message += b"".join(bytes((code, len(value))) + value for code, value in options) + b"\xff"
    message = message.ljust(300, b"\0")
    datagram = struct.pack("!HHHH", 68, 67, 8 + len(message), 0) + message
    header = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0, bytes(4), b"\xff" * 4)
    total = sum(struct.unpack("!10H", header))
    total = (total & 0xFFFF) + (total >> 16)
    header = header[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + header[12:]
    return b"\xff" * 6 + hardware + b"\x08\x00" + header + datagram

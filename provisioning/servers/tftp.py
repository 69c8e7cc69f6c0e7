"""TFTP for files without a secret: names from a map, nothing written, every transfer in one event loop."""

from __future__ import annotations

import logging
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tftpy.TftpPacketFactory import TftpPacketFactory
from tftpy.TftpPacketTypes import TftpPacketRRQ, TftpPacketWRQ

from provisioning.servers.tftp_files import Content, FileSource
from provisioning.servers.tftp_transfer import (
    ACCESS_VIOLATION,
    ILLEGAL_OPERATION,
    NOT_FOUND,
    Transfer,
    agree,
    as_netascii,
    error,
)

LOG = logging.getLogger(__name__)
logging.getLogger("tftpy").setLevel(logging.ERROR)  # it tells of every packet
TFTP_PORT = 69  # RFC 1350 section 4
LARGEST_REQUEST_BYTES = 2048
LARGEST_ANSWER_BYTES = 1024
SIMULTANEOUS_TRANSFERS = 400  # each takes two of the 1,024 files that a process may have open
WAITING_REQUESTS_BYTES = 1 << 20
LOOK_AT_CLOCKS_SECONDS = 0.1
REQUESTS_AT_ONCE = 64  # then the transfers have their turn

# name asked, client's address, whether it was given; must return at once
RequestNoted = Callable[[str, str, bool], None]
Client = tuple[str, int]


class TftpServer:
    """Reads requests at its port and sends each file from a port of its own (RFC 1350 section 4)."""

    def __init__(self, address: str, sources: Sequence[FileSource], noted: RequestNoted, port: int = TFTP_PORT) -> None:
        self._address = address
        self._port = port
        self._sources = sources
        self._noted = noted

    def run(self, stop: threading.Event, started: Callable[[int], None]) -> None:
        """Serve until `stop`; `started` is told the port. Raises OSError when it cannot be had."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener, select.epoll() as epoll:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WAITING_REQUESTS_BYTES)
            listener.bind((self._address, self._port))
            listener.setblocking(False)
            epoll.register(listener, select.EPOLLIN)
            started(listener.getsockname()[1])
            loop = _Loop(self._address, self._sources, self._noted, listener, epoll)
            try:
                while not stop.is_set():
                    loop.turn()
            finally:
                loop.close()


@dataclass(frozen=True, slots=True)
class _UnderWay:
    sender: socket.socket
    transfer: Transfer
    client: Client
    request: bytes  # as it was asked


@dataclass(slots=True)
class _Loop:
    """The listening socket and the transfers under way, by their socket's number and by their client."""

    address: str
    sources: Sequence[FileSource]
    noted: RequestNoted
    listener: socket.socket
    epoll: select.epoll
    by_number: dict[int, _UnderWay] = field(default_factory=dict)
    by_client: dict[Client, int] = field(default_factory=dict)
    clocks_due: float = 0.0

    def turn(self) -> None:
        """Wait for packets, or for the next look at the clocks, and do what they ask."""
        events = self.epoll.poll(LOOK_AT_CLOCKS_SECONDS)
        now = time.monotonic()
        for number, _ in events:
            if number in self.by_number:
                self._answer(number, now)
            elif number == self.listener.fileno():
                self._take_requests(now)
        if now >= self.clocks_due:
            self.clocks_due = now + LOOK_AT_CLOCKS_SECONDS
            for number, under_way in list(self.by_number.items()):
                under_way.transfer.look_at_clock(now)
                if under_way.transfer.is_over:
                    self._end(number)

    def close(self) -> None:
        """End every transfer."""
        for number in list(self.by_number):
            self._end(number)

    def _answer(self, number: int, now: float) -> None:
        under_way = self.by_number[number]
        try:
            under_way.transfer.received(under_way.sender.recv(LARGEST_ANSWER_BYTES), now)
        except BlockingIOError:
            return
        except OSError:  # the phone's port is closed (ICMP)
            self._end(number)
            return
        if under_way.transfer.is_over:
            self._end(number)

    def _take_requests(self, now: float) -> None:
        for _ in range(REQUESTS_AT_ONCE):
            try:
                datagram, client = self.listener.recvfrom(LARGEST_REQUEST_BYTES)
            except OSError:
                return
            try:
                self._take_request(datagram, client, now)
            except Exception:
                # An entrance: tftpy meets malformed packets with errors of all kinds.
                LOG.info("TFTP request of %s makes no sense", client[0], exc_info=LOG.isEnabledFor(logging.DEBUG))
                if datagram[:2] in (b"\0\1", b"\0\2"):  # other packets may be answers, and are never answered
                    self._refuse(client, ILLEGAL_OPERATION)

    def _take_request(self, datagram: bytes, client: Client, now: float) -> None:
        # Some clients fill a request up with zeros; no value of ours ends in an empty one.
        request = TftpPacketFactory().parse(datagram.rstrip(b"\0") + b"\0")
        if isinstance(request, TftpPacketWRQ):
            self._refuse(client, ACCESS_VIOLATION)
            return
        if not isinstance(request, TftpPacketRRQ) or self._is_asked_again(client, datagram, now):
            return
        content = next((content for source in self.sources if (content := source.open(request.filename))), None)
        self.noted(request.filename, client[0], content is not None)
        if content is None:
            self._refuse(client, NOT_FOUND)
        elif request.mode == "octet":
            self._begin(client, datagram, content, request.options, now)
        elif request.mode == "netascii" and content.is_text:
            self._begin(client, datagram, as_netascii(content), request.options, now)
        else:
            content.close()
            self._refuse(client, ILLEGAL_OPERATION)

    def _is_asked_again(self, client: Client, datagram: bytes, now: float) -> bool:
        """Whether this is the same request once more; else an older transfer of that port is over."""
        number = self.by_client.get(client)
        if number is None:
            return False
        self._answer(number, now)  # what the phone sent to the transfer before it asked may not have had its turn
        if number not in self.by_number:
            return False
        under_way = self.by_number[number]
        if under_way.transfer.is_answered or under_way.request != datagram:
            self._end(number)
            return False
        under_way.transfer.repeat(now)
        return True

    def _begin(self, client: Client, datagram: bytes, content: Content, options: dict[str, str], now: float) -> None:
        if not self._has_room():
            content.close()  # the phone asks again
            return
        sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sender.bind((self.address, 0))
        sender.connect(client)  # the kernel turns away who is not this client
        sender.setblocking(False)

        def send(packet: bytes) -> None:
            with suppress(OSError):  # a datagram may be lost anywhere, here too
                sender.send(packet)

        transfer = Transfer(content, agree(options, content.size), send, now)
        self.by_number[sender.fileno()] = _UnderWay(sender, transfer, client, datagram)
        self.by_client[client] = sender.fileno()
        self.epoll.register(sender, select.EPOLLIN)

    def _has_room(self) -> bool:
        """Who never answered makes room: requests in the name of others must not keep phones out."""
        if len(self.by_number) < SIMULTANEOUS_TRANSFERS:
            return True
        silent = next((n for n, under_way in self.by_number.items() if not under_way.transfer.is_answered), None)
        if silent is not None:
            self._end(silent)
        return silent is not None

    def _refuse(self, client: Client, code: int) -> None:
        with suppress(OSError):  # as any datagram may be lost
            self.listener.sendto(error(code), client)

    def _end(self, number: int) -> None:
        under_way = self.by_number.pop(number)
        if self.by_client.get(under_way.client) == number:
            del self.by_client[under_way.client]
        self.epoll.unregister(under_way.sender)
        under_way.sender.close()
        under_way.transfer.close()

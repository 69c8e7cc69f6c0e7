"""One transfer by TFTP, as a state machine: packets in, packets out, no socket and no clock."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tftpy.TftpPacketTypes import TftpPacketERR, TftpPacketOACK

from provisioning.servers.tftp_files import Content, FileUnreadable, TextInMemory

BLOCK_BYTES = 512  # RFC 1350 section 2
BLOCK_BYTES_ASKED = range(8, 65465)  # RFC 2348
LARGEST_BLOCK_BYTES = 1468  # Ethernet's 1500 less the headers of IP, UDP and TFTP: a block is never cut in pieces
WINDOW_ASKED = range(1, 65536)  # RFC 7440 section 3
LARGEST_WINDOW = 32
TIMEOUT_ASKED = range(1, 256)  # RFC 2349
RETRANSMIT_SECONDS = 1.0  # doubled each time, unless the phone said how long it waits
RETRIES = 5

NOT_FOUND, ACCESS_VIOLATION, ILLEGAL_OPERATION = 1, 2, 4  # RFC 1350, appendix
_DATA, _ACK, _ERROR = 3, 4, 5
_HEADER = struct.Struct("!HH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What both sides agree on; `confirmed` is what the OACK says, empty for a phone that asked nothing we know."""

    confirmed: Mapping[str, str]
    block_bytes: int = BLOCK_BYTES
    window: int = 1
    timeout_seconds: int | None = None


def agree(options: Mapping[str, str], size: int) -> Terms:
    """Answer the options of a request (RFC 2347); what is unknown or senseless is left out, never an error."""
    confirmed: dict[str, str] = {}
    block_bytes, window, timeout_seconds = BLOCK_BYTES, 1, None
    for name, text in options.items():
        value = int(text) if text.isdecimal() else -1
        match name.lower():
            case "blksize" if value in BLOCK_BYTES_ASKED:
                block_bytes = min(value, LARGEST_BLOCK_BYTES)
                confirmed["blksize"] = str(block_bytes)
            case "windowsize" if value in WINDOW_ASKED:
                window = min(value, LARGEST_WINDOW)
                confirmed["windowsize"] = str(window)
            case "timeout" if value in TIMEOUT_ASKED:
                timeout_seconds = value
                confirmed["timeout"] = str(value)
            case "tsize" if value >= 0:
                confirmed["tsize"] = str(size)
    return Terms(confirmed=confirmed, block_bytes=block_bytes, window=window, timeout_seconds=timeout_seconds)


def as_netascii(content: Content) -> Content:
    """Return a text as netascii writes it (RFC 764, page 11): CR as CR NUL, LF as CR LF."""
    text = content.read(0, content.size)
    content.close()
    return TextInMemory(text.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n"))


def error(code: int) -> bytes:
    """Return the packet of an error, with the words of RFC 1350."""
    packet = TftpPacketERR()
    packet.errorcode = code
    return bytes(packet.encode().buffer)


class Transfer:
    """Sends one file. `send` may lose what it is given; the transfer ends by itself when nobody answers."""

    def __init__(self, content: Content, terms: Terms, send: Callable[[bytes], None], now: float) -> None:
        self._content = content
        self._send = send
        self._block_bytes = terms.block_bytes
        self._window = terms.window
        self._timeout_seconds = terms.timeout_seconds
        self._blocks = content.size // terms.block_bytes + 1  # the last one is shorter than the others, or empty
        self._acknowledged = 0
        self._sent = 0
        self._window_sent_again = False
        self._tries = 0
        self._terms = _confirmation(terms)
        self.is_answered = False
        self.is_over = False
        self.due = now
        self._send_on(now)

    def received(self, packet: bytes, now: float) -> None:
        """Take what the phone sent; what makes no sense is dropped."""
        if len(packet) < _HEADER.size:
            return
        operation, number = _HEADER.unpack_from(packet)
        if operation == _ERROR:
            self.is_over = True
        elif operation == _ACK:
            self._acknowledge(number, now)

    def look_at_clock(self, now: float) -> None:
        """Send again what was not answered in time."""
        if now < self.due:
            return
        self._tries += 1
        if self._tries > RETRIES:
            self.is_over = True
        else:
            self._sent = self._acknowledged
            self._send_on(now)

    def repeat(self, now: float) -> None:
        """The phone asked for the same file again before it had any answer."""
        self._sent = self._acknowledged
        self._send_on(now)

    def close(self) -> None:
        """Give the file back."""
        self._content.close()

    def _acknowledge(self, number: int, now: float) -> None:
        if self._terms is not None:
            if number != 0:
                return
            self._terms = None
        else:
            # The number has 16 bits and begins again at 0; in flight are at most LARGEST_WINDOW blocks.
            forward = (number - self._acknowledged) & 0xFFFF
            if forward > self._sent - self._acknowledged:
                return
            if forward == 0 and not self._may_send_window_again():
                return
            self._acknowledged += forward
            self._window_sent_again = forward == 0
        self.is_answered = True
        self._tries = 0
        if self._acknowledged == self._blocks:
            self.is_over = True
            return
        # RFC 7440 section 4: the phone got everything up to here and nothing after it, whatever was sent.
        self._sent = self._acknowledged
        self._send_on(now)

    def _may_send_window_again(self) -> bool:
        """Answering each acknowledgement that comes twice would double all that follows (RFC 1123, 4.2.3.1)."""
        return self._window > 1 and not self._window_sent_again

    def _send_on(self, now: float) -> None:
        self.due = now + (self._timeout_seconds or RETRANSMIT_SECONDS * 2**self._tries)
        if self._terms is not None:
            self._send(self._terms)
            return
        end = min(self._acknowledged + self._window, self._blocks)
        while self._sent < end:
            try:
                piece = self._content.read(self._sent * self._block_bytes, self._block_bytes)
            except FileUnreadable:
                self._send(error(NOT_FOUND))
                self.is_over = True
                return
            self._sent += 1
            self._send(_HEADER.pack(_DATA, self._sent & 0xFFFF) + piece)


def _confirmation(terms: Terms) -> bytes | None:
    if not terms.confirmed:
        return None
    packet = TftpPacketOACK()
    packet.options = dict(terms.confirmed)
    return bytes(packet.encode().buffer)

"""The sound of a call: RTP out every 20 ms, digits out and in (RFC 4733), and what came in is kept for a while."""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from functools import cache

import numpy as np

from tests.switch_bench.sip_text import CODECS, OPUS_PAYLOAD, Session

PACKET_SECONDS = 0.02
PACKET_SAMPLES = 160
RATE_HZ = 8000
KEPT_PACKETS = 500  # 10 s
DIGITS = "0123456789*#ABCD"  # RFC 4733 section 3.2: the code is the place
DIGIT_PACKETS = 5
END_PACKETS = 3  # RFC 4733 section 2.5.1.4: the end is told three times
GAP_PACKETS = 5
_ENOUGH = 0.6  # part of the packets that must be unlike all others to be no silence, on a busy machine
TONE_AMPLITUDE = 8000  # of 32767
PCMU, PCMA = 0, 8
G722, GSM = 9, 3
# What is said in a codec that is only counted here: 20 ms of it, whatever it sounds like.
_FRAMES = {G722: bytes(160), GSM: b"\xd0" + bytes(32), OPUS_PAYLOAD: b"\xf8\xff\xfe"}
_OPUS_SAMPLES = 960  # RFC 7587 section 4.1: always counted at 48 kHz


class Voice:
    """One RTP stream, both ways; it speaks a steady tone, or nothing at all while it knows no other side."""

    def __init__(
        self, address: str, tone_hz: int, on_digit: Callable[[str], None], known: tuple[int, ...] = (PCMA, PCMU)
    ) -> None:
        self.packets_in = 0
        self._tone_hz = tone_hz
        self._on_digit = on_digit
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind((address, 0))
        self.port = int(self._socket.getsockname()[1])
        self._far: tuple[str, int] | None = None
        self._known = known
        self._payload = known[0]
        self._came: deque[tuple[float, int, bytes]] = deque(maxlen=KEPT_PACKETS)
        self._digits_payload: int | None = None
        self._sequence = secrets.randbelow(1000)
        self._timestamp = secrets.randbelow(1000)
        self._source = secrets.randbits(32)
        self._waiting: deque[bytes | None] = deque()
        self._heard: deque[tuple[int, bytes]] = deque(maxlen=KEPT_PACKETS)
        self._last_digit_at: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        asyncio.get_running_loop().add_reader(self._socket, self._receive)

    def talk_to(self, session: Session) -> None:
        """Speak to where a session description says, in the first codec of it that is known here."""
        self._far = (session.address, session.port)
        self._payload = next((payload for payload in session.payloads if payload in self._known), self._known[0])
        self._digits_payload = session.digits_payload
        if self._timer is None:
            self._next_at = asyncio.get_running_loop().time()
            self._tick()

    def press(self, digits: str) -> None:
        """Send digits after what is being sent."""
        for digit in digits:
            code = DIGITS.index(digit)
            for count in range(DIGIT_PACKETS + END_PACKETS):
                ends = count >= DIGIT_PACKETS
                length = PACKET_SAMPLES * min(count + 1, DIGIT_PACKETS)
                self._waiting.append(struct.pack("!BBH", code, 0x8A if ends else 0x0A, length))
            self._waiting.extend([None] * GAP_PACKETS)

    def level(self, frequency_hz: int, seconds: float = 0.5) -> float:
        """Return how strong a tone was in the last seconds heard, 0 to 32767."""
        packets = list(self._heard)[-round(seconds / PACKET_SECONDS) :]
        if not packets:
            return 0.0
        samples = np.concatenate(
            [_heard_as(payload)[np.frombuffer(data, dtype=np.uint8)] for payload, data in packets]
        ).astype(np.float64)
        window = np.hanning(samples.size)
        turns = np.exp(-2j * np.pi * frequency_hz / RATE_HZ * np.arange(samples.size))
        return float(2 * abs(np.sum(samples * window * turns)) / window.sum())

    def sound_in(self, seconds: float) -> str:
        """Return the codec of the last seconds if packets came all the while in one codec, most unlike each other."""
        now = time.monotonic()
        packets = [(payload, data) for at, payload, data in self._came if now - at < seconds]
        payloads = {payload for payload, _ in packets}
        different = len({data for _, data in packets})
        if len(payloads) != 1 or different < _ENOUGH * seconds / PACKET_SECONDS:
            return ""
        payload = payloads.pop()
        return "opus" if payload == OPUS_PAYLOAD else CODECS[str(payload)]

    def close(self) -> None:
        """Be silent for good; what was heard stays."""
        if self._socket.fileno() < 0:
            return
        if self._timer is not None:
            self._timer.cancel()
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _tick(self) -> None:
        assert self._far is not None
        frame = self._waiting.popleft() if self._waiting else None
        if frame is not None and self._digits_payload is not None:
            starts = frame[1] & 0x80 == 0 and frame[2:] == struct.pack("!H", PACKET_SAMPLES)
            if starts:
                self._digit_started = self._timestamp
            self._send(self._digits_payload | (0x80 if starts else 0), self._digit_started, frame)
        elif self._payload in _FRAMES:
            self._send(self._payload, self._timestamp, _FRAMES[self._payload])
        else:
            place = self._timestamp % RATE_HZ
            self._send(self._payload, self._timestamp, _tone(self._payload, self._tone_hz)[place : place + 160])
        self._timestamp += _OPUS_SAMPLES if self._payload == OPUS_PAYLOAD else PACKET_SAMPLES
        self._next_at += PACKET_SECONDS
        loop = asyncio.get_running_loop()
        self._next_at = max(self._next_at, loop.time() - 0.2)  # a busy machine is not made busier by catching up
        self._timer = loop.call_at(self._next_at, self._tick)

    def _send(self, payload: int, timestamp: int, data: bytes) -> None:
        assert self._far is not None
        self._sequence = (self._sequence + 1) & 0xFFFF
        header = struct.pack("!BBHII", 0x80, payload, self._sequence, timestamp & 0xFFFFFFFF, self._source)
        try:
            self._socket.sendto(header + data, self._far)
        except OSError:
            return  # the switch has closed its port: the BYE is on its way

    def _receive(self) -> None:
        try:
            packet = self._socket.recv(2048)
        except OSError:
            return
        if len(packet) < 13:
            return
        payload = packet[1] & 0x7F
        if payload in self._known:
            self.packets_in += 1
            self._came.append((time.monotonic(), payload, packet[12:]))
        if payload in {PCMU, PCMA}:
            self._heard.append((payload, packet[12:]))
        elif payload == self._digits_payload and len(packet) >= 16:
            timestamp = int.from_bytes(packet[4:8], "big")
            if packet[13] & 0x80 and timestamp != self._last_digit_at and packet[12] < len(DIGITS):
                self._last_digit_at = timestamp
                self._on_digit(DIGITS[packet[12]])


@cache
def _tone(payload: int, frequency_hz: int) -> bytes:
    """One second and a packet of a tone; whole hertz join without a click."""
    times = np.arange(RATE_HZ + PACKET_SAMPLES) / RATE_HZ
    wanted = TONE_AMPLITUDE * np.sin(2 * np.pi * frequency_hz * times)
    # The code whose sound is nearest.
    sounds = _heard_as(payload).astype(np.float64)
    order = np.argsort(sounds)
    places = np.clip(np.searchsorted(sounds[order], wanted), 0, 255)
    return order[places].astype(np.uint8).tobytes()


@cache
def _heard_as(payload: int) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """The sound of each of the 256 codes of G.711 (ITU-T G.711, tables 1 and 2)."""
    sounds = []
    for code in range(256):
        if payload == PCMA:
            bits = code ^ 0x55
            exponent, mantissa = (bits >> 4) & 7, bits & 15
            size = (mantissa * 16 + 8) if exponent == 0 else ((mantissa * 16 + 264) << (exponent - 1))
            sounds.append(size if bits & 0x80 else -size)
        else:
            bits = ~code & 0xFF
            exponent, mantissa = (bits >> 4) & 7, bits & 15
            size = ((mantissa * 8 + 132) << exponent) - 132
            sounds.append(-size if bits & 0x80 else size)
    return np.array(sounds, dtype=np.int16)

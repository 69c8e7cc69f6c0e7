"""Where the samples lie in a WAV or AIFF file of a stranger, and how they are written: no sample is read here.

Sources: RIFF/WAVE (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0"; WAVEFORMATEXTENSIBLE),
AIFF 1.3 and AIFF-C (Apple).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from appliance.office.problems import InvalidValueError

_PCM, _EXTENSIBLE = 1, 0xFFFE  # wFormatTag
_BITS = (8, 16, 24, 32)
_RATES_HZ = range(4000, 192_001)
_CHANNELS = (1, 2)
_MOST_CHUNKS = 1000  # a real file has about ten
_LARGEST_HEAD_BYTES = 64  # of a chunk that describes the samples


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Whole-number samples, from `offset` (bytes); a frame is one sample of every channel."""

    rate_hz: int
    channels: int
    bits: int
    is_signed: bool
    is_big_endian: bool
    offset: int
    frames: int

    @property
    def seconds(self) -> float:
        """How long it sounds."""
        return self.frames / self.rate_hz


def find_samples(path: Path) -> Samples:
    """Return where and how the samples lie; InvalidValueError `recording-form` unless it is PCM in WAV or AIFF."""
    with path.open("rb") as file:
        file.seek(0, 2)
        size = file.tell()
        file.seek(0)
        kind, _, form = struct.unpack("4s4s4s", file.read(12).ljust(12, b"\0"))
        if kind == b"RIFF" and form == b"WAVE":
            return _in_wav(file, size)
        if kind == b"FORM" and form in (b"AIFF", b"AIFC"):
            return _in_aiff(file, size, is_compressed_form=form == b"AIFC")
    raise InvalidValueError("recording-form", found="another kind of file")


def _in_wav(file: BinaryIO, size: int) -> Samples:
    head = b""
    for name, offset, length in _chunks(file, size, "<"):
        if name == b"fmt ":
            head = file.read(min(length, _LARGEST_HEAD_BYTES))
        elif name == b"data" and len(head) >= 16:
            tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", head[:16])
            if tag == _EXTENSIBLE and len(head) >= 26:
                tag = int.from_bytes(head[24:26], "little")  # the sub-format's GUID begins with the old tag
            if tag != _PCM:
                raise InvalidValueError("recording-form", found=f"WAV of format {tag}")
            return _checked(rate, channels, bits, offset, length, is_signed=bits > 8, is_big_endian=False)
    raise InvalidValueError("recording-form", found="WAV without sound")


def _in_aiff(file: BinaryIO, size: int, *, is_compressed_form: bool) -> Samples:
    head = b""
    sound: tuple[int, int] | None = None
    for name, offset, length in _chunks(file, size, ">"):
        if name == b"COMM":
            head = file.read(min(length, _LARGEST_HEAD_BYTES))
        elif name == b"SSND" and length >= 8:
            skipped = int.from_bytes(file.read(4), "big")  # alignment before the first sample
            sound = (offset + 8 + skipped, length - 8 - skipped)
    if sound is None or len(head) < (22 if is_compressed_form else 18):
        raise InvalidValueError("recording-form", found="AIFF without sound")
    channels, _, bits = struct.unpack(">HIH", head[:8])
    compression = head[18:22] if is_compressed_form else b"NONE"
    if compression not in (b"NONE", b"sowt"):
        raise InvalidValueError("recording-form", found=f"AIFF of format {compression.decode('ascii', 'replace')}")
    big = compression == b"NONE"
    return _checked(_extended(head[8:18]), channels, bits, *sound, is_signed=True, is_big_endian=big)


def _chunks(file: BinaryIO, size: int, order: Literal["<", ">"]) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, offset and length of each chunk, the file standing at its offset; a length never passes the end."""
    place = 12
    for _ in range(_MOST_CHUNKS):
        file.seek(place)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = struct.unpack(f"{order}4sI", head)
        yield name, place + 8, min(length, size - place - 8)
        place += 8 + length + length % 2


def _extended(text: bytes) -> int:
    """Return an 80-bit IEEE 754 number as a whole number; 0 where it is none."""
    exponent = int.from_bytes(text[:2], "big") - 16383
    return int.from_bytes(text[2:], "big") >> (63 - exponent) if 0 <= exponent < 32 else 0


def _checked(
    rate_hz: int, channels: int, bits: int, offset: int, length: int, *, is_signed: bool, is_big_endian: bool
) -> Samples:
    if bits not in _BITS or channels not in _CHANNELS or rate_hz not in _RATES_HZ:
        raise InvalidValueError("recording-form", found=f"{rate_hz} Hz, {bits} bits, {channels} channels")
    frames = max(length, 0) // (channels * bits // 8)
    if not frames:
        raise InvalidValueError("recording-form", found="a file without sound")
    return Samples(
        rate_hz=rate_hz,
        channels=channels,
        bits=bits,
        is_signed=is_signed,
        is_big_endian=is_big_endian,
        offset=offset,
        frames=frames,
    )

"""Sound files as an office brings them."""

from __future__ import annotations

import math
import wave
from pathlib import Path

HERTZ = 440


def tone(seconds: float, rate: int = 44100) -> list[float]:
    """Return the samples of a tone, half as loud as can be."""
    return [0.5 * math.sin(2 * math.pi * HERTZ * index / rate) for index in range(int(seconds * rate))]


def wav_file(path: Path, *, seconds: float = 1.0, rate: int = 44100, bits: int = 16, channels: int = 1) -> Path:
    """Write a tone as a WAV, and return its path."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        full = 2 ** (bits - 1) - 1
        for value in tone(seconds, rate):
            number = int(value * full)
            sample = bytes([number + 128]) if bits == 8 else number.to_bytes(bits // 8, "little", signed=True)
            file.writeframesraw(sample * channels)
    return path

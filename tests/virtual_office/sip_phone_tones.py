"""What a phone hears: how strong given frequencies are in a recording (Goertzel's single-bin sum)."""

from __future__ import annotations

import wave
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt


def levels_in_wav(recording: Path, frequencies_hz: Iterable[float]) -> dict[str, float]:
    """Amplitude of each frequency in a 16-bit mono WAV file, 0.0 (silence) to 32767.0 (full scale).

    Keys are the frequencies as written by `%g` ("440"). Raises EOFError or wave.Error when
    the file is not complete.
    """
    with wave.open(str(recording), "rb") as sound:
        if sound.getnframes() == 0:
            raise EOFError("the recording is not complete")
        rate_hz = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(np.float64)
    return {f"{hz:g}": round(_amplitude(samples, rate_hz, hz), 1) for hz in frequencies_hz}


def _amplitude(samples: npt.NDArray[np.float64], rate_hz: int, frequency_hz: float) -> float:
    # A window keeps one tone from leaking into the bin of another; its mean is the gain it costs.
    window = np.hanning(samples.size)
    angle = 2j * np.pi * frequency_hz / rate_hz * np.arange(samples.size)
    return float(2 * abs(np.sum(samples * window * np.exp(-angle))) / window.sum())

"""Sound files as the switch plays them, made by sox."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

from appliance.errors import BelboxError
from appliance.prompts.samples import Samples

# Music on hold in signed linear at a rate that no codec of the switch works at. Asterisk 22.10 sends no music at all to
# who is held where the file's format is the one in which the two ends of the call are translated to each other
# (measured, tests/hunting/test_music.py): 8, 16 or 48 kHz, by the pair of codecs.
MUSIC_SUFFIX = ".sln32"
# What Asterisk's format_wav and format_sln expect behind each suffix.
RATES_HZ: Mapping[str, int] = {".wav": 8000, ".wav16": 16000, MUSIC_SUFFIX: 32000}
LOUDEST_DB = "-4"  # below full: as loud on average (-23 dB) as the recordings of Debian's packages (measured)
SECONDS_TO_CONVERT = 120  # ten minutes of sound take about two
# What is below 0.1 % of full before and after is cut, and a short breath put back: numbers are put together
# from words, and should flow.
_CUT = ("silence", "1", "0.01", "0.1%")
_TRIM = (*_CUT, "reverse", *_CUT, "reverse", "pad", "0.02", "0.04")
_READABLE_BY_THE_SWITCH = 0o644


class ConversionFailed(BelboxError):  # noqa: N818  (named for what it says, as its siblings are)
    """A sound could not be made into a file that the switch plays."""

    exit_code = 8


def write_speech(wav: bytes, path: Path) -> None:
    """Write a WAV of our own speech program to `path`, without the silence around it."""
    _write(wav, ["-t", "wav", "--ignore-length"], _TRIM, path)


def write_samples(source: Path, samples: Samples, path: Path) -> None:
    """Write a stranger's recording to `path`. sox sees bare samples only: it never parses a stranger's file."""
    form = ["-t", "raw", "-r", str(samples.rate_hz), "-c", str(samples.channels), "-b", str(samples.bits)]
    form += ["-e", "signed-integer" if samples.is_signed else "unsigned-integer"]
    form += ["-B" if samples.is_big_endian else "-L"]
    with source.open("rb", buffering=0) as file:
        file.seek(samples.offset)
        _write(file, form, ("trim", "0", f"{samples.frames}s"), path)


def write_music(recording: Path, path: Path) -> None:
    """Write a recording that is kept here to `path`, as music on hold."""
    with recording.open("rb", buffering=0) as file:
        _write(file, ["-t", "wav"], (), path)


def _write(source: bytes | BinaryIO, form: Sequence[str], effects: Sequence[str], path: Path) -> None:
    """Write `path` whole or not at all: 16-bit mono at the rate of its suffix, its loudest as LOUDEST_DB says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as folder:
        partial = Path(folder) / path.name
        kind = "raw" if path.suffix == MUSIC_SUFFIX else "wav"
        command = ["sox", "-D", "-V1", *form, "-", "-t", kind, "-b", "16", "-e", "signed-integer", "-c", "1"]
        command += [str(partial), *effects, "gain", "-h", "rate", str(RATES_HZ[path.suffix]), "gain", "-n", LOUDEST_DB]
        text, file = (source, None) if isinstance(source, bytes) else (None, source)
        try:
            done = subprocess.run(command, input=text, stdin=file, capture_output=True, timeout=SECONDS_TO_CONVERT)
        except FileNotFoundError as fault:
            raise ConversionFailed("program-missing", program="sox") from fault
        except subprocess.TimeoutExpired as fault:
            raise ConversionFailed("program-did-not-finish", program="sox") from fault
        if done.returncode:
            raise ConversionFailed("program-failed", program="sox", said=done.stderr.decode(errors="replace").strip())
        publish(partial, path)


def publish(made: Path, path: Path) -> None:
    """Move a finished file to its place, where the switch may read it; after a power cut it is whole or not there."""
    made.chmod(_READABLE_BY_THE_SWITCH)
    with made.open("rb") as file:
        os.fsync(file.fileno())
    made.rename(path)

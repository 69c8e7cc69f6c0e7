"""The office's own prompts: kept recordings, and the files that the switch plays."""

from __future__ import annotations

import hashlib
import math
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from appliance.errors import BelboxError
from appliance.office.country import Language
from appliance.office.problems import InvalidValueError
from appliance.prompts.samples import find_samples
from appliance.prompts.sound_file import MUSIC_SUFFIX, publish, write_music, write_samples
from appliance.prompts.speech import speak

LONGEST_RECORDING_SECONDS = 600  # the office's greetings take less than one minute; music is another room's
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


class SpokenOrRecorded(Protocol):
    """A prompt of the office: `audio` is empty (spoken from `text`) or the fingerprint of a kept recording."""

    @property
    def id(self) -> str: ...
    @property
    def language(self) -> Language | None: ...
    @property
    def text(self) -> str: ...
    @property
    def audio(self) -> str: ...
    @property
    def sound(self) -> str: ...
    @property
    def is_music(self) -> bool: ...


def provide(
    prompts: Iterable[SpokenOrRecorded], recordings: Path, sounds: Path, default_language: Language
) -> tuple[str, ...]:
    """Make every missing `sounds/<prompt.sound>` with its suffix; return the ids of those that could not be made.

    What is there already is never touched: a file that the switch is playing stays as it is.
    """
    missing = []
    for prompt in prompts:
        target = sounds / _file_name(prompt)
        if target.exists():
            continue
        try:
            if prompt.is_music:
                write_music(_kept(recordings, prompt.audio), target)
            elif prompt.audio:
                _copy(recordings, prompt.audio, target)
            else:
                speak(prompt.text, prompt.language or default_language, target)
        except (BelboxError, OSError):
            missing.append(prompt.id)
    return tuple(missing)


def import_recording(source: Path, recordings: Path) -> str:
    """Keep a recording as the switch plays it; return its fingerprint, the SHA-256 (hex) of what is kept.

    Takes PCM in WAV or AIFF, 4 to 192 kHz, 8 to 32 bits, mono or stereo. Raises InvalidValueError with rule
    `recording-form` (fact: found) or `recording-long` (facts: minutes, most).
    """
    samples = find_samples(source)
    if samples.seconds > LONGEST_RECORDING_SECONDS:
        minutes, most = (str(math.ceil(seconds / 60)) for seconds in (samples.seconds, LONGEST_RECORDING_SECONDS))
        raise InvalidValueError("recording-long", minutes=minutes, most=most)
    recordings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=recordings, prefix=".") as folder:
        made = Path(folder) / "recording.wav"
        write_samples(source, samples, made)
        fingerprint = hashlib.sha256(made.read_bytes()).hexdigest()
        publish(made, recordings / f"{fingerprint}.wav")
    return fingerprint


def remove_unused(prompts: Iterable[SpokenOrRecorded], sounds: Path) -> None:
    """Remove the files in `sounds` that no prompt names; recordings are kept."""
    used = {_file_name(prompt) for prompt in prompts}
    for path in (*sounds.glob("*.wav"), *sounds.glob(f"*{MUSIC_SUFFIX}")):
        if path.name not in used:
            path.unlink()


def _file_name(prompt: SpokenOrRecorded) -> str:
    return f"{prompt.sound}{MUSIC_SUFFIX if prompt.is_music else '.wav'}"


def _kept(recordings: Path, fingerprint: str) -> Path:
    if not _FINGERPRINT.fullmatch(fingerprint):
        raise FileNotFoundError(fingerprint)  # a name from an office file may be anything: it is no path
    return recordings / f"{fingerprint}.wav"


def _copy(recordings: Path, fingerprint: str, target: Path) -> None:
    recording = _kept(recordings, fingerprint)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".") as folder:
        partial = Path(folder) / target.name
        shutil.copy(recording, partial)
        publish(partial, target)

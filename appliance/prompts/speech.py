"""Text to speech, by espeak-ng and sox, into a file that the switch plays."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from appliance.errors import BelboxError
from appliance.office.country import Language
from appliance.prompts.pronunciation import as_said
from appliance.prompts.sound_file import write_speech

# espeak-ng's voices. No package of Debian's main or of PyPI carries a natural free voice for Dutch and French whole.
VOICES: Mapping[Language, str] = {
    Language.DUTCH: "nl",
    Language.FRENCH: "fr-fr",
    Language.ENGLISH: "en-gb",
}
WORDS_PER_MINUTE = 150  # espeak-ng's own 175 is hard to follow on a telephone
_WAV_HEADER_BYTES = 44  # RIFF, fmt and the head of data, as espeak-ng writes them
SECONDS_TO_SPEAK = 60  # far above what the longest text takes; a program that hangs is ended


class SpeechFailed(BelboxError):  # noqa: N818  (named for what it says, as its siblings are)
    """A text could not be spoken."""

    exit_code = 7


def speak(text: str, language: Language, path: Path) -> None:
    """Speak `text` into `path`, whole or not at all: 16-bit mono, `.wav` at 8 kHz, `.wav16` at 16 kHz.

    Raises SpeechFailed where a program is missing or fails, and where the text holds nothing that can be said.
    """
    command = ["espeak-ng", "-b", "1", "-v", VOICES[language], "-s", str(WORDS_PER_MINUTE), "--stdin", "--stdout"]
    try:
        spoken = subprocess.run(
            command,
            input=as_said(speakable(text), language).encode(),
            capture_output=True,
            timeout=SECONDS_TO_SPEAK,
            # Without the caller's language settings: the same text gives the same file everywhere.
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"},
        )
    except FileNotFoundError as fault:
        raise SpeechFailed("program-missing", program="espeak-ng") from fault
    except subprocess.TimeoutExpired as fault:
        raise SpeechFailed("program-did-not-finish", program="espeak-ng") from fault
    if spoken.returncode:
        raise SpeechFailed("program-failed", program="espeak-ng", said=spoken.stderr.decode(errors="replace").strip())
    if not any(spoken.stdout[_WAV_HEADER_BYTES:]):
        raise SpeechFailed("nothing-to-say")
    write_speech(spoken.stdout, path)


def speakable(text: str) -> str:
    """Return the text without what espeak-ng takes for orders: control characters, and phonemes in [[ ]]."""
    plain = text.encode(errors="replace").decode()
    return "".join(" " if not letter.isprintable() or letter in "[]" else letter for letter in plain)

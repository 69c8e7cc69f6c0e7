"""Text becomes a sound that the switch plays, and nothing but a sound."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from appliance.office.country import Language
from appliance.prompts.speech import SpeechFailed, speak, speakable

HOSTILE = (
    "-f /etc/passwd",
    "--stdout; touch spoken",
    "$(touch spoken) `touch spoken` ${SHELL(touch spoken)}",
    '<speak><audio src="/etc/passwd"/>hallo</speak>',
    "[[h@'loU]] [[_:]]",
    "\x0150S luid\x00 en \x1b[2J duidelijk",
    "😀 hallo 日本語",
    "a\nb\r\nc\td",
    "hallo \ud800 half",
)


def seconds(path: Path) -> float:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return float(file.getnframes() / file.getframerate())


@pytest.mark.usefixtures("needs_speech")
@pytest.mark.parametrize("language", Language)
def test_a_text_is_spoken_as_the_switch_plays_it(tmp_path: Path, language: Language) -> None:
    """16-bit mono; 8 kHz as .wav, 16 kHz as .wav16; a longer text takes longer."""
    for suffix, rate in ((".wav", 8000), (".wav16", 16000)):
        speak("één", language, tmp_path / f"short{suffix}")
        speak("één twee drie vier vijf zes", language, tmp_path / f"long{suffix}")
        with wave.open(str(tmp_path / f"short{suffix}")) as file:
            assert file.getframerate() == rate
            assert max(file.readframes(file.getnframes())) > 0
        assert 0.1 < seconds(tmp_path / f"short{suffix}") < 1.5 < seconds(tmp_path / f"long{suffix}")


@pytest.mark.usefixtures("needs_speech")
def test_the_same_text_gives_the_same_bytes(tmp_path: Path) -> None:
    """Built twice, the sounds are the same files; the languages differ."""
    for name, language in (("a", Language.DUTCH), ("b", Language.DUTCH), ("c", Language.FRENCH)):
        speak("Goedendag", language, tmp_path / f"{name}.wav")
    first, again, other = ((tmp_path / f"{name}.wav").read_bytes() for name in "abc")
    assert first == again != other


@pytest.mark.usefixtures("needs_speech")
@pytest.mark.parametrize("text", [*HOSTILE, "woord " * 700])
def test_a_hostile_text_is_spoken_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """No option, no file, no command, no mark-up: one sound file comes out and nothing else."""
    monkeypatch.chdir(tmp_path)
    speak(text, Language.DUTCH, tmp_path / "out.wav")
    assert [path.name for path in tmp_path.iterdir()] == ["out.wav"]
    assert seconds(tmp_path / "out.wav") < 400


@pytest.mark.usefixtures("needs_speech")
def test_a_file_that_is_named_is_not_read_aloud(tmp_path: Path) -> None:
    """The text `-f FILE` takes as long as its words, not as long as the file."""
    long = tmp_path / "long"
    long.write_text("heel veel woorden " * 50)
    speak(f"-f {long.name}", Language.DUTCH, tmp_path / "out.wav")
    assert seconds(tmp_path / "out.wav") < 3


def test_orders_to_the_speech_program_are_taken_out() -> None:
    """Control characters are embedded commands of espeak-ng, double brackets its phonemes."""
    assert speakable("\x0150S a [[b]]\x00") == " 50S a   b   "


@pytest.mark.usefixtures("needs_speech")
@pytest.mark.parametrize("text", ["", "   ", "…"])
def test_a_text_without_a_word_is_refused(tmp_path: Path, text: str) -> None:
    """A caller would hear nothing and wait."""
    with pytest.raises(SpeechFailed):
        speak(text, Language.DUTCH, tmp_path / "out.wav")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_program_is_named_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback, and no half file."""
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    with pytest.raises(SpeechFailed) as fault:
        speak("hallo", Language.DUTCH, tmp_path / "out.wav")
    assert (fault.value.rule, fault.value.facts) == ("program-missing", {"program": "espeak-ng"})
    assert list(tmp_path.iterdir()) == []

"""The office's own prompts: recordings come in, the switch's files come out."""

from __future__ import annotations

import itertools
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.office.country import Language
from appliance.office.music import Music
from appliance.office.problems import InvalidValueError
from appliance.prompts.library import import_recording, provide, remove_unused
from tests.sounds import tone, wav_file

pytestmark = pytest.mark.usefixtures("needs_speech")
AIFF_RATE_44100 = bytes.fromhex("400eac44000000000000")


@dataclass(frozen=True, kw_only=True)
class APrompt:
    """A prompt as the office holds it."""

    id: str
    sound: str
    text: str = ""
    audio: str = ""
    is_music: bool = False
    language: Language | None = None


def aiff_file(path: Path, *, compression: bytes = b"") -> Path:
    samples = [int(value * 32767) for value in tone(1.0)]
    order = "<" if compression == b"sowt" else ">"
    data = struct.pack(f"{order}{len(samples)}h", *samples)
    common = struct.pack(">HIH", 1, len(samples), 16) + AIFF_RATE_44100
    common += compression + b"\0\0" if compression else b""
    body = b"AIFC" if compression else b"AIFF"
    body += b"COMM" + struct.pack(">I", len(common)) + common
    body += b"SSND" + struct.pack(">III", len(data) + 8, 0, 0) + data
    path.write_bytes(b"FORM" + struct.pack(">I", len(body)) + body)
    return path


def heard(path: Path) -> tuple[float, float]:
    """Return seconds and pitch (Hz, by zero crossings) of an 8 kHz file."""
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        frames = struct.unpack(f"<{file.getnframes()}h", file.readframes(file.getnframes()))
    crossings = sum(a < 0 <= b for a, b in itertools.pairwise(frames))
    return len(frames) / 8000, crossings * 8000 / len(frames)


@pytest.mark.feature("H3")
@pytest.mark.parametrize(
    ("rate", "bits", "channels"), [(8000, 16, 1), (44100, 16, 2), (48000, 24, 1), (96000, 32, 2), (11025, 8, 1)]
)
def test_a_wav_of_any_rate_becomes_what_the_switch_plays(tmp_path: Path, rate: int, bits: int, channels: int) -> None:
    """H3: same length, same pitch, 8 kHz mono."""
    source = wav_file(tmp_path / "in.wav", rate=rate, bits=bits, channels=channels)
    fingerprint = import_recording(source, tmp_path / "kept")
    seconds, pitch = heard(tmp_path / "kept" / f"{fingerprint}.wav")
    assert seconds == pytest.approx(1.0, abs=0.01)
    assert pitch == pytest.approx(440, abs=5)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [f"{fingerprint}.wav"]


@pytest.mark.feature("H3")
@pytest.mark.parametrize("compression", [b"", b"NONE", b"sowt"])
def test_an_aiff_becomes_what_the_switch_plays(tmp_path: Path, compression: bytes) -> None:
    """H3: AIFF, and AIFF-C that is not compressed, in both byte orders."""
    fingerprint = import_recording(aiff_file(tmp_path / "in.aiff", compression=compression), tmp_path / "kept")
    seconds, pitch = heard(tmp_path / "kept" / f"{fingerprint}.wav")
    assert seconds == pytest.approx(1.0, abs=0.01)
    assert pitch == pytest.approx(440, abs=5)


def test_what_follows_the_sound_in_a_file_is_not_played(tmp_path: Path) -> None:
    """Chunks behind the samples are titles and pictures."""
    source = wav_file(tmp_path / "in.wav")
    with source.open("ab") as file:
        file.write(b"LIST" + struct.pack("<I", 88200) + b"\x55" * 88200)
    seconds, _ = heard(tmp_path / f"{import_recording(source, tmp_path)}.wav")
    assert seconds == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"ID3\x04mp3",
        b"OggS" + b"\0" * 100,
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\x04\0\0\0abcd",  # A-law
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0data\0\0\0\0",  # empty
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xff\xff\xff\xff\0\0\0\0\x01\0\x08\0data\x04\0\0\0abcd",
        b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\0\0\x40\x1f\0\0\0\0\0\0\0\0\0\0data\x04\0\0\0abcd",  # no channel
        b"FORM\0\0\0\x04AIFFSSND\xff\xff\xff\xff",
        b"FORM\0\0\0\x04AIFCCOMM\0\0\0\x16\0\x01\0\0\0\x01\0\x10"
        + AIFF_RATE_44100
        + b"ulawSSND\0\0\0\x0a"
        + b"\0" * 10,
        b"RIFF\xff\xff\xff\xffWAVE" + b"junk\0\0\0\0" * 5000,
    ],
)
def test_anything_else_is_refused_with_a_rule(tmp_path: Path, content: bytes) -> None:
    """Another format, a broken file, a lie in the header: `recording-form`, and nothing is kept."""
    source = tmp_path / "in.wav"
    source.write_bytes(content)
    with pytest.raises(InvalidValueError) as fault:
        import_recording(source, tmp_path / "kept")
    assert fault.value.rule == "recording-form"
    assert fault.value.facts["found"]
    assert not (tmp_path / "kept").exists()


def test_a_recording_over_ten_minutes_is_refused(tmp_path: Path) -> None:
    """By its header and its size, before a sample is read."""
    source = tmp_path / "in.wav"
    with wave.open(str(source), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(8000)
        file.writeframes(bytes(601 * 8000))
    with pytest.raises(InvalidValueError) as fault:
        import_recording(source, tmp_path / "kept")
    assert (fault.value.rule, fault.value.facts) == ("recording-long", {"minutes": "11", "most": "10"})


def test_spoken_and_recorded_prompts_are_provided_once(tmp_path: Path) -> None:
    """Each becomes a file of its own name; what is there is not made again, even when it is playing."""
    recordings, sounds = tmp_path / "recordings", tmp_path / "sounds"
    fingerprint = import_recording(wav_file(tmp_path / "in.wav"), recordings)
    prompts = (
        APrompt(id="welcome", sound="welcome-1", text="Goedendag"),
        APrompt(id="bonjour", sound="bonjour-1", text="Goedendag", language=Language.FRENCH),
        APrompt(id="recorded", sound="recorded-1", audio=fingerprint),
    )
    assert provide(prompts, recordings, sounds, Language.DUTCH) == ()
    assert sorted(path.name for path in sounds.iterdir()) == ["bonjour-1.wav", "recorded-1.wav", "welcome-1.wav"]
    assert (sounds / "recorded-1.wav").read_bytes() == (recordings / f"{fingerprint}.wav").read_bytes()
    assert (sounds / "welcome-1.wav").read_bytes() != (sounds / "bonjour-1.wav").read_bytes()
    assert all(path.stat().st_mode & 0o777 == 0o644 for path in sounds.iterdir())
    before = {path: path.stat().st_ino for path in sounds.iterdir()}
    assert provide(prompts, recordings, sounds, Language.DUTCH) == ()
    assert {path: path.stat().st_ino for path in sounds.iterdir()} == before


def test_what_cannot_be_made_is_named_and_the_rest_is_made(tmp_path: Path) -> None:
    """A recording that is gone, a name that is a path, a text without a word."""
    (tmp_path / "secret.wav").write_bytes(b"secret")
    prompts = (
        APrompt(id="gone", sound="gone-1", audio="0" * 64),
        APrompt(id="path", sound="path-1", audio="../secret"),
        APrompt(id="empty", sound="empty-1", text=" "),
        APrompt(id="good", sound="good-1", text="Goedendag"),
    )
    sounds = tmp_path / "sounds"
    assert provide(prompts, tmp_path / "recordings", sounds, Language.DUTCH) == ("gone", "path", "empty")
    assert [path.name for path in sounds.iterdir()] == ["good-1.wav"]


def test_files_that_no_prompt_names_are_removed(tmp_path: Path) -> None:
    """The older sound of a changed prompt goes; the one in use and what is not a sound stay."""
    for name in ("welcome-1.wav", "welcome-2.wav", "note.txt"):
        (tmp_path / name).write_bytes(b"")
    remove_unused((APrompt(id="welcome", sound="welcome-2"),), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["note.txt", "welcome-2.wav"]


def test_music_is_given_at_a_rate_of_no_codec(tmp_path: Path) -> None:
    """Its file is no prompt's, and goes when no music names it."""
    recordings, sounds = tmp_path / "recordings", tmp_path / "sounds"
    fingerprint = import_recording(wav_file(tmp_path / "in.wav"), recordings)
    (piece,) = Music(id="lobby", name="Lobby", recordings=(fingerprint,)).pieces()
    assert provide((piece,), recordings, sounds, Language.DUTCH) == ()
    (made,) = sounds.iterdir()
    assert (made.suffix, made.stem) == (".sln32", piece.sound)
    seconds, _ = heard(recordings / f"{fingerprint}.wav")
    assert made.stat().st_size == pytest.approx(seconds * 32000 * 2, rel=0.01)
    remove_unused((piece,), sounds)
    assert made.exists()
    remove_unused((), sounds)
    assert not made.exists()

"""Give a switch root its voice: recordings from Debian for English and French, the rest spoken at build time.

`python3 -m image.sounds ROOT` with the system's Python, after the root is built; does nothing where all is there.
Takes no root. G.722 is the format of the recordings: what desk phones speak themselves, so wide-band and without
conversion, in half the room of WAV (12 MB a language; GSM's 3 MB sound poor). What is spoken is WAV at the same 16 kHz.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from appliance.errors import BelboxError
from appliance.office.country import Language
from appliance.prompts import speech
from appliance.prompts.sound_file import MUSIC_SUFFIX, RATES_HZ
from appliance.prompts.texts import load_texts
from image.switch_root import mirror

SOUNDS = Path("usr/share/asterisk/sounds")
SUITES = ("forky", "sid")
# Language -> Debian's package, and its folder below SOUNDS.
RECORDED: Mapping[Language, tuple[str, str]] = {
    Language.ENGLISH: ("asterisk-core-sounds-en-g722", "en_US_f_Allison"),
    Language.FRENCH: ("asterisk-core-sounds-fr-g722", "fr_CA_f_June"),
}
# Tones and silence are the same in every language.
WITHOUT_WORDS = ("beep", "beeperr", "ascending-2tone", "descending-2tone", *(f"silence/{n}" for n in range(1, 11)))
# Recordings of demonstrations and jokes.
_NOT_FOR_AN_OFFICE = shutil.ignore_patterns("demo-*", "tt-*", "dictate", "basic-pbx-*", "astcc-*", "hello-world.*")
MUSIC = Path("usr/share/asterisk/moh")
# Plucked chords, four seconds each: made here, so that nobody's rights are in it, and an office that wants other
# music gives its own.
_CHORDS = ("C3 G3 C4 E4 G4", "A2 E3 A3 C4 E4", "F2 C3 F3 A3 C4", "G2 D3 G3 B3 D4", "E2 B2 E3 G3 B3", "F2 C3 F3 A3 C4")
_CHORD_SECONDS = 4
_SPOKEN = ".wav16"
_MARK = ".belbox"


def add_sounds(root: Path) -> bool:
    """Make the sounds of a switch root complete; return False where they already are (10 s, 45 MB)."""
    sounds = root / SOUNDS
    mark = sounds / _MARK
    key = _key()
    if mark.exists() and mark.read_text() == key:
        return False
    mark.unlink(missing_ok=True)
    lacking = [package for package, folder in RECORDED.values() if not any((sounds / folder).glob("*.g722"))]
    if lacking:
        _unpack(lacking, root)
    for language in Language:
        folder = RECORDED[language][1] if language in RECORDED else ""
        _name(sounds / language, folder)
        _speak_all(sounds / language, language)
        if not folder:
            _share_tones(sounds / language, RECORDED[Language.ENGLISH][1])
    _play_music(root / MUSIC)
    mark.write_text(key)
    return True


def _key() -> str:
    """Return a fingerprint of all that decides what the sounds are."""
    files = [Path(__file__), *sorted(Path(speech.__file__).parent.glob("*.py"))]
    parts = [file.read_bytes() for file in files]
    parts += [repr(sorted(load_texts(language).items())).encode() for language in Language]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def _unpack(packages: list[str], root: Path) -> None:
    """Fetch packages by the host's own apt, its signatures checked, with lists of its own; lay them over the root."""
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        for place in ("state/lists/partial", "cache/archives/partial", "debs"):
            (work / place).mkdir(parents=True)
        for suite in SUITES:
            (work / "sources.list").write_text(f"deb {mirror()} {suite} main\n")
            apt = ["apt-get", "-qq", *_apt_options(work)]
            if all(
                subprocess.run([*apt, *words], cwd=work / "debs", capture_output=True).returncode == 0
                for words in (["update"], ["download", *packages])
            ):
                break
        else:
            raise SystemExit(f"Debian's recordings could not be fetched: {', '.join(packages)}")
        for package in sorted((work / "debs").glob("*.deb")):
            subprocess.run(["dpkg-deb", "-x", str(package), str(work / "tree")], check=True)
        shutil.copytree(work / "tree" / SOUNDS, root / SOUNDS, ignore=_NOT_FOR_AN_OFFICE, dirs_exist_ok=True)


def _apt_options(work: Path) -> list[str]:
    options = {
        "Dir::Etc::SourceList": work / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": work / "state",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        "Acquire::Languages": "none",
        # A mirror that lags behind is accepted knowingly: the signature still is checked.
        "Acquire::Check-Valid-Until": "false",
    }
    return [f"-o{name}={value}" for name, value in options.items()]


def _name(place: Path, folder: str) -> None:
    """Let `place` be the language's folder. Debian's own link leads through /etc/alternatives: not in every root."""
    if not folder:
        place.mkdir(exist_ok=True)
        return
    link = place.with_name(f".{place.name}")
    link.unlink(missing_ok=True)
    link.symlink_to(folder)
    link.rename(place)


def _speak_all(folder: Path, language: Language) -> None:
    texts = load_texts(language)
    for old in folder.rglob(f"*{_SPOKEN}"):
        if str(old.relative_to(folder).with_suffix("")) not in texts:
            old.unlink()
    for name, text in texts.items():
        speech.speak(text, language, folder / f"{name}{_SPOKEN}")
    for recording in [path for suffix in ("gsm", "g722") for path in folder.rglob(f"*.{suffix}")]:
        # What is spoken takes a recording's place, and a recording is kept in one format only.
        name = str(recording.relative_to(folder).with_suffix(""))
        if name in texts or (recording.suffix == ".gsm" and recording.with_suffix(".g722").exists()):
            recording.unlink()


def _share_tones(folder: Path, other: str) -> None:
    for name in WITHOUT_WORDS:
        link = folder / f"{name}.g722"
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(Path(*[".."] * len(Path(name).parts), other, f"{name}.g722"))


def _play_music(folder: Path) -> None:
    """Make the music that waits with a caller; repeatable, since sox begins its noise anew each time (-R)."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        chords = []
        for position, notes in enumerate(_CHORDS):
            chord = Path(name) / f"{position}.wav"
            plucked = [word for note in notes.split() for word in ("pluck", note)]
            delays = [str(string * 0.25) for string in range(len(notes.split()))]
            effects = ["synth", str(_CHORD_SECONDS), *plucked, "delay", *delays, "remix", "-"]
            effects += ["trim", "0", str(_CHORD_SECONDS), "fade", "0", str(_CHORD_SECONDS), "0.5"]
            _sox("-R", "-n", "-r", str(RATES_HZ[MUSIC_SUFFIX]), "-b", "16", "-c", "1", str(chord), *effects)
            chords.append(str(chord))
        made = Path(name) / "all.raw"
        _sox(*chords, "-t", "raw", str(made), "gain", "-n", "-16")
        for old in folder.glob("belbox.*"):  # the switch would choose among several
            old.unlink()
        shutil.move(made, folder / f"belbox{MUSIC_SUFFIX}")


def _sox(*words: str) -> None:
    try:
        subprocess.run(["sox", *words], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as fault:
        raise BelboxError("program-missing", program="sox") from fault


def main(arguments: list[str]) -> int:
    """Complete the switch root named first; say what kept it from that."""
    try:
        add_sounds(Path(arguments[0]).absolute())
    except (BelboxError, OSError) as fault:
        print(f"The switch's sounds are not complete: {fault} {getattr(fault, 'remedy', '')}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

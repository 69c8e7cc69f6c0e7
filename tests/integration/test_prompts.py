"""A real Asterisk says numbers, dates, voicemail's sentences and ours, in each language, without a file missing.

It runs from the switch root by its own loader, without any right (layer L0). Everything is said at the same time.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.office.country import Language
from appliance.office.secret import Secret
from appliance.prompts.texts import OWN, load_texts
from tests.integration.booted_switch import connected

PASSWORD = Secret("manager-password-of-the-test")
NUMBERS = (*range(22), 71, 80, 81, 91, 99, 100, 101, 1234, 1_000_000, 2_500_000)
MOMENTS = {
    "noon": 1782122700,  # Monday 22 June 2026 12:05 in Brussels
    "night": 1772323260,  # Sunday 1 March 2026 01:01
    "evening": 1798743600,  # Thursday 31 December 2026 20:00
}
FORMATS = {
    Language.DUTCH: "AdBY 'digits/nl-om' HM",
    Language.FRENCH: "AdBY 'digits/at' HM",
    Language.ENGLISH: "ABdY 'digits/at' HM",
}
MENU_SECONDS = 15  # of voicemail's menu, which would go on for a minute
LONGEST_SECONDS = 60
MODULES = """
res_timing_timerfd codec_alaw codec_ulaw codec_g722 codec_resample format_wav format_pcm bridge_simple pbx_config
app_playback app_voicemail app_directory app_sayunixtime func_channel func_timeout
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was played: (language, what was asked) -> sounds in their order; and all that the switch complained of."""

    sounds: Mapping[tuple[str, str], tuple[str, ...]]
    complaints: tuple[str, ...]


@pytest.fixture(scope="module")
def speaking_root(switch_root: Path) -> Path:
    """A switch root that `python3 -m image.sounds` has completed."""
    if not (switch_root / "usr/share/asterisk/sounds/.belbox").exists():
        pytest.skip("this switch root has no sounds yet: ./belbox adds them")  # espeak-ng or sox is not installed
    return switch_root


@pytest.fixture(scope="module")
def said(speaking_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Let the switch say everything once."""
    folder = tmp_path_factory.mktemp("switch")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    asked = {language: _wishes(language) for language in Language}
    _configure(folder, speaking_root, port, asked)
    modules = next(speaking_root.glob("usr/lib/*/asterisk/modules"))
    loader = next(speaking_root.glob("usr/lib*/ld-linux-*.so.*"))
    command = [str(loader), "--library-path", str(modules.parents[1]), str(speaking_root / "usr/sbin/asterisk")]
    process = subprocess.Popen(
        [*command, "-f", "-C", str(folder / "etc/asterisk.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with connected(ManagerAddress(port=port, username="test", password=PASSWORD), events=True) as manager:
            _say_all(manager, [f"{name}@{language}" for language, wishes in asked.items() for name in wishes])
    finally:
        process.terminate()
        process.wait(timeout=10)
    return _read_log((folder / "log/full").read_text())


@pytest.mark.feature("H3")
@pytest.mark.parametrize("language", Language)
def test_nothing_that_is_said_is_missing_in_its_language(said: Said, speaking_root: Path, language: Language) -> None:
    """Each sound played lies in the language's own folder: Asterisk would take English silently where it does not."""
    folder = speaking_root / "usr/share/asterisk/sounds" / language
    names = {name for (spoken, _), sounds in said.sounds.items() if spoken == language for name in sounds}
    assert {name for name in load_texts(language) if name.startswith(OWN)} <= names
    assert [name for name in sorted(names) if not list(folder.glob(f"{name}.*"))] == []
    assert {asked for spoken, asked in said.sounds if spoken == language} == set(_wishes(language))


def test_the_switch_complains_of_no_file(said: Said) -> None:
    """No warning and no error at all while it spoke."""
    assert said.complaints == ()


@pytest.mark.parametrize(
    ("language", "number", "expected"),
    [
        ("nl", 21, "1 nl-en 20"),
        ("nl", 81, "1 nl-en 80"),
        ("nl", 99, "9 nl-en 90"),
        ("nl", 101, "hundred 1"),
        ("nl", 1234, "12 hundred 4 nl-en 30"),
        ("fr", 21, "20 et 1"),
        ("fr", 71, "60 et 11"),
        ("fr", 80, "80"),
        ("fr", 81, "80 1"),
        ("fr", 99, "80 19"),
        ("fr", 101, "hundred 1"),
        ("fr", 1234, "thousand 2 hundred 30 4"),
        ("en", 21, "20 1"),
        ("en", 1234, "1 thousand 2 hundred 30 4"),
    ],
)
def test_numbers_are_said_in_the_order_of_the_language(said: Said, language: str, number: int, expected: str) -> None:
    """21 is "eenentwintig", "vingt et un", "twenty-one"."""
    assert said.sounds[language, f"number-{number}"] == tuple(f"digits/{word}" for word in expected.split())


@pytest.mark.parametrize(
    ("language", "moment", "expected"),
    [
        ("nl", "noon", "day-1 2 nl-en 20 mon-5 2 thousand 6 nl-en 20 nl-om 12 nl-uur 5"),
        ("nl", "night", "day-0 1 mon-2 2 thousand 6 nl-en 20 nl-om 1 nl-uur 1"),
        ("fr", "noon", "day-1 20 2 mon-5 2 thousand 20 6 at 12 oclock 5"),  # codespell:ignore oclock
        ("fr", "night", "day-0 h-1 mon-2 2 thousand 20 6 at 1 oclock 1"),  # codespell:ignore oclock
        ("en", "noon", "day-1 mon-5 20 h-2 2 thousand 20 6 at 12 oh 5"),
    ],
)
def test_a_date_and_a_time_are_said_in_the_order_of_the_language(
    said: Said, language: str, moment: str, expected: str
) -> None:
    """Monday 22 June 2026, 12:05, and Sunday 1 March 2026, 01:01 (Asterisk's French knows no "une heure")."""
    assert said.sounds[language, moment] == tuple(f"digits/{word}" for word in expected.split())


def test_voicemail_counts_messages_as_dutch_does(said: Said) -> None:
    """ "U hebt één nieuw en twee oude berichten": one form before one message, another before several."""
    words = said.sounds["nl", "counted"][:7]
    counted = "vm-youhave digits/1 vm-INBOXs vm-and digits/2 vm-Old vm-messages"
    assert " ".join(words) == counted


def _wishes(language: Language) -> dict[str, str]:
    """Return what is asked for: extension -> application."""
    wishes = {f"number-{number}": f"SayNumber({number})" for number in NUMBERS}
    wishes |= {f"own-{index}": f"Playback({name})" for index, name in enumerate(_own(language))}
    wishes |= {name: f"SayUnixTime({at},Europe/Brussels,{FORMATS[language]})" for name, at in MOMENTS.items()}
    wishes["digits"] = "SayDigits(0123456789*#)"
    wishes["letters"] = "SayAlpha(abcxyz-.@+)"
    wishes["message"] = "VoiceMail(201@default,u)"
    wishes["mailbox"] = "VoiceMailMain(201@default,s)"
    wishes["messages"] = "VoiceMailMain(203@default,sa(0))"
    wishes["counted"] = "VoiceMailMain(203@default,s)"
    wishes["directory"] = "Directory(default)"
    return wishes


def _own(language: Language) -> list[str]:
    return [name for name in load_texts(language) if name.startswith(OWN)]


def _configure(folder: Path, root: Path, port: int, asked: Mapping[Language, Mapping[str, str]]) -> None:
    for name in ("etc", "lib", "spool", "run", "log"):
        (folder / name).mkdir()
    modules = next(root.glob("usr/lib/*/asterisk/modules"))
    files = {
        "asterisk": f"[directories]\nastetcdir={folder}/etc\nastmoddir={modules}\nastvarlibdir={folder}/lib\n"
        f"astdbdir={folder}/lib\nastkeydir={folder}/lib\nastdatadir={root}/usr/share/asterisk\n"
        f"astspooldir={folder}/spool\nastrundir={folder}/run\nastlogdir={folder}/log\n"
        "[options]\nverbose=5\nentityid=02:00:00:00:00:01\n",
        "modules": "[modules]\nautoload=no\n" + "".join(f"load={name}.so\n" for name in MODULES.split()),
        "logger": "[general]\n[logfiles]\nfull => warning,error,verbose(5)\n",
        "manager": f"[general]\nenabled=yes\nport={port}\nbindaddr=127.0.0.1\n"
        f"[test]\nsecret={PASSWORD.reveal()}\nread=call\nwrite=all\n",
        "voicemail": "[general]\nformat=wav\n[default]\n"
        "201 => 1234,Jan Peeters\n202 => 1234,An Claes\n203 => 1234,Eva\n",
        **dict.fromkeys(("cdr", "cel", "features", "udptl", "ccss"), "[general]\n"),
        "acl": "",
        "indications": "[general]\ncountry=be\n[be]\ndescription=Belgium\nringcadence=1000,3000\ndial=425\n",
        "extensions": "[general]\n" + "".join(_context(language, asked[language]) for language in asked),
    }
    for place, number in (("INBOX", 1), ("Old", 2)):
        _keep_messages(folder / "spool/voicemail/default/203" / place, root, number)
    for name, text in files.items():
        (folder / "etc" / f"{name}.conf").write_text(text)


def _keep_messages(folder: Path, root: Path, number: int) -> None:
    folder.mkdir(parents=True)
    for index in range(number):
        speech = root / "usr/share/asterisk/sounds/nl/belbox/busy.wav16"
        shutil.copy(speech, folder / f"msg000{index}.wav16")
        text = f"[message]\norigmailbox=203\ncallerid=Jan <0470123456>\norigtime={MOMENTS['noon']}\nduration=2\n"
        (folder / f"msg000{index}.txt").write_text(text)


def _context(language: Language, wishes: Mapping[str, str]) -> str:
    lines = [f"[{language}]"]
    for name, application in wishes.items():
        steps = ["Answer()", f"Set(CHANNEL(language)={language})", f"Set(TIMEOUT(absolute)={MENU_SECONDS})"]
        lines += [
            f"exten => {name},{number},{step}" for number, step in enumerate([*steps, application, "Hangup()"], 1)
        ]
    return "\n".join(lines) + "\n"


def _say_all(manager: ManagerInterface, extensions: list[str]) -> None:
    for extension in extensions:
        manager.act("Originate", Channel=f"Local/{extension}/n", Application="Wait", Data="120", Async="true")
    under_way = len(extensions)
    limit = time.monotonic() + LONGEST_SECONDS
    for event in manager.events(LONGEST_SECONDS):
        under_way -= event["Event"] == "Hangup" and event["Channel"].endswith(";2")
        if not under_way or time.monotonic() > limit:
            break
    assert under_way == 0


def _read_log(log: str) -> Said:
    sounds: dict[tuple[str, str], list[str]] = defaultdict(list)
    played = re.compile(r"<Local/([\w-]+)@(\w\w)-[0-9a-f]+;2> Playing '(\S+)\.\w+' \(language '(\w+)'\)")
    for name, context, sound, language in played.findall(log):
        assert language == context
        if not sound.startswith("/"):  # what somebody recorded
            sounds[language, name].append(sound)
    complaints = [line for line in log.splitlines() if re.search(r"\] (WARNING|ERROR)\[", line)]
    complaints = [line for line in complaints if "No audio available" not in line]  # nobody leaves a message
    return Said(sounds={key: tuple(value) for key, value in sounds.items()}, complaints=tuple(complaints))

"""The program that stands before each start of the switch: whatever is damaged, a whole configuration of ours."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.apply import ready_switch
from appliance.apply.generations import Generations
from appliance.apply.journal import JournalEntry, write_entry
from appliance.compiler.config_file import ConfigFile, ConfigFileSet
from appliance.compiler.switch_clock import CALL_FILE, CLOCK_FILE
from appliance.files import locked
from appliance.paths import Paths

NOW = datetime(2026, 11, 21, 8, 0, 5, tzinfo=UTC)
PROGRAM_SECONDS = 5.0

pytestmark = pytest.mark.feature("R3", "I6")


def files(text: str) -> ConfigFileSet:
    """Return a small file set."""
    return ConfigFileSet(
        (
            ConfigFile("asterisk.conf", text),
            ConfigFile("extensions.conf", text),
            ConfigFile("pjsip.conf", text, secret=True),
        )
    )


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A box with three generations, the last in force, its copy, and what the switch writes."""
    paths = Paths(tmp_path)
    for folder in (paths.generations, paths.apply_journal.parent, paths.switch_store.parent):
        folder.mkdir(parents=True)
    generations = Generations(paths)
    for number in (1, 2, 3):
        generations.write(files(f"generation {number}"), number, NOW)
    generations.put_in_force(3)
    generations.keep_copy(generations.whole(3))  # type: ignore[arg-type]  # it was just written
    return paths


def _run(paths: Paths) -> subprocess.CompletedProcess[str]:
    """As the unit does: without this project's packages."""
    command = [sys.executable, "-IS", ready_switch.__file__, str(paths.root)]
    return subprocess.run(command, capture_output=True, text=True, timeout=PROGRAM_SECONDS)


def _in_force(paths: Paths) -> str:
    return (paths.current_generation / "asterisk" / "asterisk.conf").read_text()


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(4096))


def _folder(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    path.mkdir()


def _gone(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


DAMAGES = (_empty, _garbage, _folder, _gone)


@pytest.mark.parametrize("name", ["asterisk/asterisk.conf", "asterisk/pjsip.conf", "manifest.json"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_in_force_gives_way_to_the_generation_before(
    paths: Paths, name: str, damage: Callable[[Path], None]
) -> None:
    damage(paths.generations / "000003" / name)
    done = _run(paths)
    assert done.returncode == 0, done.stderr
    assert _in_force(paths) == "generation 2"
    assert "generation 2 is in force" in done.stdout


@pytest.mark.parametrize("damage", [_empty, _garbage, _folder, _gone])
def test_a_damaged_link_is_made_anew(paths: Paths, damage: Callable[[Path], None]) -> None:
    """As a file or a folder in its place, too."""
    paths.current_generation.unlink()
    paths.current_generation.touch()
    damage(paths.current_generation)
    assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 3"


@pytest.mark.parametrize("damage", [_folder, _gone])
def test_the_copy_comes_back_when_all_generations_are_lost(paths: Paths, damage: Callable[[Path], None]) -> None:
    damage(paths.generations)
    assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 3"


def test_a_file_in_the_place_of_the_folder_of_generations_is_put_aside(paths: Paths) -> None:
    shutil.rmtree(paths.generations)
    paths.generations.write_text("no folder")
    assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 3"


def test_with_nothing_of_ours_the_switch_is_not_started(tmp_path: Path) -> None:
    """It would come up with the samples of its package: better tried again in a second."""
    done = _run(Paths(tmp_path))
    assert done.returncode == 1
    assert "no generation is whole" in done.stdout


def test_an_apply_that_was_cut_is_not_stood_on(paths: Paths) -> None:
    write_entry(paths.apply_journal, JournalEntry(earlier=2, later=3))
    assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 2"
    assert paths.apply_journal.exists(), "phone files and the store are put back by others"


def test_an_apply_that_is_under_way_is_left_alone(paths: Paths) -> None:
    """It may have asked for this very start, to prove the generation that it has just put in force."""
    write_entry(paths.apply_journal, JournalEntry(earlier=2, later=3))
    with locked(paths.apply_lock):
        assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 3"


@pytest.mark.parametrize("name", ["apply_journal", "apply_lock"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_journal_or_lock_keeps_nothing_from_starting(
    paths: Paths, name: str, damage: Callable[[Path], None]
) -> None:
    place: Path = getattr(paths, name)
    place.touch()
    damage(place)
    assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 3"


@pytest.mark.parametrize("name", ["hosts", "resolv.conf"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_bound_into_the_jail_is_made_anew(paths: Paths, name: str, damage: Callable[[Path], None]) -> None:
    assert _run(paths).returncode == 0
    place = paths.switch_state / name
    wanted = place.read_text()
    damage(place)
    assert _run(paths).returncode == 0
    assert place.read_text() == wanted


@pytest.mark.parametrize("name", ["lib", "spool", "log", "cache", "run"])
def test_a_folder_of_the_switch_that_is_gone_or_a_file_is_made_anew(paths: Paths, name: str) -> None:
    place = paths.switch_state / name
    shutil.rmtree(place, ignore_errors=True)
    place.write_text("no folder")
    assert _run(paths).returncode == 0
    assert place.is_dir()


@pytest.mark.parametrize("mode", [0o000, 0o600])
def test_files_that_the_switch_may_not_read_are_shown_to_it(paths: Paths, mode: int) -> None:
    for path in (paths.generations / "000003" / "asterisk").iterdir():
        path.chmod(mode)
    assert _run(paths).returncode == 0
    assert _in_force(paths) == "generation 3"
    assert all(path.stat().st_mode & 0o040 for path in (paths.generations / "000003" / "asterisk").iterdir())


@pytest.mark.feature("E3", "I5")
def test_messages_and_pins_are_the_switchs_alone(paths: Paths) -> None:
    ready_switch.make_ready(paths, NOW)
    assert (paths.switch_state / "spool").stat().st_mode & 0o077 == 0


@pytest.mark.feature("C5")
def test_the_clock_is_wound_anew_at_each_start(paths: Paths) -> None:
    ready_switch.make_ready(paths, NOW)
    clock = paths.switch_state / "spool" / CLOCK_FILE
    clock.write_text("a line of each attempt so far")
    ready_switch.make_ready(paths, NOW)
    assert clock.read_text() == CALL_FILE


def test_it_says_nothing_where_all_is_well_and_takes_a_quarter_of_a_second(paths: Paths) -> None:
    paths.switch_store.unlink(missing_ok=True)
    assert _run(paths).returncode == 0
    seconds = []
    for _ in range(5):
        began = time.monotonic()
        done = _run(paths)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        seconds.append(time.monotonic() - began)
    assert min(seconds) < 0.25


def test_a_read_only_disk_keeps_nothing_from_starting(paths: Paths) -> None:
    assert _run(paths).returncode == 0
    read_only = ["unshare", "--mount", "sh", "-c"]
    if subprocess.run([*read_only, "mount -t tmpfs none /mnt"], capture_output=True).returncode:
        pytest.skip("no namespaces here")  # the machine refuses them to this user
    script = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    command = [sys.executable, "-IS", ready_switch.__file__, str(paths.root)]
    look = f"{' '.join(command)} && touch {paths.switch_state}/lib/x && touch {paths.switch_state}/log/x"
    done = subprocess.run([*read_only, script, "sh", str(paths.root), "sh", "-c", look], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the disk takes nothing" in done.stdout

"""Generations, journal and recovery: every state a cut can leave behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.apply.generations import Generations
from appliance.apply.journal import JournalEntry, read_entry, write_entry
from appliance.apply.ready_switch import stand
from appliance.apply.reload_plan import plan_reload
from appliance.compiler.config_file import ConfigFile, ConfigFileSet
from appliance.paths import Paths

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def files(text: str) -> ConfigFileSet:
    """Return a small file set."""
    files = (ConfigFile("asterisk.conf", ""), ConfigFile("extensions.conf", text))
    return ConfigFileSet((*files, ConfigFile("pjsip.conf", "secret", secret=True)))


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A root of its own, with two generations, the second in force."""
    paths = Paths(root=tmp_path)
    paths.generations.mkdir(parents=True)
    paths.apply_journal.parent.mkdir()
    generations = Generations(paths)
    generations.write(files("one"), 1, NOW)
    generations.write(files("two"), 2, NOW)
    generations.put_in_force(2)
    return paths


@pytest.mark.feature("I3")
def test_an_apply_cut_before_its_proof_is_undone(paths: Paths) -> None:
    """I3: the generation that was proven is in force again; the journal stays until the rest is undone too."""
    write_entry(paths.apply_journal, JournalEntry(earlier=1, later=2))
    stand(paths)
    found = Generations(paths).current()
    assert found is not None
    assert found.number == 1
    assert Generations(paths).current() == found
    assert read_entry(paths.apply_journal) is not None, "phone files and the switch's store are put back later"


@pytest.mark.feature("I3")
@pytest.mark.parametrize("damage", ["flip", "missing", "manifest", "dangling"])
def test_a_damaged_generation_gives_way_to_the_newest_whole_one(paths: Paths, damage: str) -> None:
    """I3: a flipped byte, a missing file, a broken manifest, a link to nowhere."""
    folder = paths.generations / "000002"
    match damage:
        case "flip":
            (folder / "asterisk" / "extensions.conf").write_text("twa")
        case "missing":
            (folder / "asterisk" / "pjsip.conf").unlink()
        case "manifest":
            (folder / "manifest.json").write_text("{")
        case "dangling":
            Generations(paths).put_in_force(9)
            (folder / "manifest.json").unlink()
    stand(paths)
    found = Generations(paths).current()
    assert found is not None
    assert found.number == 1


def test_with_nothing_whole_recovery_asks_for_a_new_compile(tmp_path: Path) -> None:
    """It is said, so that the caller compiles."""
    assert stand(Paths(root=tmp_path)) == "no generation is whole"
    assert Generations(Paths(root=tmp_path)).current() is None


def test_secret_files_are_closed_to_others(paths: Paths) -> None:
    """0640: the owner, and the switch's group."""
    assert (paths.generations / "000002/asterisk/pjsip.conf").stat().st_mode & 0o777 == 0o640


@pytest.mark.feature("I3")
def test_only_what_changed_is_reloaded_lines_and_phones_first() -> None:
    """I3: unaffected modules are left alone while people talk."""
    running = {"pjsip.conf": "a", "extensions.conf": "a", "voicemail.conf": "a"}
    plan = plan_reload(running, {**running, "pjsip.conf": "b", "extensions.conf": "b"})
    assert plan.modules == ("res_pjsip.so", "pbx_config.so")
    assert not plan.restart
    assert plan_reload(running, {**running, "modules.conf": "b"}).restart


@pytest.mark.feature("I3")
def test_a_revision_that_changes_no_file_is_in_force_by_the_same_generation(paths: Paths) -> None:
    """I3: else the console would for ever say that something saved does not work yet."""
    generations = Generations(paths)
    current = generations.current()
    assert current is not None
    generations.note_revision(current, 3)
    noted = generations.current()
    assert noted is not None
    assert (noted.number, noted.revision, noted.checksums) == (2, 3, current.checksums)

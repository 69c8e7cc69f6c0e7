"""The program that stands before each start of the switch: what it puts aside, and what it never touches."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.paths import Paths
from appliance.system import mend_store
from appliance.system.mend_store import KEPT, mend

NOW = datetime(2026, 11, 21, 8, 0, 5, tzinfo=UTC)
ROWS = 2_000  # several hundred pages

pytestmark = pytest.mark.feature("R3")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A box whose switch has a store, and whose console has given it settings."""
    paths = Paths(tmp_path)
    paths.switch_store.parent.mkdir(parents=True)
    paths.given_settings.parent.mkdir(parents=True)
    paths.given_settings.write_text("{}")
    _make_store(paths.switch_store)
    return paths


def _make_store(path: Path) -> None:
    with closing(sqlite3.connect(path)) as store, store:
        # As main/db.c of Asterisk makes it.
        store.execute("CREATE TABLE astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))")
        store.executemany("INSERT INTO astdb VALUES(?, ?)", ((f"/cf/e{row}", "202" * 20) for row in range(ROWS)))


def _garbage(store: Path) -> None:
    store.write_bytes(os.urandom(8192))


def _cut(store: Path) -> None:
    with store.open("r+b") as file:
        file.truncate(store.stat().st_size // 2 + 100)


def _holed(store: Path) -> None:
    with store.open("r+b") as file:
        file.seek(4096 * 3)
        file.write(os.urandom(4096 * 8))


def _directory(store: Path) -> None:
    store.unlink()
    store.mkdir()
    (store / "something").write_text("here")


def _dangling(store: Path) -> None:
    store.unlink()
    store.symlink_to("nowhere/at/all")


def _pipe(store: Path) -> None:
    store.unlink()
    os.mkfifo(store)


def _other_table(store: Path) -> None:
    store.unlink()
    with closing(sqlite3.connect(store)) as other, other:
        other.execute("CREATE TABLE astdb(something INTEGER)")


DAMAGES = (_garbage, _cut, _holed, _directory, _dangling, _pipe, _other_table)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__.strip("_"))
def test_damaged_store_is_put_aside_and_settings_count_as_not_given(
    paths: Paths, damage: Callable[[Path], None]
) -> None:
    damage(paths.switch_store)
    for ending in ("-journal", "-wal"):
        paths.switch_store.with_name(paths.switch_store.name + ending).write_bytes(b"rest")
    done = mend(paths.root, NOW)
    aside = "astdb.sqlite3.damaged-20261121T080005Z"
    assert aside in done
    names = sorted(path.name for path in paths.switch_store.parent.iterdir())
    assert names[0] == aside
    assert set(names) <= {aside, f"{aside}-journal", f"{aside}-wal"}  # SQLite itself removes some that it cannot use
    assert not paths.given_settings.exists()
    note = json.loads(paths.store_replaced.read_text())
    assert datetime.fromisoformat(note["replaced_at"]) == NOW
    assert mend(paths.root, NOW) == ""  # nothing is left to mend


def test_whole_store_is_not_touched(paths: Paths) -> None:
    before = (paths.switch_store.read_bytes(), paths.switch_store.stat())
    assert mend(paths.root, NOW) == ""
    assert (paths.switch_store.read_bytes(), paths.switch_store.stat().st_mtime_ns) == (
        before[0],
        before[1].st_mtime_ns,
    )
    assert list(paths.switch_store.parent.iterdir()) == [paths.switch_store]
    assert paths.given_settings.exists()
    assert not paths.store_replaced.exists()


def test_empty_file_is_a_store(paths: Paths) -> None:
    """SQLite's word for a store in which nothing was written yet."""
    paths.switch_store.write_bytes(b"")
    assert mend(paths.root, NOW) == ""
    assert paths.switch_store.exists()


def test_values_that_are_no_text_are_no_damage(paths: Paths) -> None:
    """A phone may have sent any byte."""
    with closing(sqlite3.connect(paths.switch_store)) as store, store:
        store.execute("INSERT INTO astdb VALUES(CAST(x'FF00FE' AS TEXT), CAST(x'FFFE' AS TEXT))")
        store.execute("DELETE FROM astdb WHERE key LIKE '/cf/%'")
    assert mend(paths.root, NOW) == ""


def test_store_that_somebody_reads_just_now_is_no_damage(paths: Paths) -> None:
    with closing(sqlite3.connect(paths.switch_store, isolation_level=None)) as store:
        store.execute("BEGIN EXCLUSIVE")
        assert mend(paths.root, NOW) == ""
    assert paths.switch_store.exists()


def test_change_cut_by_a_loss_of_power_is_taken_back(paths: Paths, tmp_path: Path) -> None:
    """A journal with a half-done change beside the store is no damage: all that was there before is there."""
    copy = tmp_path / "copy"
    copy.mkdir()
    with closing(sqlite3.connect(paths.switch_store, isolation_level=None)) as store:
        store.execute("PRAGMA cache_size = 2")  # so that half the change is in the file before it is complete
        store.execute("BEGIN")
        store.execute("UPDATE astdb SET value = 'lost'")
        for path in paths.switch_store.parent.iterdir():
            shutil.copy2(path, copy)
    for path in copy.iterdir():
        shutil.copy2(path, paths.switch_store.parent)
    assert paths.switch_store.with_name("astdb.sqlite3-journal").exists()
    assert mend(paths.root, NOW) == ""
    with closing(sqlite3.connect(paths.switch_store)) as store:
        assert store.execute("SELECT count(*) FROM astdb WHERE value LIKE '202%'").fetchone() == (ROWS,)


def test_three_damaged_stores_are_kept(paths: Paths) -> None:
    for day in range(5):
        (_directory if day % 2 else _garbage)(paths.switch_store)
        paths.switch_store.with_name("astdb.sqlite3-journal").write_bytes(b"rest")
        assert mend(paths.root, NOW + timedelta(days=day))
        _make_store(paths.switch_store)
    left = sorted(path.name for path in paths.switch_store.parent.glob("*damaged*"))
    stores = [f"astdb.sqlite3.damaged-202611{day}T080005Z" for day in (23, 24, 25)]
    assert [name for name in left if not name.endswith("-journal")] == stores
    assert {name.removesuffix("-journal") for name in left} == set(stores)
    assert len(stores) == KEPT


def test_two_damages_in_one_second_have_two_names(paths: Paths) -> None:
    for _ in range(2):
        paths.switch_store.write_bytes(b"no store at all, this is")
        assert mend(paths.root, NOW)
    assert len(list(paths.switch_store.parent.glob("*damaged*"))) == 2


def test_store_that_is_gone_gets_the_settings_again(paths: Paths) -> None:
    paths.switch_store.unlink()
    assert mend(paths.root, NOW) == "the switch's store is gone"
    assert not paths.given_settings.exists()
    assert paths.store_replaced.exists()


def test_new_box_has_nothing_to_mend(tmp_path: Path) -> None:
    assert mend(tmp_path, NOW) == ""
    assert list(tmp_path.iterdir()) == []


def test_program_knows_the_places_of_the_box(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert tmp_path / mend_store.STORE == paths.switch_store
    assert tmp_path / mend_store.GIVEN_SETTINGS == paths.given_settings
    assert tmp_path / mend_store.STORE_REPLACED == paths.store_replaced

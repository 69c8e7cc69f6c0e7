"""The database's edges: several processes at once, readers beside a writer, damage, a disk that takes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.office.office import Office
from appliance.storage.database import DatabaseUnusable, open_database
from appliance.storage.mending import keep_office, mend_database
from appliance.storage.office_repository import OfficeRepository
from appliance.storage.secrets import machine_secret
from tests.virtual_office.units import CHECKOUT

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
BUSY_AFTER_SECONDS = 1.0  # a reader that waits for the writer waits five

pytestmark = pytest.mark.feature("R2", "I6")

_OPEN = """
import sys, time
from pathlib import Path
from appliance.storage.database import open_database
from appliance.storage.secrets import machine_secret
while not Path(sys.argv[2]).exists():
    time.sleep(0.001)  # all begin together
engine = open_database(Path(sys.argv[1]))
print(machine_secret(engine, "shared").reveal())
"""


@pytest.mark.parametrize("rounds", [3, pytest.param(48, marks=pytest.mark.slow)])
def test_several_processes_open_a_new_database_at_once(tmp_path: Path, rounds: int) -> None:
    """Each gets the same secret, and none a fault."""
    for number in range(rounds):
        database, go = tmp_path / f"{number}" / "office.sqlite", tmp_path / f"go-{number}"
        openers = [
            subprocess.Popen(
                [sys.executable, "-c", _OPEN, str(database), str(go)],
                cwd=CHECKOUT,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(4)
        ]
        go.touch()
        said = [opener.communicate(timeout=60) for opener in openers]
        assert [opener.returncode for opener in openers] == [0] * 4, said[0][1]
        assert len({printed for printed, _ in said}) == 1


def test_reading_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "office.sqlite")
    secret = machine_secret(engine, "manager")
    with closing(sqlite3.connect(tmp_path / "office.sqlite", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert machine_secret(engine, "manager") == secret
        assert OfficeRepository(engine).newest()[0] == 0
        assert machine_secret(open_database(tmp_path / "office.sqlite"), "manager") == secret
        assert time.monotonic() - began < BUSY_AFTER_SECONDS


def test_a_file_that_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "office.sqlite").write_bytes(os.urandom(8192))
    with pytest.raises(DatabaseUnusable, match="database-unusable"):
        open_database(tmp_path / "office.sqlite")


@pytest.fixture
def saved(tmp_path: Path) -> Office:
    """A database with an office of two revisions, the second in force and so kept as a copy."""
    repository = OfficeRepository(open_database(tmp_path / "office.sqlite"))
    _, office = repository.newest()
    repository.save(office, based_on=0, author="test", summary="first", now=NOW)
    repository.save(office, based_on=1, author="test", summary="second", now=NOW)
    keep_office(tmp_path / "copy.toml", office)
    return office


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "cut", "folder"])
def test_a_lost_database_gives_way_to_a_new_one_with_the_office_in_force(
    tmp_path: Path, saved: Office, damage: str
) -> None:
    database = tmp_path / "office.sqlite"
    for ending in ("-wal", "-shm"):
        database.with_name(database.name + ending).unlink(missing_ok=True)
    match damage:
        case "gone":
            database.unlink()
        case "empty":
            database.write_bytes(b"")
        case "garbage":
            database.write_bytes(os.urandom(database.stat().st_size))
        case "cut":
            os.truncate(database, database.stat().st_size // 2)
        case "folder":
            database.unlink()
            database.mkdir()
    said = mend_database(database, tmp_path / "copy.toml", NOW)
    assert "in force last" in said
    revision, office = OfficeRepository(open_database(database)).newest()
    assert (revision, office) == (1, saved)
    assert mend_database(database, tmp_path / "copy.toml", NOW) == ""
    assert (tmp_path / "office.sqlite.damaged").exists() == (damage != "gone")


def test_a_whole_database_is_left_alone_also_while_somebody_writes(tmp_path: Path, saved: Office) -> None:
    database = tmp_path / "office.sqlite"
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        assert mend_database(database, tmp_path / "copy.toml", NOW) == ""
    assert OfficeRepository(open_database(database)).newest()[0] == 2


def test_a_new_box_has_nothing_to_mend(tmp_path: Path) -> None:
    assert mend_database(tmp_path / "office.sqlite", tmp_path / "copy.toml", NOW) == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("log_beside", [True, False])
@pytest.mark.parametrize(
    "mount",
    [
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"',
        'cp -a "$1" "$1.x" && mount -t tmpfs -o size=1m x "$1" && cp -a "$1.x"/. "$1"/ && '
        'head -c 2M /dev/zero > "$1/filler" 2>/dev/null || true',
    ],
    ids=["read-only", "full"],
)
def test_on_a_disk_that_takes_nothing_it_is_read(tmp_path: Path, saved: Office, mount: str, log_beside: bool) -> None:
    """With the log of a process that was killed beside it, and without."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not log_beside:
        with closing(sqlite3.connect(tmp_path / "office.sqlite")) as closer:
            closer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for path in tmp_path.glob("office.sqlite*" if log_beside else "office.sqlite"):
        shutil.copy(path, folder / path.name)
    script = (
        "from pathlib import Path; from appliance.storage.database import open_database, DatabaseUnusable\n"
        "from appliance.storage.office_repository import OfficeRepository\n"
        f"repository = OfficeRepository(open_database(Path({str(folder)!r}) / 'office.sqlite'))\n"
        "number, office = repository.newest()\n"
        "print(number)\n"
        "try: repository.save(office, based_on=2, author='x', summary='x', now=__import__('datetime').datetime.now())\n"
        "except DatabaseUnusable as fault: print('said')\n"
    )
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode:
        pytest.skip("no namespaces here")  # the machine refuses them to this user
    command = ["unshare", "--mount", "sh", "-c", f'{mount} && shift && exec "$@"', "sh", str(folder)]
    done = subprocess.run([*command, sys.executable, "-B", "-c", script], cwd=CHECKOUT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.split()) == (0, ["2", "said"]), done.stderr

"""Before the switch starts: put its own store aside if it is damaged, for with such a store the switch does not start.

With the standard library alone, as all that stands before the switch (`appliance/apply/ready_switch.py`).
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from appliance.files import replace_file

# As in appliance/paths.py, which a test compares.
STORE = Path("switch-state/lib/astdb.sqlite3")
GIVEN_SETTINGS = Path("office/given-settings.json")
STORE_REPLACED = Path("office/store-replaced.json")

KEPT = 3  # damaged stores, the newest
BESIDE = ("-journal", "-wal", "-shm")  # what SQLite puts beside a file: https://sqlite.org/tempfiles.html
WAIT_SECONDS = 1.0  # for somebody who reads the store just now
_NOT_A_DAMAGE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_NOMEM}
_PRIMARY_CODE = 0xFF  # https://sqlite.org/rescode.html


def mend(root: Path, now: datetime) -> str:
    """Put a damaged store of the box at `root` aside; return what was done, empty if all was well.

    The console's settings are then forgotten as given, so that all of them are given to the new store.
    Raises OSError where the folder cannot be written.
    """
    store = root / STORE
    damage = _damage(store)
    if not damage:
        return ""
    if os.path.lexists(store):
        aside = _name_aside(store, now)
        for ending in ("", *BESIDE):
            with suppress(FileNotFoundError):
                os.rename(f"{store}{ending}", f"{aside}{ending}")
        done = f"the switch's store was damaged ({damage}) and is kept as {aside.name}"
        _drop_oldest(store)
    elif (root / GIVEN_SETTINGS).exists():
        done = "the switch's store is gone"
    else:
        return ""  # a new box
    try:
        (root / GIVEN_SETTINGS).unlink(missing_ok=True)
        _note(root / STORE_REPLACED, now, damage)
    except OSError as fault:
        done += f"; that could not be noted: {fault}"
    return done


def _damage(store: Path) -> str:
    """Return why the switch could not use the store; empty if it can."""
    if not os.path.lexists(store):
        return "gone"
    if not store.is_file():
        return "not a file"
    try:
        with _as_owner(store.parent), closing(_open(store)) as connection:
            verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0].decode(errors="replace")
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'astdb'").fetchone():
                connection.execute("SELECT key, value FROM astdb LIMIT 1").fetchone()
    except sqlite3.Error as fault:
        code = fault.sqlite_errorcode & _PRIMARY_CODE
        return "" if code in _NOT_A_DAMAGE else str(fault)
    return "" if verdict == "ok" else verdict


def _open(store: Path) -> sqlite3.Connection:
    """Open for writing as the switch does: after a power cut the last change may have to be taken back."""
    connection = sqlite3.connect(f"{store.absolute().as_uri()}?mode=rw", uri=True, timeout=WAIT_SECONDS)
    connection.text_factory = bytes  # who calls may have a name in any coding
    return connection


@contextmanager
def _as_owner(folder: Path) -> Iterator[None]:
    """Be the switch's user for a while, if we may: what root can open, it perhaps cannot."""
    if os.geteuid() != 0:
        yield
        return
    owner = folder.stat()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    if not os.access(folder, os.R_OK | os.X_OK, effective_ids=True):
        # A folder above is closed to the switch, whose jail has this one bound in: then we look ourselves.
        os.seteuid(0)
        os.setegid(0)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def _name_aside(store: Path, now: datetime) -> Path:
    aside = store.with_name(f"{store.name}.damaged-{now:%Y%m%dT%H%M%SZ}")
    count = 1
    while os.path.lexists(aside):
        count += 1
        aside = store.with_name(f"{store.name}.damaged-{now:%Y%m%dT%H%M%SZ}-{count}")
    return aside


def _drop_oldest(store: Path) -> None:
    names = [path.name for path in store.parent.glob(f"{store.name}.damaged-*")]
    stores = sorted(name for name in names if not name.endswith(BESIDE))
    for old in stores[:-KEPT]:
        for ending in ("", *BESIDE):
            path = store.with_name(f"{old}{ending}")
            with suppress(OSError):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)


def _note(path: Path, now: datetime, damage: str) -> None:
    """For `belbox status`; whole or not at all."""
    replace_file(path, json.dumps({"replaced_at": now.isoformat(), "damage": damage}).encode(), 0o644)

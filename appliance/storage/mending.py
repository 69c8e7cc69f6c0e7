"""At the start: a database that is damaged or gone gives way to a new one with the office that was proven last.

What stood in the damaged one lies beside it. Accounts are in no copy: the box is then claimed again.
"""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from appliance.errors import BelboxError
from appliance.files import make_folder, replace_file, set_aside
from appliance.office.office import Office
from appliance.storage.database import open_database
from appliance.storage.office_document import read_revision, write_document
from appliance.storage.office_repository import OfficeRepository
from appliance.storage.secrets import SECRET_MAKER

COPY_MODE = 0o600  # it holds the office's secrets
GONE = "gone"
_BESIDE = ("-wal", "-shm")
# https://sqlite.org/rescode.html: somebody else writes, or the disk takes or gives nothing
_PRIMARY_CODE = 0xFF
_NOT_A_DAMAGE = {
    *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY),
    *(sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR),
}

_log = logging.getLogger(__name__)


def keep_office(copy: Path, office: Office) -> None:
    """Keep a copy of an office that was proven, beside the database."""
    replace_file(copy, write_document(office, with_secrets=True).encode(), COPY_MODE)


def mend_database(database: Path, copy: Path, now: datetime) -> str:
    """Return what was done in a few words, empty where the database is whole or the box is new.

    Raises OSError where the disk takes nothing.
    """
    damage = database_damage(database)
    if not damage:
        return ""
    office = _read_copy(copy)
    if damage == GONE and office is None:
        return ""  # a new box
    make_folder(database.parent, 0o700)
    for ending in ("", *_BESIDE):
        part = database.with_name(database.name + ending)
        if part.exists() or part.is_symlink():
            set_aside(part)
    repository = OfficeRepository(open_database(database))
    if office is None:
        return f"the database was damaged ({damage}) and is empty now"
    repository.save(office, based_on=0, author="Belbox", summary="From the copy of what was in force", now=now)
    return f"the database was damaged ({damage}); the office is the one that was in force last"


def database_damage(database: Path) -> str:
    """Return why the database cannot be used, empty if it can."""
    if not database.exists():
        return GONE
    if not database.is_file():
        return "not a file"
    try:
        with closing(sqlite3.connect(database.absolute().as_uri() + "?mode=rw", uri=True)) as connection:
            verdict = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            connection.execute("SELECT name FROM sqlite_master").fetchall()
    except sqlite3.DatabaseError as fault:
        code = fault.sqlite_errorcode
        if code & _PRIMARY_CODE in _NOT_A_DAMAGE and code != sqlite3.SQLITE_IOERR_SHORT_READ:  # that one was cut short
            return ""
        verdict = str(fault)
    if verdict == "ok" and database.stat().st_size == 0:
        return "empty"
    return "" if verdict == "ok" else verdict


def _read_copy(copy: Path) -> Office | None:
    try:
        read = read_revision(copy.read_text(), SECRET_MAKER)
    except (OSError, ValueError, BelboxError) as fault:
        if not isinstance(fault, FileNotFoundError):
            _log.warning("the copy of the office cannot be read: %s", fault)
        return None
    return read.office

"""Opening the office's database: SQLite now, any SQLAlchemy database beyond one box."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, ExceptionContext, QueuePool, create_engine, event

from appliance.errors import BelboxError
from appliance.files import make_folder, set_mode
from appliance.storage.migrations import migrate

BUSY_MILLISECONDS = 5_000
# A connection made while the disk took nothing only reads; so long after there was room again it gives way to another.
LONGEST_CONNECTION_SECONDS = 30
_WRITING = (
    f"busy_timeout = {BUSY_MILLISECONDS}",  # first: several processes may open a new database at once
    "journal_mode = WAL",
    "synchronous = FULL",  # what was said to be saved survives a power cut
    "foreign_keys = ON",
)
# https://sqlite.org/rescode.html: a database with its log beside it needs room for a third file even to be read
_NO_ROOM = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR}
_PRIMARY_CODE = 0xFF
_REMEDY = "Look at `belbox status`: the disk may be full or damaged. Calls go on."


class DatabaseUnusable(BelboxError):  # noqa: N818  (named for what it says)
    """The database cannot be opened, read or written: the disk is full or read-only, or the file is damaged."""


def open_database(path: Path) -> Engine:
    """Open the database, made and brought to the newest form if need be; DatabaseUnusable if that cannot be.

    On a disk that is full or read-only it is read as it was when the disk became so.
    """
    try:
        make_folder(path.parent, 0o700)
        engine = create_engine(
            "sqlite://", creator=lambda: _connect(path), poolclass=QueuePool, pool_recycle=LONGEST_CONNECTION_SECONDS
        )
        event.listen(engine, "handle_error", _say_what_is_wrong)
        migrate(engine)
        if not os.statvfs(path).f_flag & os.ST_RDONLY:
            set_mode(path, 0o600)
    except OSError as fault:
        raise DatabaseUnusable("database-unusable", value=str(fault)) from fault
    return engine


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One write transaction: all of it or none; taken at once, so that two writers queue and none is lost."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.exec_driver_sql("ROLLBACK")
            raise
        connection.exec_driver_sql("COMMIT")


def _connect(path: Path) -> sqlite3.Connection:
    # Without transactions of the module's own: `transaction` decides (SQLAlchemy, "pysqlite: Serializable").
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        for pragma in _WRITING:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA user_version").fetchone()
    except sqlite3.OperationalError as fault:
        connection.close()
        if fault.sqlite_errorcode & _PRIMARY_CODE not in _NO_ROOM or not path.exists():
            raise
        return _connect_to_read(path)
    return connection


def _connect_to_read(path: Path) -> sqlite3.Connection:
    # With its log beside it SQLite reads both (https://sqlite.org/wal.html, "Read-Only Databases").
    log = path.with_name(path.name + "-wal")
    how = "mode=ro" if log.exists() and log.stat().st_size else "mode=ro&immutable=1"
    address = f"{path.absolute().as_uri()}?{how}"
    connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _say_what_is_wrong(context: ExceptionContext) -> None:
    """Turn what the disk or the file does to SQLite into an error of ours; broken rules of a table stay as they are."""
    fault = context.original_exception
    if isinstance(fault, sqlite3.DatabaseError) and not isinstance(
        fault, sqlite3.IntegrityError | sqlite3.ProgrammingError
    ):
        raise DatabaseUnusable("database-unusable", value=str(fault)) from fault

"""Opening the office's database: SQLite now, any SQLAlchemy database beyond one box."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event

from appliance.errors import ApplianceError
from appliance.files import make_folder
from appliance.storage.migrations import migrate

BUSY_MILLISECONDS = 5_000
_READING = ("query_only = ON",)
_WRITING = (
    f"busy_timeout = {BUSY_MILLISECONDS}",  # first: several processes may open a new database at once
    "journal_mode = WAL",
    "synchronous = FULL",  # what was said to be saved survives a power cut
    "foreign_keys = ON",
)
_REMEDY = "Look at `belbox status`: the disk may be full or damaged. Calls go on."


class DatabaseUnusable(ApplianceError):  # noqa: N818  (named for what it says)
    """The database cannot be opened, read or written: the disk is full or read-only, or the file is damaged."""


def open_database(path: Path) -> Engine:
    """Open the database, made and brought to the newest form if need be; DatabaseUnusable if that cannot be.

    On a disk that is read-only it is opened for reading, as it was when the disk became so.
    """
    try:
        make_folder(path.parent, 0o700)
        if path.exists() and not _may_write(path):
            # With its log beside it SQLite reads both (https://sqlite.org/wal.html, "Read-Only Databases").
            log = path.with_name(path.name + "-wal")
            how = "mode=ro" if log.exists() else "mode=ro&immutable=1"
            return _engine(f"sqlite:///file:{path}?{how}&uri=true", _READING)
        engine = _engine(f"sqlite:///{path}", _WRITING)
        migrate(engine)
        path.chmod(0o600)
    except OSError as fault:
        raise DatabaseUnusable(f"The settings cannot be opened: {fault}.", _REMEDY) from fault
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


def _engine(address: str, pragmas: tuple[str, ...]) -> Engine:
    def set_pragmas(connection: Any, _record: object) -> None:
        # SQLAlchemy's own BEGIN is switched off so that `transaction` decides (SQLAlchemy, "pysqlite: Serializable").
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    engine = create_engine(address)
    event.listen(engine, "connect", set_pragmas)
    event.listen(engine, "handle_error", _say_what_is_wrong)
    return engine


def _say_what_is_wrong(context: ExceptionContext) -> None:
    """Turn what the disk or the file does to SQLite into an error of ours; broken rules of a table stay as they are."""
    fault = context.original_exception
    if isinstance(fault, sqlite3.DatabaseError) and not isinstance(
        fault, sqlite3.IntegrityError | sqlite3.ProgrammingError
    ):
        raise DatabaseUnusable(f"The settings cannot be read or saved: {fault}.", _REMEDY) from fault


def _may_write(path: Path) -> bool:
    return not os.statvfs(path).f_flag & os.ST_RDONLY

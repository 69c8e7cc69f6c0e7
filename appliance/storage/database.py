"""Opening the office's database: SQLite now, any SQLAlchemy database beyond one box."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event

from appliance.storage.migrations import migrate

BUSY_MILLISECONDS = 5_000


def open_database(path: Path) -> Engine:
    """Open the database, made and brought to the newest form if need be."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _set_pragmas)
    migrate(engine)
    path.chmod(0o600)
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


def _set_pragmas(connection: object, _record: object) -> None:
    # SQLAlchemy's own BEGIN is switched off so that `transaction` decides (SQLAlchemy, "pysqlite: Serializable").
    connection.isolation_level = None  # type: ignore[attr-defined]  # the DB-API connection of sqlite3
    cursor = connection.cursor()  # type: ignore[attr-defined]
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # what was said to be saved survives a power cut
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_MILLISECONDS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

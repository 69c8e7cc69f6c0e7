"""Numbered steps that bring a database to the newest form, each in one transaction with its record."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from appliance.errors import BelboxError
from appliance.storage.migrations import (
    m0001_initial,
    m0002_console_sessions,
    m0003_in_force,
    m0004_api_keys,
    m0005_differences,
    m0006_passed_steps,
    m0007_logins,
)

Migration = Callable[[Connection], None]

MIGRATIONS: tuple[tuple[int, Migration], ...] = (
    (1, m0001_initial.apply),
    (2, m0002_console_sessions.apply),
    (3, m0003_in_force.apply),
    (4, m0004_api_keys.apply),
    (5, m0005_differences.apply),
    (6, m0006_passed_steps.apply),
    (7, m0007_logins.apply),
)


def migrate(engine: Engine) -> None:
    """Apply every step the database has not had; refuse one made by newer software.

    Several processes may do so at once: each step is looked for again when the lock is held. A database in the newest
    form is only read.
    """
    with engine.connect() as connection:
        if _form(connection) > MIGRATIONS[-1][0]:
            raise BelboxError("database-of-newer-version", form=str(_form(connection)), known=str(MIGRATIONS[-1][0]))
        for number, apply in MIGRATIONS:
            if number <= _form(connection):
                continue
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                if number > _form(connection):
                    apply(connection)
                    connection.exec_driver_sql(f"PRAGMA user_version = {number}")
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")


def _form(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())

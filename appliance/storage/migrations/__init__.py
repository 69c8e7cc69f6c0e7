"""Numbered steps that bring a database to the newest form, each in one transaction with its record."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Engine

from appliance.errors import ApplianceError
from appliance.storage.migrations import m0001_initial

Migration = Callable[[Connection], None]

MIGRATIONS: tuple[tuple[int, Migration], ...] = ((1, m0001_initial.apply),)


def migrate(engine: Engine) -> None:
    """Apply every step the database has not had; refuse one made by newer software."""
    with engine.connect() as connection:
        done = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if done > MIGRATIONS[-1][0]:
            raise ApplianceError(
                f"The settings were made by a newer Belbox (form {done}, this one knows {MIGRATIONS[-1][0]}).",
                "Install the newer version again, or restore a backup made by this one.",
            )
        for number, apply in MIGRATIONS:
            if number > done:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                apply(connection)
                connection.exec_driver_sql(f"PRAGMA user_version = {number}")
                connection.exec_driver_sql("COMMIT")

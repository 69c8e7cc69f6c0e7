"""Since when what the wizard proves is in force: an older proof, or one of something else, counts no more."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Create the table; `before` names the registrations that were there when it came into force (JSON)."""
    connection.exec_driver_sql(
        """CREATE TABLE in_force (
            subject TEXT PRIMARY KEY, digest TEXT NOT NULL, since TEXT NOT NULL, before TEXT NOT NULL
        ) STRICT"""
    )

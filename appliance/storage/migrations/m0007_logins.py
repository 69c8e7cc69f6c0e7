"""Logins of several roles, and invitations: the first step's administrators become logins of that role."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Add the columns and the table; `extension` is an id of the office, `token_hash` SHA-256 in hexadecimal."""
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN role TEXT NOT NULL DEFAULT 'administrator'")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN is_blocked INTEGER NOT NULL DEFAULT 0")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN extension TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql(
        """CREATE TABLE invitation (
            token_hash TEXT PRIMARY KEY,
            login INTEGER NOT NULL REFERENCES administrator (id) ON DELETE CASCADE,
            made_at TEXT NOT NULL
        ) STRICT"""
    )

"""Logins of several roles, and invitations: the first step's administrators become logins of that role."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Add the columns and the table; `extension` is an id of the office, `token_hash` SHA-256 in hexadecimal.

    `second_factor`: the secret of RFC 6238 in base32, empty without one; `last_code`: the time step of the last one;
    `alerts`: the kinds of alerts that go to `email`, with spaces between.
    """
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN role TEXT NOT NULL DEFAULT 'administrator'")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN is_blocked INTEGER NOT NULL DEFAULT 0")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN extension TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN email TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN alerts TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN second_factor TEXT NOT NULL DEFAULT ''")
    connection.exec_driver_sql("ALTER TABLE administrator ADD COLUMN last_code INTEGER NOT NULL DEFAULT 0")
    connection.exec_driver_sql(
        """CREATE TABLE invitation (
            token_hash TEXT PRIMARY KEY,
            login INTEGER NOT NULL REFERENCES administrator (id) ON DELETE CASCADE,
            made_at TEXT NOT NULL
        ) STRICT"""
    )

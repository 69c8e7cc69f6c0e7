"""The console's sessions: kept on the box, so that one that ended is over for a copied cookie too."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Create the table; `token_hash` is SHA-256 in hexadecimal, `begun_at` a moment in UTC (ISO 8601)."""
    connection.exec_driver_sql(
        """CREATE TABLE console_session (
            token_hash TEXT PRIMARY KEY,
            administrator INTEGER NOT NULL REFERENCES administrator (id) ON DELETE CASCADE,
            begun_at TEXT NOT NULL
        ) STRICT"""
    )

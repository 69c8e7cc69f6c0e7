"""Keys of programs that use the API; a key itself is kept nowhere."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Create the table; `token_hash` is SHA-256 in hexadecimal, moments are in UTC (ISO 8601)."""
    connection.exec_driver_sql(
        """CREATE TABLE api_key (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL,
            scope TEXT NOT NULL,
            token_hash TEXT NOT NULL UNIQUE,
            made_at TEXT NOT NULL,
            made_by TEXT NOT NULL
        ) STRICT"""
    )

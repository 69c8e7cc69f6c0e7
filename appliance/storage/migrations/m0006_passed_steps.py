"""Steps of the wizard that an office does without, each with the reason somebody gave."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Create the table; the moment is in UTC (ISO 8601)."""
    connection.exec_driver_sql(
        """CREATE TABLE passed_step (
            step TEXT PRIMARY KEY,
            reason TEXT NOT NULL,
            passed_at TEXT NOT NULL,
            passed_by TEXT NOT NULL
        ) STRICT"""
    )

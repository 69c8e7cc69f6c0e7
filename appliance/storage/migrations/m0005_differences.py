"""What a revision changed, kept beside it: a page that shows the last sixty need not read sixty offices."""

from __future__ import annotations

from sqlalchemy import Connection


def apply(connection: Connection) -> None:
    """Add the column; JSON (office_repository.py), NULL for revisions that were saved before there was one."""
    connection.exec_driver_sql("ALTER TABLE revision ADD COLUMN differences TEXT")

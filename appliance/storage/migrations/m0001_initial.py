"""The first form: the office's revisions, the machine's secrets, administrators and the wizard's progress."""

from __future__ import annotations

from sqlalchemy import Connection

_STATEMENTS = (
    # A revision is a whole office and never changes; the newest one is the office as it is edited.
    """CREATE TABLE revision (
        number INTEGER PRIMARY KEY AUTOINCREMENT, made_at TEXT NOT NULL, author TEXT NOT NULL,
        summary TEXT NOT NULL, document TEXT NOT NULL
    ) STRICT""",
    "CREATE TABLE machine_secret (name TEXT PRIMARY KEY, secret TEXT NOT NULL) STRICT",
    """CREATE TABLE administrator (
        id INTEGER PRIMARY KEY, user_name TEXT NOT NULL UNIQUE, password_hash TEXT NOT NULL,
        language TEXT NOT NULL, made_at TEXT NOT NULL
    ) STRICT""",
    # A tick of the wizard: the proof that was seen, in facts, and when.
    """CREATE TABLE wizard_proof (
        step TEXT PRIMARY KEY, seen_at TEXT NOT NULL, facts TEXT NOT NULL
    ) STRICT""",
)


def apply(connection: Connection) -> None:
    """Create the tables."""
    for statement in _STATEMENTS:
        connection.exec_driver_sql(statement)

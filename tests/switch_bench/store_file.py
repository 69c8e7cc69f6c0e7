"""What the switch's own store has written to its file; Asterisk commits it once a second (main/db.c, db_sync)."""

from __future__ import annotations

import time
from pathlib import Path

from appliance.asterisk.manager_interface import ManagerInterface


def put_mark(manager: ManagerInterface) -> str:
    """Put something new in the store; its file has all that was put before once it `holds` this."""
    mark = str(time.monotonic_ns())
    manager.act("DBPut", Family="bench", Key="mark", Val=mark)
    return mark


def holds(store: Path, mark: str) -> bool:
    """Tell whether a mark is in the file for good.

    Its bytes are read, not by SQLite: where a reader holds the lock the commit fails and Asterisk undoes that second.
    """
    journal = store.with_name(f"{store.name}-journal")
    return mark.encode() in store.read_bytes() and not journal.exists()

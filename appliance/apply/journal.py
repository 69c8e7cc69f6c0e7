"""What an apply was about to do, written before it is done."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.apply.generations import flush_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An apply under way: from which generation (None: none was whole) to which."""

    earlier: int | None
    later: int


def write_entry(path: Path, entry: JournalEntry) -> None:
    """Keep the entry on disk before anything it names is done."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".new")
    with partial.open("w") as file:
        json.dump(asdict(entry), file)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    flush_folder(path.parent)


def read_entry(path: Path) -> JournalEntry | None:
    """Return the entry of an apply that was cut, None if none was."""
    try:
        fields = json.loads(path.read_text())
        return JournalEntry(earlier=fields["earlier"], later=fields["later"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError):
        # Renamed into place whole, so only a damaged disk brings us here; the generations tell what is whole.
        return JournalEntry(earlier=None, later=0)


def clear_entry(path: Path) -> None:
    """The apply is finished, one way or the other."""
    if path.exists():
        path.unlink()
        flush_folder(path.parent)

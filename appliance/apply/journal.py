"""What an apply was about to do, and what was so before, written down before anything of it is done.

With the standard library alone, as `ready_switch.py` reads it before the switch starts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from appliance.files import is_folder, make_folder, read_json, remove_file, replace_file, set_aside

NONE_KNOWN = 0  # a generation's number, in the place of one that cannot be read any more


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalEntry:
    """An apply under way: from which generation (None: none was whole) to which.

    `store_before`: what the switch's own store held under each `family/key` that the apply changes (None: nothing).
    `given_before`: what the console had given the store until then.
    """

    earlier: int | None
    later: int
    store_before: Mapping[str, str | None] = field(default_factory=dict)
    given_before: Mapping[str, str] = field(default_factory=dict)


def write_entry(path: Path, entry: JournalEntry) -> None:
    """Keep the entry on disk before anything it names is done."""
    make_folder(path.parent)
    replace_file(path, json.dumps(asdict(entry)).encode(), 0o600)


def read_entry(path: Path) -> JournalEntry | None:
    """Return the entry of an apply that was cut, None if none was.

    Of one that is damaged only that there was one is known; the generations tell what is whole.
    """
    entry = read_json(path, _from_json)
    if entry is None and path.exists():
        return JournalEntry(earlier=None, later=NONE_KNOWN)
    return entry


def clear_entry(path: Path) -> None:
    """The apply is finished, one way or the other."""
    if is_folder(path):
        set_aside(path)
    remove_file(path)


def _from_json(fields: dict[str, Any]) -> JournalEntry:
    earlier = fields["earlier"]
    return JournalEntry(
        earlier=None if earlier is None else int(earlier),
        later=int(fields["later"]),
        store_before={str(place): value for place, value in fields.get("store_before", {}).items()},
        given_before={str(place): str(value) for place, value in fields.get("given_before", {}).items()},
    )

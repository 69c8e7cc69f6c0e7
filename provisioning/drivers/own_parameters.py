"""The installer's own parameters among those a template writes: of one name the last counts."""

from __future__ import annotations

from collections.abc import Callable


def keep_last_of_each(text: str, name_of: Callable[[str], str | None]) -> str:
    """Return the text without the lines that set again what a later line sets; each line holds one setting.

    `name_of` names the setting of a line; None for a line that sets nothing.
    """
    lines = text.split("\n")
    last = {name: position for position, line in enumerate(lines) if (name := name_of(line)) is not None}
    return "\n".join(
        line for position, line in enumerate(lines) if (name := name_of(line)) is None or last[name] == position
    )

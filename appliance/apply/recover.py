"""At boot, before the switch starts: finish or undo an apply that was cut, and stand on a whole generation."""

from __future__ import annotations

from appliance.apply.generations import Generation, Generations
from appliance.apply.journal import clear_entry, read_entry
from appliance.paths import Paths


def recover(paths: Paths) -> Generation | None:
    """Return the generation now in force; None if there is no whole one, so the caller must compile.

    An apply that was cut had not proven itself: the generation before it is in force again.
    """
    generations = Generations(paths)
    entry = read_entry(paths.apply_journal)
    current = generations.current()
    if entry is not None or current is None:
        earlier = generations.whole(entry.earlier) if entry and entry.earlier is not None else None
        best = earlier or current or generations.newest_whole()
        if best is not None:
            generations.put_in_force(best.number)
        current = best
    clear_entry(paths.apply_journal)
    return current

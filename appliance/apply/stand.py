"""On which generation to stand, when the one in force is not whole or was not proven."""

from __future__ import annotations

from appliance.apply.generations import Generation, Generations
from appliance.apply.journal import JournalEntry


def stand_before(generations: Generations, entry: JournalEntry | None) -> Generation | None:
    """Put in force, and return, what was so before the apply of `entry` (None: no apply was cut).

    Where that is not whole: the one in force, the newest whole one, the copy of the last one proven, in this order.
    None where nothing is whole.
    """
    earlier = generations.whole(entry.earlier) if entry is not None and entry.earlier is not None else None
    best = earlier or generations.current() or generations.newest_whole() or generations.bring_copy_back()
    if best is not None and generations.linked() != best.number:
        generations.put_in_force(best.number)
    return best

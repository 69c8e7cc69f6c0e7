"""Changes to closures."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from appliance.changes.change import Changer
from appliance.changes.outcome import Outcome
from appliance.office.office import Office


def remove_closures_that_are_over(changer: Changer, at: datetime) -> Outcome | None:
    """Remove those that delete themselves and will never apply again (`at`: local time); None if there are none."""
    _, office = changer.repository.newest()
    if not _over(office, at):
        return None

    def edit(office: Office) -> Office:
        over = _over(office, at)
        numbers = tuple(
            replace(number, closure_ids=tuple(one for one in number.closure_ids if one not in over))
            for number in office.numbers
        )
        return replace(office, numbers=numbers, closures=tuple(item for item in office.closures if item.id not in over))

    return changer.change("Closures that are over", edit, {})


def _over(office: Office, at: datetime) -> frozenset[str]:
    return frozenset(item.id for item in office.closures if item.delete_when_over and item.is_over(at))

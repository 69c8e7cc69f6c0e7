"""Who changed what, when; and going back to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from appliance.apply.generations import Generations
from appliance.changes.outcome import Outcome
from appliance.changes.whole_office import put_back_revision
from appliance.operations.box import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRevision:
    """One saved office. `made_at` is UTC; `is_in_force`: the switch and the phones have this one."""

    number: int
    made_at: datetime
    author: str
    summary: str
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class History:
    """The revisions of one box."""

    box: Box

    def revisions(self) -> tuple[PastRevision, ...]:
        """Return every revision, newest first."""
        current = Generations(self.box.paths).current()
        return tuple(
            PastRevision(
                number=one.number,
                made_at=one.made_at,
                author=one.author,
                summary=one.summary,
                is_in_force=current is not None and current.revision == one.number,
            )
            for one in self.box.repository.history()
        )

    def put_back(self, number: int, *, author: str) -> Outcome:
        """Save an earlier revision's office as the newest; BelboxError if there is none of this number."""
        return put_back_revision(self.box.changer(author), number)

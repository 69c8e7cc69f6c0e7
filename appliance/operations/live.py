"""What is so at this moment: the switch, the lines, the phones, what is saved and not yet in force."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from appliance.apply.generations import Generations

# The switch's own values, for the faces, which may not ask the switch themselves.
from appliance.asterisk.live_state import LineState as LineState
from appliance.asterisk.live_state import LiveLine as LiveLine
from appliance.asterisk.live_state import LiveState as LiveState
from appliance.operations.box import Box
from appliance.operations.phone_list import ListedPhone, PhoneList
from appliance.operations.shared_look import SharedLook
from provisioning.enrolment import load_enrolment

POLL_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOffice:
    """What is so. `lines` are empty while the switch does not answer; `more_phones`: seen, and not in `phones`.

    `revision`: the newest that is saved.
    """

    switch_answers: bool
    lines: Sequence[LiveLine]
    phones: Sequence[ListedPhone]
    calls: int
    enrolment_open_until: datetime | None
    unapplied_changes: bool
    revision: int = 0
    more_phones: int = 0


@dataclass(frozen=True, slots=True)
class Live:
    """One box. `look` is what the switch says, shared by all who ask."""

    box: Box
    look: SharedLook
    listed: PhoneList

    def now(self) -> LiveOffice:
        """Return what is so at this moment."""
        state = self.look.look()
        newest, _ = self.box.repository.newest()
        current = Generations(self.box.paths).current()
        enrolment = load_enrolment(self.box.paths)
        open_until = enrolment.open_until
        phones, more = self.listed.phones(enrolment)
        return LiveOffice(
            switch_answers=state is not None,
            lines=state.lines if state else (),
            phones=phones,
            calls=state.calls if state else 0,
            enrolment_open_until=open_until if open_until and open_until > self.box.now() else None,
            unapplied_changes=current is None or (current.revision != newest and newest != 0),
            revision=newest,
            more_phones=more,
        )

    def wait_for_change(self, seconds: float) -> None:
        """Return when something of it may have changed, or after `seconds`; for Server-Sent Events."""
        before = self._marks()
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            time.sleep(POLL_SECONDS)  # four small files' times; inotify would be one more package
            if self._marks() != before:
                return

    def _marks(self) -> tuple[float, ...]:
        paths = self.box.paths
        watched = (paths.live_state, paths.sightings, paths.enrolment, paths.firmware_rollout)
        return tuple(path.stat().st_mtime if path.exists() else 0.0 for path in watched)

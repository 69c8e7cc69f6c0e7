"""What the monitor sees becomes notices in the outbox; the state is kept, so that a restart tells nothing twice."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from appliance.files import make_folder
from appliance.mail.notices import keep_notice
from appliance.mail.offline import OfficePresence, next_presence
from appliance.office.office import Office
from appliance.paths import Paths
from appliance.state_files import read_state, write_state

_log = logging.getLogger(__name__)


class OfflineWatch:
    """Told of every look of the monitor; writes a few small files at most."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._state = _read(paths.presence)

    def look(self, office: Office, reachable_users: Collection[str] | None, now: datetime) -> None:
        """Note who is here (None: the switch does not answer), and write the notices that are due."""
        state, notices = next_presence(self._state, office, reachable_users, now)
        try:
            for position, notice in enumerate(notices):
                keep_notice(self._paths, notice, position, now)
                _log.info("notice %s", notice.kind.value)
            if (state.extensions, state.all_told) != (self._state.extensions, self._state.all_told):
                _write(self._paths.presence, replace(state, looks_since=None))  # it looks anew then
        except OSError as fault:  # the watch on lines goes on; the next look tries again
            _log.warning("a notice could not be kept: %s", fault)
            return
        self._state = state


def _write(path: Path, value: object) -> None:
    make_folder(path.parent, 0o750)
    write_state(path, value, 0o644)


def _read(path: Path) -> OfficePresence:
    """Return the kept state; an empty one if there is none that can be read: phones are then missed anew once seen."""
    return read_state(path, OfficePresence) or OfficePresence()

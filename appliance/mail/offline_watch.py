"""What the monitor sees becomes notices in the outbox; the state is kept, so that a restart tells nothing twice."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from appliance.files import make_folder, read_state, replace_file
from appliance.mail.notice_mail import write_notice
from appliance.mail.offline import OfficePresence, Presence, next_presence
from appliance.office.office import Office
from appliance.paths import Paths

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
                name = f"{now:%Y%m%dT%H%M%S.%f}-{position}-{notice.kind.value}.json"
                _write(self._paths.notices / name, write_notice(notice))
                _log.info("notice %s", notice.kind.value)
            if (state.extensions, state.all_told) != (self._state.extensions, self._state.all_told):
                _write(self._paths.presence, _text(state))
        except OSError as fault:  # the watch on lines goes on; the next look tries again
            _log.warning("a notice could not be kept: %s", fault)
            return
        self._state = state


def _write(path: Path, text: str) -> None:
    make_folder(path.parent, 0o750)
    replace_file(path, text.encode(), 0o644)


def _text(state: OfficePresence) -> str:
    return json.dumps(
        {
            "all_told": state.all_told,
            "extensions": {
                one: {
                    name: value.isoformat() if isinstance(value, datetime) else value
                    for name, value in asdict(presence).items()
                }
                for one, presence in state.extensions.items()
            },
        }
    )


def _read(path: Path) -> OfficePresence:
    """Return the kept state; an empty one if there is none that can be read: phones are then missed anew once seen."""
    return read_state(path, _from_json) or OfficePresence()


def _from_json(kept: dict[str, Any]) -> OfficePresence:
    extensions = {
        one: Presence(
            is_here=facts["is_here"],
            since=datetime.fromisoformat(facts["since"]),
            is_told=facts["is_told"],
            told_back_at=datetime.fromisoformat(facts["told_back_at"]) if facts["told_back_at"] else None,
        )
        for one, facts in kept["extensions"].items()
    }
    return OfficePresence(extensions=extensions, all_told=kept["all_told"])

"""Notices that wait to become mails."""

from __future__ import annotations

from datetime import datetime

from appliance.files import make_folder
from appliance.mail.offline import Notice
from appliance.paths import Paths
from appliance.state_files import write_state


def keep_notice(paths: Paths, notice: Notice, position: int, now: datetime) -> None:
    """Put a notice among those that wait; `position` tells those of one moment apart. OSError as on any disk."""
    path = paths.notices / f"{now:%Y%m%dT%H%M%S.%f}-{position}-{notice.kind.value}.json"
    make_folder(path.parent, 0o750)
    write_state(path, notice, 0o644)

"""What the monitor does now and then: closures that are over are removed."""

from __future__ import annotations

import logging
import time
from zoneinfo import ZoneInfo

from appliance.changes.closures import remove_closures_that_are_over
from appliance.errors import BelboxError
from appliance.operations.box import Box
from appliance.operations.in_force import InForce

EVERY_SECONDS = 3600.0

_log = logging.getLogger(__name__)


class Housekeeping:
    """Called after every look at the switch; does its round once an hour, and once after the start."""

    def __init__(self, box: Box, in_force: InForce) -> None:
        self._box = box
        self._in_force = in_force
        self._next_round = 0.0

    def run_once(self) -> None:
        """Do what is due."""
        if time.monotonic() < self._next_round:
            return
        self._next_round = time.monotonic() + EVERY_SECONDS
        _, office = self._box.repository.newest()
        local_time = self._box.now().astimezone(ZoneInfo(office.site.time_zone)).replace(tzinfo=None)
        outcome = remove_closures_that_are_over(self._box.changer("Belbox"), local_time)
        if outcome is not None and outcome.revision is not None:
            try:
                self._in_force.apply()
            except BelboxError as fault:
                _log.warning("closures that are over could not be removed: %s", fault)

"""The manager interface of a switch that a test has started, as soon as it is fully booted."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator

from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.errors import NotRunning

BOOT_SECONDS = 20


@contextlib.contextmanager
def connected(address: ManagerAddress, *, events: bool = False) -> Iterator[ManagerInterface]:
    """Log in as soon as the switch lets us, and wait until it says that it is fully booted."""
    limit = time.monotonic() + BOOT_SECONDS
    while True:
        try:
            with ManagerInterface(address, events=events) as manager:
                manager.command("core waitfullybooted")
                yield manager
                return
        except NotRunning:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)  # nothing listens yet: there is no event to wait for

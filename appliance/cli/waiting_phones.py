"""Phones of the office that are on the LAN, have not registered yet, and may enrol now: asked to fetch again."""

from __future__ import annotations

import threading
import time

from appliance.cli.wiring import Box, now
from provisioning.discovery.inventory import read_phones
from provisioning.drivers import DRIVER_OF
from provisioning.enrolment import load_enrolment
from provisioning.resync import ask_to_resync

NUDGE_SECONDS = 10.0  # a phone that was still starting when the window opened hears the next one


class WaitingPhones:
    """Asks at most every NUDGE_SECONDS, and never holds up who calls it."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._asked_at = 0.0

    def nudge(self) -> None:
        """Ask them, if the window is open and the last time is long enough ago."""
        if time.monotonic() - self._asked_at < NUDGE_SECONDS:
            return
        enrolment = load_enrolment(self._box.paths)
        is_open = enrolment.open_until is not None and enrolment.open_until > now()
        waiting = {
            mac: phone
            for mac, phone in enrolment.phones.items()
            if mac not in enrolment.sealed and (is_open or mac in enrolment.approved)
        }
        if not waiting:
            return
        self._asked_at = time.monotonic()
        addresses = [
            (phone.address, DRIVER_OF[phone.brand].resync_event)
            for phone in read_phones(self._box.paths.sightings)
            if phone.mac in waiting and phone.address
        ]

        def ask() -> None:
            for address, event in addresses:
                ask_to_resync(address, event)

        threading.Thread(target=ask, name="resync", daemon=True).start()

"""Phones of the office that are on the LAN, have not registered yet, and may enrol now: asked to fetch again."""

from __future__ import annotations

import threading
import time

from appliance.office.numbers import MacAddress
from appliance.operations.box import Box
from provisioning.drivers import DRIVER_OF
from provisioning.enrolment import load_enrolment

NUDGE_SECONDS = 5.0  # between two looks for phones to ask
# Between two requests to one phone: some start again at each, and need a minute for it.
PATIENCE_SECONDS = 60.0


class WaitingPhones:
    """Looks at most every NUDGE_SECONDS, asks each at most every PATIENCE_SECONDS, and never holds up who calls it."""

    def __init__(self, box: Box) -> None:
        self._box = box
        self._looked_at = 0.0
        self._asked_at: dict[MacAddress, float] = {}

    def nudge(self) -> None:
        """Ask them, if the window is open and the last time is long enough ago."""
        moment = time.monotonic()
        if moment - self._looked_at < NUDGE_SECONDS:
            return
        self._looked_at = moment
        enrolment = load_enrolment(self._box.paths)
        is_open = enrolment.open_until is not None and enrolment.open_until > self._box.now()
        waiting = {
            mac: phone
            for mac, phone in enrolment.phones.items()
            if mac not in enrolment.sealed and (is_open or mac in enrolment.approved)
        }
        self._asked_at = {mac: at for mac, at in self._asked_at.items() if mac in waiting}
        due = [
            phone
            for phone in self._box.seen_phones().values()
            if phone.mac in waiting
            and phone.address
            and moment - self._asked_at.get(phone.mac, -PATIENCE_SECONDS) >= PATIENCE_SECONDS
        ]
        if not due:
            return
        self._asked_at.update((phone.mac, moment) for phone in due)
        addresses = [(phone.mac, phone.address, DRIVER_OF[phone.brand].resync_event) for phone in due]

        def ask() -> None:
            for mac, address, event in addresses:
                if address and self._box.edges.lan.ask_to_resync(address, event) is None:
                    self._asked_at.pop(mac, None)  # it is still starting, or gone: at the next look again

        threading.Thread(target=ask, name="resync", daemon=True).start()

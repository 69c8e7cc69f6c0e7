"""Telling phones to fetch their settings again, or to start again, and what came of it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.asterisk.live_state import LiveContact, look
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.asterisk.phone_notify import notify_phone
from appliance.asterisk.registrations import drop_registrations
from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.phone import Phone
from appliance.operations.box import Box
from appliance.operations.job_steps import Progress, Step, unwatched
from provisioning.drivers import DRIVER_OF
from provisioning.phone_identity import PhoneState

FETCH_SECONDS = 15.0
LOOK_SECONDS = 0.1

_log = logging.getLogger(__name__)


class Signal(StrEnum):
    """What a phone can be told."""

    RESYNC = "resync"
    REBOOT = "reboot"


class Way(StrEnum):
    """How it was told."""

    SWITCH = "switch"  # through its registration
    DIRECT = "direct"  # at the address where it was last seen
    NONE = "none"  # it is not there
    NOT_DOCUMENTED = "not documented"  # the brand names no way


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What came back: `code` of a direct answer; `fetched_after` seconds it read its settings (None: it did not)."""

    way: Way
    code: int | None = None
    fetched_after: float | None = None


@dataclass(frozen=True, slots=True)
class PhoneSignals:
    """The phones of one box. `fetch_seconds`: how long one that was told is waited for."""

    box: Box
    fetch_seconds: float = FETCH_SECONDS

    def tell(self, mac: MacAddress, signal: Signal, step: Progress = unwatched) -> Told:
        """Tell one phone and wait for what it does; KeyError for a phone that is not of the office."""
        _, office = self.box.repository.newest()
        phone = office.phone_by_mac(mac)
        if phone is None:
            raise KeyError(str(mac))
        step(Step.TELL)
        sent_at = self.box.now()
        told = self._send(office, phone, signal, self._contacts(office))
        if told.way in (Way.NONE, Way.NOT_DOCUMENTED):
            return told
        step(Step.FETCH)
        return Told(way=told.way, code=told.code, fetched_after=self._wait_for_fetch(mac, sent_at))

    def resync_later(self, macs: Collection[MacAddress], new_passwords: Collection[str] = ()) -> None:
        """As `resync`, but never holds up who calls it."""
        if macs or new_passwords:
            given = (frozenset(macs), frozenset(new_passwords))
            threading.Thread(target=self.resync, args=given, name="resync", daemon=True).start()

    def resync(self, macs: Collection[MacAddress], new_passwords: Collection[str] = ()) -> None:
        """Tell these phones that there is something new for them; each fetches when it likes.

        Then the registrations of users with a new password end: of phones that are theirs no longer, above all.
        """
        if macs:
            self._tell_all(macs)
        if new_passwords:
            try:
                with ManagerInterface(self.box.manager) as manager:
                    drop_registrations(manager, new_passwords)
            except BelboxError as fault:
                _log.warning("registrations of earlier phones end by themselves only: %s", fault)

    def _tell_all(self, macs: Collection[MacAddress]) -> None:
        _, office = self.box.repository.newest()
        contacts = self._contacts(office)
        for phone in office.phones:
            if phone.mac in macs:
                told = self._send(office, phone, Signal.RESYNC, contacts)
                _log.info("phone %s has new settings; told by %s", phone.mac, told.way)

    def _send(self, office: Office, phone: Phone, signal: Signal, contacts: tuple[LiveContact, ...]) -> Told:
        driver = DRIVER_OF[phone.brand]
        event = driver.resync_event if signal is Signal.RESYNC else driver.reboot_event
        if event is None:
            return Told(way=Way.NOT_DOCUMENTED)
        seen = self.box.seen_phones().get(phone.mac)
        address = seen.address if seen else None
        users = {office.extension(extension_id).sip_user for extension_id in phone.extension_ids}
        own = [contact for contact in contacts if contact.sip_user in users and contact.address == address]
        if own:
            try:
                with ManagerInterface(self.box.manager) as manager:
                    notify_phone(manager, own[0].uri, event)
                return Told(way=Way.SWITCH)
            except BelboxError as fault:
                _log.warning("the switch did not tell %s: %s", phone.mac, fault)
        if address is None:
            return Told(way=Way.NONE)
        code = self.box.edges.lan.ask_to_resync(address, event)
        return Told(way=Way.NONE if code is None else Way.DIRECT, code=code)

    def _contacts(self, office: Office) -> tuple[LiveContact, ...]:
        try:
            with ManagerInterface(self.box.manager) as manager:
                return look(manager, office).contacts
        except BelboxError:
            return ()

    def _wait_for_fetch(self, mac: MacAddress, since: datetime) -> float | None:
        limit = time.monotonic() + self.fetch_seconds
        while time.monotonic() < limit:
            seen = self.box.seen_phones().get(mac)
            last = seen.requests[-1] if seen and seen.requests else None
            if seen and last and last.when >= since and seen.state is PhoneState.FETCHED:
                return (last.when - since).total_seconds()
            time.sleep(LOOK_SECONDS)  # another process writes the list; its change gives no event
        return None

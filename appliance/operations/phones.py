"""What is done with phones: whose each is, letting them in, another one in a phone's place."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta

from appliance.changes import phones
from appliance.changes.outcome import Outcome
from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.secret import Secret
from appliance.operations.box import Box
from appliance.operations.in_force import InForce
from appliance.operations.phone_list import PhoneList
from appliance.operations.waiting_phones import WaitingPhones
from appliance.storage.secrets import new_token
from provisioning.enrolment import approve, close_window, open_window

ENROLMENT_WINDOW = timedelta(minutes=10)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Phones:
    """The phones of one box. Texts go in as typed; a problem's `where` is the name of the argument."""

    box: Box
    listed: PhoneList
    in_force: InForce
    waiting: WaitingPhones

    def assign(self, *, mac: str, extension_id: str, author: str) -> Outcome:
        """Give a phone of the list to an employee (empty id: to nobody). Field: extension_id."""
        try:
            wanted = MacAddress.parse(mac)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("extension_id"),))
        found = self.listed.found(wanted)
        if found is None:
            return Outcome(None, (Problem(where="extension_id", rule="no-such-phone", facts={"value": mac}),))
        return phones.assign_phone(self.box.changer(author), new_token, found, extension_id)

    def admin_password(self) -> Secret:
        """Return the password of the phones' own pages, one for the office."""
        return self.box.phone_admin_password

    def replace(self, old: MacAddress, new: str, *, author: str, wait: bool = False) -> Outcome:
        """Let another phone of the list take a phone's place, let it in, and make that true. Fields: old, new.

        `wait`: until it is told, for a caller that ends then. BelboxError where it is saved and not made true.
        """
        try:
            wanted = MacAddress.parse(new)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("new"),))
        found = self.listed.found(wanted)
        if found is None:
            return Outcome(None, (Problem(where="new", rule="no-such-phone", facts={"value": new}),))
        outcome = phones.replace_phone(self.box.changer(author), new_token, old, found)
        if outcome.revision is not None:
            self.approve(wanted)
            self.in_force.apply(also_tell={wanted}, wait=wait)
        return outcome

    def approve(self, mac: MacAddress) -> None:
        """Let this one phone fetch its settings for the first time."""
        approve(self.box.paths, mac)

    def open_enrolment(self) -> None:
        """Let every phone of the office fetch its settings for the first time, for ENROLMENT_WINDOW."""
        open_window(self.box.paths, self.box.now() + ENROLMENT_WINDOW)
        self.waiting.nudge()

    def close_enrolment(self) -> None:
        """End that now."""
        close_window(self.box.paths)

    def scan_lan(self) -> None:
        """Look for phones now instead of waiting until they speak."""
        try:
            self.box.edges.lan.scan(self.box.network)
        except (OSError, ValueError, BelboxError) as fault:
            _log.warning("the LAN was not scanned: %s", fault)

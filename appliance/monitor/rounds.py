"""What the monitor does after each look at the switch; one part's fault never keeps the others from their work."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from appliance.errors import BelboxError
from appliance.mail.offline_watch import OfflineWatch
from appliance.monitor.certificate_rounds import CertificateRounds
from appliance.monitor.deaf_switch import DeafSwitch, answers_sip
from appliance.monitor.housekeeping import Housekeeping
from appliance.monitor.latest_office import LatestOffice
from appliance.monitor.switch_logs import SwitchLogs
from appliance.operations.alerts import Alerts
from appliance.operations.box import Box
from appliance.operations.composition import in_force_of
from appliance.operations.firmware import FirmwareShelf
from appliance.operations.live import LiveState
from appliance.operations.network import Network
from appliance.operations.phone_contacts import OwnContacts
from appliance.operations.status import Status
from appliance.operations.switch_watch import write_live_state
from provisioning.enrolment import seal

ALERT_LOOK_SECONDS = 20.0  # between two looks at what is wrong
FIRMWARE_LOOK_SECONDS = 5.0  # between two looks at how far a rollout is

_log = logging.getLogger(__name__)


class MonitorRounds:
    """One box. `latest` is the office as the watch read it last."""

    def __init__(self, box: Box, latest: LatestOffice) -> None:
        self._box = box
        self._latest = latest
        in_force = in_force_of(box)
        self._nudger = in_force.waiting
        self._role = Network(box)
        self._firmware = FirmwareShelf(box, in_force)
        self._firmware_due = 0.0
        self._housekeeping = Housekeeping(box, in_force)
        self._switch_logs = SwitchLogs(box.paths.switch_logs, box.paths.loud_senders)
        self._certificates = CertificateRounds(box, in_force.signals)
        self._offline = OfflineWatch(box.paths)
        self._alerts, self._alerts_due, self._alerting = Alerts(box, Status(box)), 0.0, threading.Lock()
        self._deaf = DeafSwitch(
            lambda: answers_sip(box.network.address, box.network.sip_port),
            box.restart_switch,
        )
        self._registered: set[tuple[str, str]] = set()
        self._said: dict[str, str] = {}

    def on_state(self, state: LiveState | None) -> None:
        """Look at everything that follows from what the switch says (None: it does not answer)."""
        self._tried("live state", lambda: write_live_state(self._box.paths.live_state, state, self._box.now()))
        self._tried("deaf switch", lambda: self._deaf.check(state is not None, time.monotonic()))
        self._tried("offline mails", lambda: self._look_for_offline(state))
        if state is not None:
            self._tried("sealing", lambda: self._seal_registered(state))
        self._tried("alerts", lambda: self._look_for_troubles(state))
        self._tried("waiting phones", self._nudger.nudge)
        self._tried("DHCP role", self._role.undo_if_due)
        if state is not None:
            self._tried("firmware", lambda: self._go_on_with_firmware(state))
        self._tried("certificates", self._certificates.run_once)
        self._tried("housekeeping", self._housekeeping.run_once)
        self._tried("switch logs", lambda: self._switch_logs.look(self._box.now()))

    def on_connect(self, _connection: object) -> None:
        """The switch begins to answer: it runs what is in force, and has in its store what the console set."""
        threading.Thread(target=self._settle, name="settle", daemon=True).start()

    def _settle(self) -> None:
        # Not in the watch's own thread: an apply that is under way is waited for.
        self._tried("settling", self._box.settle)
        self._tried("phone files", self._box.publish_in_force)

    def _go_on_with_firmware(self, state: LiveState) -> None:
        if time.monotonic() >= self._firmware_due:
            self._firmware_due = time.monotonic() + FIRMWARE_LOOK_SECONDS
            self._firmware.go_on(state)

    def _look_for_offline(self, state: LiveState | None) -> None:
        reachable = None if state is None else state.answering
        # Without the switch the watch reads no office, and the mails still go by the newest one.
        self._offline.look(self._latest.load() if state is None else self._latest.office, reachable, self._box.now())

    def _look_for_troubles(self, state: LiveState | None) -> None:
        if time.monotonic() < self._alerts_due or self._alerting.locked():
            return
        self._alerts_due = time.monotonic() + ALERT_LOOK_SECONDS
        office = self._latest.load() if state is None else self._latest.office

        def look() -> None:
            with self._alerting:
                self._tried("alerts", lambda: self._alerts.look(office, state))

        # Not in the watch's own thread: parts that do not answer are waited for.
        threading.Thread(target=look, name="alerts", daemon=True).start()

    def _seal_registered(self, state: LiveState) -> None:
        """A phone that has registered needs its secret path told no more, until it is let in again.

        A registration that came back since the last look, of a phone that was reset, counts anew. A second phone of the
        same extension, at another address, is not meant.
        """
        here = {(contact.sip_user, contact.address) for contact in state.contacts if contact.is_reachable}
        came = here - self._registered
        self._registered = here
        if not came:
            return
        _, office = self._box.repository.newest()
        seen = self._box.seen_phones()
        contacts = OwnContacts(
            office, (contact for contact in state.contacts if (contact.sip_user, contact.address) in came)
        )
        macs = [phone.mac for phone in office.phones if any(contacts.of(phone, seen.get(phone.mac)))]
        if macs:
            seal(self._box.paths, *macs)  # one write: after a power cut all phones come at once

    def _tried(self, name: str, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as fault:  # an entrance: the others go on; the same fault is told once
            if self._said.get(name) != str(fault):
                known = isinstance(fault, OSError | BelboxError)
                _log.warning("%s: %s", name, fault, exc_info=not known)
            self._said[name] = str(fault)
        else:
            self._said.pop(name, None)

"""The long-running verbs, one for each unit: serve-web, serve-provisioning, monitor, serve-helper."""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import threading
from pathlib import Path
from typing import Any

from appliance.apply.given_settings import give_settings
from appliance.asterisk.live_state import LiveState
from appliance.cli.console_services import ConsoleServices
from appliance.cli.dhcp_role import DhcpRoleChange
from appliance.cli.firmware_runner import FirmwareRunner
from appliance.cli.housekeeping import Housekeeping
from appliance.cli.latest_office import LatestOffice
from appliance.cli.waiting_phones import WaitingPhones
from appliance.cli.wiring import Box, now
from appliance.health.monitor import watch, write_live_state
from appliance.mail.offline_watch import OfflineWatch
from appliance.mail.outbox import Outbox
from appliance.system.helper import serve_helper
from provisioning import serve as provisioning
from provisioning.discovery.inventory import read_phones
from provisioning.enrolment import seal
from wizard.app import create_app
from wizard.serve import serve as serve_web
from wizard.texts import text

SESSION_KEY_BYTES = 32


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verbs."""
    for name, run, words in (
        ("serve-web", _serve_web, "the wizard and the console"),
        ("serve-provisioning", _serve_provisioning, "what faces the phones: TFTP, PnP, discovery, enrolment"),
        ("monitor", _monitor, "the watch on lines, phones and services"),
        ("serve-helper", _serve_helper, "restarts units on a fixed list of requests (root)"),
    ):
        verbs.add_parser(name, help=f"run {words}").set_defaults(run=run)


def _serve_web(box: Box, _given: argparse.Namespace) -> int:
    app = create_app(ConsoleServices(box), session_key=_session_key(box.paths.session_key))
    serve_web(app, box.paths.run / "web.sock")
    return 0


def _serve_provisioning(box: Box, _given: argparse.Namespace) -> int:
    provisioning.run(box.paths, box.network, _stopped_by_signal())
    return 0


def _monitor(box: Box, _given: argparse.Namespace) -> int:
    registered: set[tuple[str, str]] = set()
    nudger = WaitingPhones(box)
    role = DhcpRoleChange(box)
    firmware = FirmwareRunner(box)
    housekeeping = Housekeeping(box)
    latest = LatestOffice(box.repository)
    offline = OfflineWatch(box.paths)
    stop = _stopped_by_signal()

    def on_state(state: LiveState | None) -> None:
        write_live_state(box.paths.live_state, state, now())
        reachable = None if state is None else {one.sip_user for one in state.contacts if one.is_reachable}
        # Without the switch the watch reads no office, and the mails still go by the newest one.
        offline.look(latest.load() if state is None else latest.office, reachable, now())
        if state is not None:
            _seal_registered(box, state, registered)
        nudger.nudge()
        role.undo_if_due()
        if state is not None:
            firmware.look(state)
        housekeeping.look_round()

    # A thread of its own: a mail server may take its time, the watch on lines may not.
    mails = threading.Thread(
        target=Outbox(box.paths, lambda: latest.office, text).run, args=(now, stop), name="mails", daemon=True
    )
    mails.start()
    watch(lambda: box.manager, latest.load, on_state, lambda manager: give_settings(manager, box.paths), stop)
    return 0


def _seal_registered(box: Box, state: LiveState, known: set[tuple[str, str]]) -> None:
    """A phone that has registered needs its secret path told no more, until it is let in again.

    `known` are the registrations of the last look: one that came back, of a phone that was reset, counts anew. A second
    phone of the same extension, at another address, is not meant.
    """
    here = {(contact.sip_user, contact.address) for contact in state.contacts if contact.is_reachable}
    came = here - known
    known.clear()
    known.update(here)
    if not came:
        return
    _, office = box.repository.newest()
    users = {extension.id: extension.sip_user for extension in office.extensions}
    addresses = {phone.mac: phone.address for phone in read_phones(box.paths.sightings)}
    macs = [
        phone.mac
        for phone in office.phones
        if any((users[one], addresses.get(phone.mac)) in came for one in phone.extension_ids)
    ]
    if macs:
        seal(box.paths, *macs)  # one write: after a power cut all phones come at once


def _serve_helper(box: Box, _given: argparse.Namespace) -> int:
    serve_helper(box.helper_socket)
    return 0


def _stopped_by_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _session_key(path: Path) -> bytes:
    """Return the key of the session cookies, made once."""
    if not path.exists():
        partial = path.with_suffix(".new")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SESSION_KEY_BYTES))
        partial.rename(path)
    return path.read_bytes()

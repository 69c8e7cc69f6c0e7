"""The long-running verbs, one for each unit: serve-web, serve-provisioning, monitor, serve-helper."""

from __future__ import annotations

import argparse
import signal
import threading
from typing import Any

from appliance.mail.outbox import Outbox
from appliance.monitor.latest_office import LatestOffice
from appliance.monitor.rounds import MonitorRounds
from appliance.operations.box import Box
from appliance.operations.composition import operations_of
from appliance.operations.offices import Offices
from appliance.operations.switch_watch import watch
from appliance.words.texts import text
from provisioning import serve as provisioning
from wizard.app import create_app
from wizard.serve import serve as serve_web


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
    app = create_app(operations_of(box), session_key=box.session_key())
    serve_web(app, box.paths.run / "web.sock")
    return 0


def _serve_provisioning(box: Box, _given: argparse.Namespace) -> int:
    provisioning.run(box.paths, box.network, _stopped_by_signal())
    return 0


def _monitor(box: Box, _given: argparse.Namespace) -> int:
    latest = LatestOffice(Offices(box).newest)
    rounds = MonitorRounds(box, latest)
    stop = _stopped_by_signal()
    # A thread of its own: a mail server may take its time, the watch on lines may not.
    mails = threading.Thread(
        target=Outbox(box.paths, lambda: latest.office, text).run, args=(box.now, stop), name="mails", daemon=True
    )
    mails.start()
    watch(lambda: box.manager, latest.load, rounds.on_state, rounds.on_connect, stop)
    return 0


def _serve_helper(box: Box, _given: argparse.Namespace) -> int:
    box.serve_helper()
    return 0


def _stopped_by_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop

"""The truth about every part of the box, each asked for itself."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from appliance.apply.generations import Generations
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.cli.start_report import read_start_report
from appliance.cli.wiring import Box, now
from appliance.errors import ApplianceError
from appliance.files import replace_file
from appliance.health.switch_logs import read_loud_senders
from appliance.mail.mail_state import MailState, NoMailState, read_mail_state
from appliance.mail.sending import Trouble
from provisioning.discovery.dhcp_server_report import read_report
from provisioning.guess_report import EVER_NEW, read_guessers
from provisioning.network_facts import DhcpRole

ASK_SECONDS = 2.0
LEAST_FREE_PART = 0.10
LEAST_FREE_BYTES = 8 * 2**20  # an apply of a large office writes 2 MB
MONITOR_STALE = timedelta(seconds=15)  # it writes every 2 s
SHOWN_FOR = timedelta(days=1)  # a replaced store, from the first time that somebody saw it


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: `state` ok, warning or failed.

    `what` is so and `remedy` what to do are names of texts in `part-what` and `part-remedy` of wizard/translations
    (remedy empty: nothing to do); `facts` fill their gaps.
    """

    name: str
    state: str
    what: str
    remedy: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def parts_of(box: Box) -> list[Part]:
    """Ask every part; never raises."""
    return [
        _switch(box),
        _switch_store(box),
        _http("web", box.paths.run / "web.sock"),
        _http("provisioning", box.paths.run / "provisioning.sock"),
        _http("nginx", box.paths.run / "console.sock"),
        _monitor(box),
        _dhcp(box),
        _disk(box),
        _database(box),
        _settings(box),
        _start(box),
        _mail(box),
        _guesses(box),
        _loud_senders(box),
    ]


def _switch(box: Box) -> Part:
    try:
        with ManagerInterface(box.manager, answer_seconds=ASK_SECONDS) as manager:
            manager.act("Ping")
    except (ApplianceError, OSError) as fault:
        return _failed("switch", "silent", "switch-restart", fault=str(fault).rstrip("."))
    return Part(name="switch", state="ok", what="answers")


def _switch_store(box: Box) -> Part:
    """Say for a day, from the first look on, that the store was replaced."""
    path = box.paths.store_replaced
    try:
        note = json.loads(path.read_text())
        replaced = datetime.fromisoformat(note["replaced_at"])
        seen = datetime.fromisoformat(note["seen_at"]) if "seen_at" in note else None
    except (OSError, ValueError, KeyError, TypeError):
        return Part(name="switch-store", state="ok", what="store-whole")
    if seen is not None and now() - seen > SHOWN_FOR:
        return Part(name="switch-store", state="ok", what="store-whole")
    if seen is None:
        with suppress(OSError):  # who may not write here sees it again
            replace_file(path, json.dumps({**note, "seen_at": now().isoformat()}).encode(), 0o644)
    facts = {"day": f"{replaced:%d-%m-%Y}"}
    return Part(name="switch-store", state="warning", what="store-replaced", remedy="store-set-again", facts=facts)


def _http(name: str, path: Path) -> Part:
    try:
        status = _get(path, "/health")
    except (OSError, http.client.HTTPException) as fault:
        return _failed(name, "silent", "comes-back", fault=str(fault))
    if status != 200:
        return Part(name=name, state="warning", what="answers-code", remedy="log", facts={"code": str(status)})
    return Part(name=name, state="ok", what="answers")


def _monitor(box: Box) -> Part:
    try:
        seen = json.loads(box.paths.live_state.read_text())
        age = now() - datetime.fromisoformat(seen["seen_at"])
    except (OSError, ValueError, KeyError):
        return _failed("monitor", "monitor-never", "monitor-restart")
    if age > MONITOR_STALE:
        return _failed("monitor", "monitor-late", "monitor-restart", seconds=f"{age.total_seconds():.0f}")
    return Part(name="monitor", state="ok", what="monitor-looks")


def _dhcp(box: Box) -> Part:
    role = box.network.dhcp_role
    others = read_report(box.paths.dhcp_servers)
    if role is DhcpRole.SERVER and others:
        return _failed("dhcp", "dhcp-two", "dhcp-one-only", value=", ".join(one.address for one in others))
    leading = [f"{one.address}: {code} = {text}" for one in others for code, text in sorted(one.hands_out.items())]
    if leading:
        facts = {"value": ", ".join(leading)}
        return Part(name="dhcp", state="warning", what="dhcp-leads-away", remedy="dhcp-take-option-out", facts=facts)
    if role is DhcpRole.NEIGHBOUR:
        return Part(name="dhcp", state="ok", what="dhcp-neighbour")
    # UDP 67 in use on this host means the server runs: it is the only thing of ours that binds it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", 67))
        except PermissionError:
            return Part(name="dhcp", state="warning", what="dhcp-not-asked", remedy="dhcp-as-root")
        except OSError:
            return Part(name="dhcp", state="ok", what="dhcp-gives")
    return _failed("dhcp", "dhcp-stopped", "dhcp-restart")


def _disk(box: Box) -> Part:
    try:
        facts = os.statvfs(box.paths.root)
    except OSError as fault:
        return _failed("disk", "disk-unreadable", "disk-replace", fault=str(fault))
    if facts.f_flag & os.ST_RDONLY:
        return _failed("disk", "disk-read-only", "disk-replace")
    free = facts.f_bavail / facts.f_blocks if facts.f_blocks else 0.0
    said = {"percent": f"{100 * free:.0f}"}
    if facts.f_bavail * facts.f_frsize < LEAST_FREE_BYTES:
        return Part(name="disk", state="failed", what="disk-full", remedy="disk-make-room", facts=said)
    if free < LEAST_FREE_PART:
        return Part(name="disk", state="warning", what="disk-free", remedy="disk-make-room", facts=said)
    return Part(name="disk", state="ok", what="disk-free", facts=said)


def _database(box: Box) -> Part:
    path = box.paths.database
    if not path.exists():
        return _failed("database", "database-gone", "database-restore")
    try:
        with box.engine.connect() as connection:
            verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
    except ApplianceError as fault:
        verdict = fault.message
    if verdict != "ok":
        return _failed("database", "database-damaged", "database-restore", fault=str(verdict))
    return Part(name="database", state="ok", what="database-whole")


def _settings(box: Box) -> Part:
    current = Generations(box.paths).current()
    if current is None:
        return _failed("settings", "settings-none", "settings-recover")
    try:
        is_loaded = box.switch_runs_what_is_in_force()
    except (ApplianceError, OSError):
        is_loaded = True  # it starts with what is in force; that it does not answer is said of the switch
    if not is_loaded:
        facts = {"number": str(current.number)}
        return Part(name="settings", state="warning", what="settings-not-loaded", remedy="settings-apply", facts=facts)
    try:
        newest, _ = box.repository.newest()
    except (ApplianceError, OSError) as fault:
        facts = {"fault": str(fault)}
        return Part(
            name="settings", state="warning", what="settings-not-compared", remedy="settings-database", facts=facts
        )
    if newest not in {0, current.revision}:
        facts = {"saved": str(newest), "current": str(current.revision)}
        return Part(name="settings", state="warning", what="settings-waiting", remedy="settings-apply", facts=facts)
    return Part(name="settings", state="ok", what="settings-in-force", facts={"number": str(current.number)})


def _start(box: Box) -> Part:
    """Say what could not be made ready at the last start."""
    failed = read_start_report(box.paths.start_report)
    if not failed:
        return Part(name="start", state="ok", what="start-whole")
    facts = {"value": "; ".join(f"{name}: {fault}" for name, fault in failed.items())}
    return Part(name="start", state="warning", what="start-incomplete", remedy="start-look", facts=facts)


def _mail(box: Box) -> Part:
    """Calls go on without mail, so that nothing here is more than a warning."""
    try:
        state = read_mail_state(box.paths.mail_state)
        server = box.repository.newest()[1].mail_server
    except NoMailState:
        return Part(name="mail", state="ok", what="mail-unused")  # the monitor says itself if it does not look
    except (ApplianceError, OSError) as fault:
        facts = {"fault": str(fault)}
        return Part(name="mail", state="warning", what="settings-not-compared", remedy="settings-database", facts=facts)
    facts = {
        "waiting": str(state.waiting),
        "failed": str(state.failed),
        "dropped": str(state.dropped),
        "reason": state.last_reason,
        "code": str(state.code),
        "host": server.host if server else "",
        "sender": server.sender if server else "",
    }
    if state.trouble is not None and (state.is_wanted or state.waiting):
        return _mail_trouble(state.trouble, facts)
    if state.failed:
        return Part(name="mail", state="warning", what="mail-failed", remedy="mail-check-addresses", facts=facts)
    if state.dropped:
        return Part(name="mail", state="warning", what="mail-dropped", remedy="mail-kept-shorter", facts=facts)
    return _mail_at_work(state, facts)


def _mail_trouble(trouble: Trouble, facts: Mapping[str, str]) -> Part:
    match trouble:
        case Trouble.NO_SERVER:
            return Part(name="mail", state="warning", what="mail-no-server", remedy="mail-set-server", facts=facts)
        case Trouble.NOT_REACHED:
            return Part(name="mail", state="warning", what="mail-not-reached", remedy="mail-wait", facts=facts)
        case Trouble.NOT_TRUSTED:
            return Part(
                name="mail", state="warning", what="mail-not-trusted", remedy="mail-check-security", facts=facts
            )
        case Trouble.LOGIN_REFUSED:
            return Part(name="mail", state="warning", what="mail-login-refused", remedy="mail-check-login", facts=facts)
        case Trouble.SENDER_REFUSED:
            return Part(
                name="mail", state="warning", what="mail-sender-refused", remedy="mail-check-sender", facts=facts
            )


def _mail_at_work(state: MailState, facts: Mapping[str, str]) -> Part:
    if state.waiting:
        return Part(name="mail", state="ok", what="mail-waiting", facts=facts)
    return Part(name="mail", state="ok", what="mail-sent" if state.is_wanted else "mail-unused", facts=facts)


def _guesses(box: Box) -> Part:
    """Warn for a day after the last time that somebody asked for one phone after another."""
    guessers = [guesser for guesser in read_guessers(box.paths) if now() - guesser.last < SHOWN_FOR]
    if not guessers:
        return Part(name="guesses", state="ok", what="guesses-none")
    last = guessers[-1]
    facts = {
        "address": last.address,
        "requests": str(last.requests),
        "day": f"{last.last:%d-%m-%Y}",
    }
    if last.address == EVER_NEW:
        return Part(name="guesses", state="warning", what="phones-invented", remedy="guesses-find", facts=facts)
    return Part(name="guesses", state="warning", what="guesses-made", remedy="guesses-find", facts=facts)


def _loud_senders(box: Box) -> Part:
    """Warn for a day after the last time that somebody tried to get in at the switch again and again."""
    loud = [
        one for one in read_loud_senders(box.paths.loud_senders) if now() - datetime.fromisoformat(one.last) < SHOWN_FOR
    ]
    if not loud:
        return Part(name="loud", state="ok", what="loud-none")
    facts = {"address": ", ".join(one.address for one in loud), "requests": str(loud[-1].requests)}
    return Part(name="loud", state="warning", what="loud-tries", remedy="loud-find", facts=facts)


def _failed(name: str, what: str, remedy: str, **facts: str) -> Part:
    return Part(name=name, state="failed", what=what, remedy=remedy, facts=facts)


def _get(path: Path, target: str) -> int:
    connection = _UnixConnection(path)
    try:
        connection.request("GET", target, headers={"Host": "belbox.local"})
        return connection.getresponse().status
    finally:
        connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("belbox.local", timeout=ASK_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(ASK_SECONDS)
        self.sock.connect(str(self._path))

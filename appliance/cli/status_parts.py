"""The truth about every part of the box, each asked for itself."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from appliance.apply.generations import Generations
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.cli.wiring import Box, now
from appliance.errors import ApplianceError
from provisioning.network_facts import DhcpRole

ASK_SECONDS = 2.0
MONITOR_STALE = timedelta(seconds=15)  # it writes every 2 s


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part: `state` ok, warning or failed; `what` is so, and `remedy` what to do."""

    name: str
    state: str
    what: str
    remedy: str = ""


def parts_of(box: Box) -> list[Part]:
    """Ask every part; never raises."""
    return [
        _switch(box),
        _http(box, "web", box.paths.run / "web.sock", "the wizard and the console"),
        _http(box, "provisioning", box.paths.run / "provisioning.sock", "phones' first files"),
        _http(box, "nginx", box.paths.run / "console.sock", "HTTPS for people and phones"),
        _monitor(box),
        _dhcp(box),
        _database(box),
        _settings(box),
    ]


def _switch(box: Box) -> Part:
    try:
        with ManagerInterface(box.manager, answer_seconds=ASK_SECONDS) as manager:
            manager.act("Ping")
    except (ApplianceError, OSError, sqlite3.Error) as fault:
        return Part(
            name="switch", state="failed", what=f"does not answer: {fault}", remedy="Restart the switch; calls need it."
        )
    return Part(name="switch", state="ok", what="answers")


def _http(_box: Box, name: str, path: Path, purpose: str) -> Part:
    try:
        status = _get(path, "/health")
    except (OSError, http.client.HTTPException) as fault:
        remedy = "It is started again by itself; if this stays, restart the box."
        return Part(name=name, state="failed", what=f"{purpose}: no answer ({fault})", remedy=remedy)
    if status != 200:
        return Part(name=name, state="warning", what=f"{purpose}: answers {status}", remedy="See its log.")
    return Part(name=name, state="ok", what=f"{purpose}: answers")


def _monitor(box: Box) -> Part:
    try:
        seen = json.loads(box.paths.live_state.read_text())
        age = now() - datetime.fromisoformat(seen["seen_at"])
    except (OSError, ValueError, KeyError):
        return Part(name="monitor", state="failed", what="has not looked yet", remedy="Restart it.")
    if age > MONITOR_STALE:
        what = f"looked last {age.total_seconds():.0f} s ago"
        return Part(name="monitor", state="failed", what=what, remedy="Restart it; calls go on without it.")
    return Part(name="monitor", state="ok", what="looks every 2 s")


def _dhcp(box: Box) -> Part:
    role = box.network.dhcp_role
    if role is DhcpRole.NEIGHBOUR:
        return Part(name="dhcp", state="ok", what="another machine gives out addresses; phones find us by PnP")
    # UDP 67 in use on this host means the server runs: it is the only thing of ours that binds it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", 67))
        except PermissionError:
            return Part(name="dhcp", state="warning", what="cannot be asked without root", remedy="Ask as root.")
        except OSError:
            return Part(name="dhcp", state="ok", what="gives out addresses")
    remedy = "Restart it; phones that start now get no address."
    return Part(name="dhcp", state="failed", what="does not run", remedy=remedy)


def _database(box: Box) -> Part:
    path = box.paths.database
    if not path.exists():
        remedy = "Calls go on. Restore a backup, or import an exported office."
        return Part(name="database", state="failed", what="the settings are gone", remedy=remedy)
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
            verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as fault:
        verdict = str(fault)
    if verdict != "ok":
        return Part(name="database", state="failed", what=str(verdict), remedy="Calls go on. Restore a backup.")
    return Part(name="database", state="ok", what="whole")


def _settings(box: Box) -> Part:
    current = Generations(box.paths).current()
    if current is None:
        return Part(name="settings", state="failed", what="no whole generation", remedy="Run `belbox recover`.")
    try:
        newest, _ = box.repository.newest()
    except (ApplianceError, OSError) as fault:
        return Part(name="settings", state="warning", what=f"cannot be compared: {fault}", remedy="See database.")
    if newest not in {0, current.revision}:
        what = f"revision {newest} is saved, {current.revision} is in force"
        return Part(name="settings", state="warning", what=what, remedy="Run `belbox apply`.")
    return Part(name="settings", state="ok", what=f"generation {current.number} is in force")


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

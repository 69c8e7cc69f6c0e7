"""The truth about every part of the box, each asked for itself."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from appliance.apply.generations import Generations
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.errors import BelboxError
from appliance.operations.box import Box
from appliance.operations.intruder_status import guesses_part, loud_senders_part
from appliance.operations.mail_status import mail_part
from appliance.operations.service_status import ASK_SECONDS, service_part
from appliance.operations.start_report import read_start_report
from appliance.operations.status_part import Part, PartState, failed
from appliance.state_files import read_state, write_state
from provisioning.discovery.dhcp_server_report import read_report
from provisioning.network_facts import DhcpRole

LEAST_FREE_PART = 0.10
LEAST_FREE_BYTES = 8 * 2**20  # an apply of a large office writes 2 MB
MONITOR_STALE = timedelta(seconds=15)  # it writes every 2 s
SHOWN_FOR = timedelta(days=1)  # a replaced store, from the first time that somebody saw it


@dataclass(frozen=True, slots=True, kw_only=True)
class _StoreReplaced:
    """What `mend_store.py` notes; `seen_at`: when somebody first read of it here."""

    replaced_at: datetime
    damage: str
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """What is of use here of the monitor's file."""

    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Status:
    """The status of one box."""

    box: Box

    def parts(self) -> tuple[Part, ...]:
        """Ask every part; never raises."""
        box = self.box
        return (
            _switch(box),
            _switch_store(box),
            service_part("web", box.paths.run / "web.sock"),
            service_part("provisioning", box.paths.run / "provisioning.sock"),
            service_part("nginx", box.paths.run / "console.sock"),
            _monitor(box),
            _dhcp(box),
            _disk(box),
            _database(box),
            _settings(box),
            _start(box),
            mail_part(box),
            guesses_part(box),
            loud_senders_part(box),
        )


def _switch(box: Box) -> Part:
    try:
        with ManagerInterface(box.manager, answer_seconds=ASK_SECONDS) as manager:
            manager.act("Ping")
    except (BelboxError, OSError) as fault:
        return failed("switch", "silent", "switch-restart", fault)
    return Part(name="switch", state=PartState.OK, what="answers")


def _switch_store(box: Box) -> Part:
    """Say for a day, from the first look on, that the store was replaced."""
    path = box.paths.store_replaced
    note = read_state(path, _StoreReplaced)
    if note is None or (note.seen_at is not None and box.now() - note.seen_at > SHOWN_FOR):
        return Part(name="switch-store", state=PartState.OK, what="store-whole")
    if note.seen_at is None:
        with suppress(OSError):  # who may not write here sees it again
            write_state(path, replace(note, seen_at=box.now()), 0o644)
    facts = {"day": f"{note.replaced_at:%d-%m-%Y}"}
    return Part(
        name="switch-store", state=PartState.WARNING, what="store-replaced", remedy="store-set-again", facts=facts
    )


def _monitor(box: Box) -> Part:
    seen = read_state(box.paths.live_state, _Look)
    if seen is None:
        return failed("monitor", "monitor-never", "monitor-restart")
    age = box.now() - seen.seen_at
    if age > MONITOR_STALE:
        return failed("monitor", "monitor-late", "monitor-restart", seconds=f"{age.total_seconds():.0f}")
    return Part(name="monitor", state=PartState.OK, what="monitor-looks")


def _dhcp(box: Box) -> Part:
    role = box.network.dhcp_role
    others = read_report(box.paths.dhcp_servers)
    if role is DhcpRole.SERVER and others:
        return failed("dhcp", "dhcp-two", "dhcp-one-only", value=", ".join(one.address for one in others))
    leading = [f"{one.address}: {code} = {text}" for one in others for code, text in sorted(one.hands_out.items())]
    if leading:
        facts = {"value": ", ".join(leading)}
        return Part(
            name="dhcp", state=PartState.WARNING, what="dhcp-leads-away", remedy="dhcp-take-option-out", facts=facts
        )
    if role is DhcpRole.NEIGHBOUR:
        return Part(name="dhcp", state=PartState.OK, what="dhcp-neighbour")
    # UDP 67 in use on this host means the server runs: it is the only thing of ours that binds it.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind(("", 67))
        except PermissionError:
            return Part(name="dhcp", state=PartState.WARNING, what="dhcp-not-asked", remedy="dhcp-as-root")
        except OSError:
            return Part(name="dhcp", state=PartState.OK, what="dhcp-gives")
    return failed("dhcp", "dhcp-stopped", "dhcp-restart")


def _disk(box: Box) -> Part:
    try:
        facts = os.statvfs(box.paths.root)
    except OSError as fault:
        return failed("disk", "disk-unreadable", "disk-replace", fault=str(fault))
    if facts.f_flag & os.ST_RDONLY:
        return failed("disk", "disk-read-only", "disk-replace")
    free = facts.f_bavail / facts.f_blocks if facts.f_blocks else 0.0
    said = {"percent": f"{100 * free:.0f}"}
    if facts.f_bavail * facts.f_frsize < LEAST_FREE_BYTES:
        return Part(name="disk", state=PartState.FAILED, what="disk-full", remedy="disk-make-room", facts=said)
    if free < LEAST_FREE_PART:
        return Part(name="disk", state=PartState.WARNING, what="disk-free", remedy="disk-make-room", facts=said)
    return Part(name="disk", state=PartState.OK, what="disk-free", facts=said)


def _database(box: Box) -> Part:
    path = box.paths.database
    if not path.exists():
        return failed("database", "database-gone", "database-restore")
    try:
        with box.engine.connect() as connection:
            verdict = connection.exec_driver_sql("PRAGMA quick_check").scalar_one()
    except BelboxError as fault:
        return failed("database", "database-damaged", "database-restore", fault)
    if verdict != "ok":
        return failed("database", "database-damaged", "database-restore", fault=str(verdict))
    return Part(name="database", state=PartState.OK, what="database-whole")


def _settings(box: Box) -> Part:
    current = Generations(box.paths).current()
    if current is None:
        return failed("settings", "settings-none", "settings-recover")
    try:
        is_loaded = box.switch_runs_what_is_in_force()
    except (BelboxError, OSError):
        is_loaded = True  # it starts with what is in force; that it does not answer is said of the switch
    if not is_loaded:
        facts = {"number": str(current.number)}
        return Part(
            name="settings", state=PartState.WARNING, what="settings-not-loaded", remedy="settings-apply", facts=facts
        )
    try:
        newest, _ = box.repository.newest()
    except (BelboxError, OSError) as fault:
        return Part(
            name="settings",
            state=PartState.WARNING,
            what="settings-not-compared",
            remedy="settings-database",
            causes=(fault,),
        )
    if newest not in {0, current.revision}:
        facts = {"saved": str(newest), "current": str(current.revision)}
        return Part(
            name="settings", state=PartState.WARNING, what="settings-waiting", remedy="settings-apply", facts=facts
        )
    return Part(name="settings", state=PartState.OK, what="settings-in-force", facts={"number": str(current.number)})


def _start(box: Box) -> Part:
    """Say what could not be made ready at the last start."""
    undone = read_start_report(box.paths.start_report)
    if not undone:
        return Part(name="start", state=PartState.OK, what="start-whole")
    return Part(name="start", state=PartState.WARNING, what="start-incomplete", remedy="start-look", causes=undone)

"""What is made ready before a box's services start: everything that can be, one thing after another.

Nothing here keeps a unit from starting. What could not be done is noted for `belbox status`, and the rest goes on. The
switch needs none of it (`appliance/apply/ready_switch.py` stands before each of its starts).
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from functools import partial

from appliance.apply.generations import Generations
from appliance.apply.ready_switch import make_places, stand
from appliance.errors import BelboxError
from appliance.files import make_folder, set_mode
from appliance.operations.box import Box
from appliance.operations.network import Network
from appliance.operations.start_report import write_start_report
from appliance.storage.mending import mend_database
from appliance.system.first_keys import ensure_claim_code, session_key
from appliance.system.in_memory import is_in_memory, lay_memory_over, take_memory_away, why_no_room
from provisioning import network_facts
from provisioning.certificate_authority import ensure_certificates
from provisioning.servers.dhcp_option66 import DhcpServer, prepare_dhcp_server
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server

_log = logging.getLogger(__name__)


class BoxStart:
    """One box on its way up; `say` is told what was done, and what could not be."""

    def __init__(self, box: Box, say: Callable[[str], None] = lambda _: None) -> None:
        self._box = box
        self._say = say
        self._failed: dict[str, BelboxError] = {}
        self._compiles_anew = False

    def make_ready(self) -> None:
        """Do all that can be done before the services start, and keep the report."""
        paths = self._box.paths
        self._compiles_anew = Generations(paths).current() is None
        for name, act in (
            ("disk", self._find_room),
            ("folders", self._make_folders),
            ("switch", lambda: make_places(paths)),
            ("network", lambda: network_facts.mend(paths.network_facts)),
            ("generation", lambda: stand(paths)),
            ("database", self._mend_database),
            ("sessions", lambda: session_key(paths.session_key)),
            ("claim-code", self._ensure_claim_code),
            ("certificates", self._ensure_certificates),
            ("dhcp-trial", lambda: Network(self._box).undo_if_due(at_boot=True)),
            ("web-server", self._prepare_web_server),
            ("dhcp-server", self._prepare_dhcp_server),
            ("cut-apply", self._box.finish_cut_apply),
            ("settings", self._compile_anew),
        ):
            self._tried(name, act)
        self._tried("report", lambda: write_start_report(paths, self._failed))

    def _tried(self, name: str, act: Callable[[], object]) -> None:
        try:
            said = act()
        except BelboxError as fault:
            self._note(name, fault)
        except Exception as fault:  # an entrance: whatever one thing meets, the others are made ready
            _log.warning("%s could not be made ready", name, exc_info=not isinstance(fault, OSError))
            self._note(name, BelboxError("unexpected", value=f"{type(fault).__name__}: {fault}"))
        else:
            if isinstance(said, str) and said:
                self._say(f"{name}: {said}")

    def _note(self, name: str, fault: BelboxError) -> None:
        self._failed[name] = fault
        self._say(f"{name}: {fault}")

    def _find_room(self) -> None:
        """Where the disk takes nothing, our services write to memory until the next start."""
        paths = self._box.paths
        folders = (paths.run, paths.web_server, paths.dhcp, paths.enrolment.parent)
        for folder in folders:
            if is_in_memory(folder):
                take_memory_away(folder, "*")
        fault = why_no_room(paths.root)
        if fault:
            for folder in folders:
                self._tried("memory", partial(lay_memory_over, folder, os.geteuid()))
            raise BelboxError("disk-takes-nothing", value=fault)

    def _make_folders(self) -> None:
        paths = self._box.paths
        make_folder(paths.database.parent, 0o700)
        set_mode(paths.database.parent, 0o700)
        for folder in (paths.run, paths.phone_files, paths.dhcp, paths.web_server):
            make_folder(folder)

    def _mend_database(self) -> str:
        paths = self._box.paths
        done = mend_database(paths.database, paths.office_copy, self._box.now())
        self._compiles_anew |= bool(done) and self._box.repository.newest()[0] > 0
        return done

    def _ensure_claim_code(self) -> None:
        if not self._box.logins.is_claimed():
            ensure_claim_code(self._box.paths.claim_code)

    def _ensure_certificates(self) -> None:
        ensure_certificates(self._box.paths, self._box.network.address, self._box.now())
        self._box.provide_trust()

    def _prepare_web_server(self) -> None:
        """As this release of the box writes its files."""
        address = self._box.network.address
        prepare_web_server(WebServer(paths=self._box.paths, address=address, worker_user=default_worker_user()))

    def _prepare_dhcp_server(self) -> None:
        prepare_dhcp_server(DhcpServer(paths=self._box.paths, facts=self._box.network, drops_root=False))

    def _compile_anew(self) -> str:
        """Compile the newest office where what was in force is not whole, or where nothing ever was.

        Never an office just unpacked over one that is in force: then the database is lost, and the switch knows more.
        """
        in_force = Generations(self._box.paths).current()
        is_lost = in_force is not None and self._box.repository.newest()[0] == 0
        if not self._compiles_anew or is_lost:
            return ""
        applied = self._box.apply()
        return f"revision {applied.revision} was compiled anew"

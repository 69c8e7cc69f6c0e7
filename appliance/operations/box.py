"""One box below one root: the rooms below the operations, put together."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from appliance.apply.apply import Applied, ApplyTools, apply_newest
from appliance.apply.generations import Generation, Generations
from appliance.apply.loaded import has_loaded
from appliance.apply.settle import finish_cut_apply, settle
from appliance.asterisk.live_state import LiveState, look
from appliance.asterisk.manager_interface import ManagerAddress, ManagerInterface
from appliance.changes.change import Changer
from appliance.changes.extensions import NewSecrets
from appliance.compiler import manager_conf
from appliance.compiler.object_names import TEST_PHONE
from appliance.compiler.target import AsteriskTarget
from appliance.errors import ApplyFailed, BelboxError, NotRunning
from appliance.files import locked
from appliance.office.numbers import MacAddress
from appliance.office.office import Office
from appliance.office.secret import Secret
from appliance.operations.edges import Edges, own_edges
from appliance.operations.proofs import Proofs
from appliance.operations.switch_directories import switch_directories
from appliance.paths import Paths
from appliance.prompts.library import provide, remove_unused
from appliance.storage.database import open_database
from appliance.storage.logins import Logins
from appliance.storage.mending import keep_office
from appliance.storage.office_repository import OfficeRepository
from appliance.storage.passed_steps import PassedSteps
from appliance.storage.proofs import ProofStore
from appliance.storage.secrets import machine_secret, new_password, new_pin
from appliance.system.first_keys import session_key
from appliance.system.helper import RestartableUnit, restart_unit, serve_helper
from appliance.system.name_resolution import resolve_hosts
from appliance.system.switch_trust import provide_authorities, provide_certificate
from appliance.test_phone.account import TestPhoneAccount
from provisioning import network_facts
from provisioning.certificate_authority import certificate_files
from provisioning.discovery.inventory import KnownPhone, read_phones
from provisioning.firmware_rollout import read_rollout
from provisioning.network_facts import NetworkFacts
from provisioning.phone_profile import BoxAddress, FirmwareProfile, Surroundings, phonebook_entries
from provisioning.publish import profiles_of, publish
from provisioning.servers.phonebook import prepare_phonebook

_log = logging.getLogger(__name__)


class Box:
    """The rooms below one root, as operations need them; parts are made when first asked for."""

    def __init__(self, root: Path, edges: Edges | None = None) -> None:
        self.paths = Paths(root=root)
        self.edges = edges or own_edges(root)

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return self.edges.clock()

    @cached_property
    def engine(self) -> Engine:
        """The office's database."""
        return open_database(self.paths.database)

    @cached_property
    def repository(self) -> OfficeRepository:
        """The office's revisions."""
        return OfficeRepository(self.engine)

    @cached_property
    def logins(self) -> Logins:
        """Who may open the console."""
        return Logins(self.engine)

    @property
    def proofs(self) -> Proofs:
        """The wizard's ticks."""
        return Proofs(ProofStore(self.engine), self.paths, self.repository, self.now)

    @property
    def passed_steps(self) -> PassedSteps:
        """The wizard's steps that the office does without."""
        return PassedSteps(self.engine)

    @property
    def network(self) -> NetworkFacts:
        """The box's own place in the network; NetworkFactsUnreadable before the first boot."""
        return network_facts.load(self.paths.network_facts)

    @property
    def address(self) -> BoxAddress:
        """Where phones reach the box."""
        network = self.network
        return BoxAddress(ip=network.address, sip_port=network.sip_port, sip_tls_port=network.sip_tls_port)

    @property
    def manager(self) -> ManagerAddress:
        """The door by which our processes look at the switch, with the password that it knows now.

        That is the one in force: where the database was lost and made anew, a running switch knows nothing of its own.
        """
        try:
            in_force = (self.paths.current_generation / "asterisk" / manager_conf.PATH).read_text()
        except (OSError, ValueError):
            in_force = ""
        return ManagerAddress(
            port=self.network.manager_port,
            username=manager_conf.MANAGER_USER,
            password=manager_conf.password_in(in_force) or machine_secret(self.engine, "manager"),
        )

    @property
    def test_phone(self) -> TestPhoneAccount:
        """The box's own phone."""
        network = self.network
        return TestPhoneAccount(
            address=network.address,
            server=network.address,
            port=network.sip_port,
            user=TEST_PHONE,
            password=machine_secret(self.engine, "test-phone"),
        )

    @property
    def phone_admin_password(self) -> Secret:
        """The password of the phones' own web pages, one for this office."""
        return machine_secret(self.engine, "phone-administrator")

    @property
    def around_phones(self) -> Surroundings:
        """What phones need to know of this box."""
        return Surroundings(
            box=self.address,
            admin_password=self.phone_admin_password,
            phonebook_password=machine_secret(self.engine, "phonebook"),
            firmware=self._firmware(),
        )

    def _firmware(self) -> Mapping[MacAddress, FirmwareProfile]:
        """The phones that new firmware is for by now."""
        rollout = read_rollout(self.paths)
        if rollout is None:
            return {}
        wanted = FirmwareProfile(version=rollout.version, path=rollout.firmware)
        return dict.fromkeys(rollout.allowed(), wanted)

    def seen_phones(self) -> Mapping[MacAddress, KnownPhone]:
        """Return the phones that were seen on the LAN."""
        return {phone.mac: phone for phone in read_phones(self.paths.sightings)}

    @property
    def helper_socket(self) -> Path:
        """Where the privileged helper listens."""
        return self.paths.run / "helper.sock"

    def serve_helper(self) -> None:
        """Do what is asked on the helper's socket, for ever (root)."""
        serve_helper(self.helper_socket)

    def session_key(self) -> bytes:
        """Return what the console's cookies are signed with."""
        return session_key(self.paths.session_key)

    def restart_switch(self) -> None:
        """Have the switch restarted, as systemd does it; NotRunning, BelboxError."""
        restart_unit(self.helper_socket, RestartableUnit.SWITCH)

    def restart_web_server(self) -> None:
        """Have nginx restarted, likewise."""
        restart_unit(self.helper_socket, RestartableUnit.NGINX)

    def restart_phonebook(self) -> None:
        """Have the directory server restarted, likewise."""
        restart_unit(self.helper_socket, RestartableUnit.PHONEBOOK)

    def target(self, office: Office) -> AsteriskTarget:
        """Return the facts of this machine for the compiler."""
        network = self.network
        return AsteriskTarget(
            address=network.address,
            sip_port=network.sip_port,
            sip_tls_port=network.sip_tls_port,
            has_certificate=self.paths.switch_certificate.exists(),
            manager_port=network.manager_port,
            test_phone_password=machine_secret(self.engine, "test-phone"),
            manager_password=machine_secret(self.engine, "manager"),
            directories=switch_directories(network, self.paths),
            resolved=resolve_hosts((trunk.host for trunk in office.trunks), self.paths.root / "resolved-hosts.json"),
        )

    def apply(self) -> Applied:
        """Make the newest revision true, or put everything back; see apply_newest."""
        applied = apply_newest(self.paths, self._apply_tools(), self.now)
        try:
            self.proofs.note(self._state())
        except (BelboxError, OSError, SQLAlchemyError) as fault:
            _log.warning("the wizard's ticks were not looked through: %s", fault)  # they are at the next look
        return applied

    def finish_cut_apply(self) -> bool:
        """Undo an apply that was cut; True unless something is left to undo."""
        return finish_cut_apply(self.paths, self._apply_tools())

    def settle(self) -> None:
        """Let the running switch load what is in force, if it has not; NotRunning, ManagerRefused."""
        settle(self.paths, self._apply_tools())

    def load_again(self) -> None:
        """Let the running switch read all its files again, after one beside them changed; as `settle`."""
        settle(self.paths, self._apply_tools(), everything=True)

    def switch_runs_what_is_in_force(self) -> bool:
        """Ask the switch whether it has loaded the generation in force; NotRunning, ManagerRefused."""
        generations = Generations(self.paths)
        current = generations.current()
        if current is None:
            return False
        with ManagerInterface(self.manager) as manager:
            return has_loaded(manager, current, generations.folder(current.number) / "asterisk")

    def generation_in_force(self) -> Generation | None:
        """Return the generation that the link leads to; None where there is none."""
        return Generations(self.paths).current()

    def publish_in_force(self) -> frozenset[MacAddress]:
        """Mend the phones' files where they are not those of the generation in force; return the phones concerned."""
        current = Generations(self.paths).current()
        if current is None or not current.revision:
            return frozenset()
        with locked(self.paths.apply_lock):
            return self.publish(self.repository.load(current.revision))

    def publish(self, office: Office) -> frozenset[MacAddress]:
        """Write the phones' files and directory of an office; return the phones whose files changed."""
        around = self.around_phones
        changed = frozenset(publish(self.paths, profiles_of(office, around)).changed)
        if prepare_phonebook(self.paths, phonebook_entries(office), around.phonebook_password):
            try:
                self.restart_phonebook()
            except NotRunning:
                pass  # before the first start, and on loopback, there is none
            except BelboxError as fault:
                # Calls do not need it, and its unit reads the new directory at its next start.
                _log.warning("the phones' directory is still the old one: %s", fault)
        return changed

    def _apply_tools(self) -> ApplyTools:
        return ApplyTools(
            manager=lambda: self.manager,
            newest=self.repository.newest,
            load=self.repository.load,
            target=self._trusted_target,
            publish=self.publish,
            provide_sounds=self._provide_sounds,
            keep_office=lambda office: keep_office(self.paths.office_copy, office),
            remove_sounds=lambda office: remove_unused(office.every_sound(), self.paths.prompts),
            restart_switch=self.restart_switch,
        )

    def _trusted_target(self, office: Office) -> AsteriskTarget:
        self.provide_trust()
        return self.target(office)

    def provide_trust(self) -> None:
        """Give the switch what it needs for TLS: another release of the box may trust others, or have a new name."""
        files = certificate_files(self.paths)
        provide_authorities(self.paths.authorities)
        provide_certificate(self.paths.switch_certificate, files.server_key, files.server)

    def changer(self, author: str) -> Changer:
        """Return what makes changes in somebody's name."""
        return Changer(repository=self.repository, author=author, clock=self.now)

    @property
    def new_secrets(self) -> NewSecrets:
        """Where an employee's secrets come from."""
        return NewSecrets(password=new_password, pin=new_pin)

    def _state(self) -> LiveState | None:
        try:
            return self.look()
        except (BelboxError, OSError):
            return None

    def look(self) -> LiveState:
        """Ask the switch what is so; NotRunning if it does not answer."""
        _, office = self.repository.newest()
        with ManagerInterface(self.manager) as manager:
            return look(manager, office)

    def _provide_sounds(self, office: Office) -> None:
        missing = provide(office.every_sound(), self.paths.recordings, self.paths.prompts, office.site.language)
        if missing:
            raise ApplyFailed("prompts-not-made", value=", ".join(missing))

"""Who gives out addresses on this LAN: looking for others, changing our role on trial, keeping or undoing it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.office.problems import Problem
from appliance.operations.box import Box
from appliance.system.helper import RestartableUnit, restart_unit
from provisioning import network_facts, role_change
from provisioning.discovery.dhcp_server_report import DhcpServerFound, keep_report, read_report
from provisioning.network_facts import DhcpRole, NetworkFacts, NetworkFactsUnreadable
from provisioning.phone_profile import BoxAddress
from provisioning.servers.dhcp_option66 import DhcpServer, prepare_dhcp_server

_log = logging.getLogger(__name__)


class AnotherServerRules(BelboxError):  # noqa: N818
    """Another machine answers DHCP requests; a second server would be a race."""

    exit_code = 2

    def __init__(self, servers: Sequence[DhcpServerFound]) -> None:
        self.servers = tuple(servers)
        named = ", ".join(described(server) for server in servers)
        super().__init__("another-server-rules", value=named)


def described(server: DhcpServerFound) -> str:
    """Return a server as a person may read it: address, MAC, what it tells phones."""
    options = ", ".join(f"option {code} = {text}" for code, text in sorted(server.hands_out.items()))
    return f"{server.address} ({server.mac})" + (f", which tells phones {options}" if options else "")


@dataclass(frozen=True, slots=True)
class Network:
    """The network of one box, its role in it, and the change on trial."""

    box: Box

    def facts(self) -> NetworkFacts:
        """Return where the box is, and who gives out addresses."""
        return self.box.network

    def address(self) -> BoxAddress:
        """Return where phones reach the box."""
        return self.box.address

    def other_servers(self) -> tuple[DhcpServerFound, ...]:
        """Ask the LAN; BelboxError without the right to."""
        try:
            found = self.box.edges.lan.dhcp_servers(self.box.network)
        except OSError as fault:
            raise BelboxError("lan-not-asked", cause=fault) from fault
        keep_report(self.box.paths.dhcp_servers, found)
        return found

    def servers_found(self) -> tuple[DhcpServerFound, ...]:
        """Return the servers that were found when the LAN was asked last."""
        return read_report(self.box.paths.dhcp_servers)

    def change_as_typed(self, role: str, pool_start: str, pool_end: str) -> tuple[Problem, ...]:
        """As `change`, of a form; fields: role, pool_start. BelboxError where the LAN or a server does not obey."""
        if role not in list(DhcpRole):
            facts = {"value": role, "choices": ", ".join(DhcpRole)}
            return (Problem(where="role", rule="not-a-choice", facts=facts),)
        try:
            self.change(DhcpRole(role), pool_start.strip(), pool_end.strip())
        except AnotherServerRules as fault:
            facts = {"value": ", ".join(server.address for server in fault.servers)}
            return (Problem(where="role", rule="another-dhcp-server", facts=facts),)
        except NetworkFactsUnreadable:
            facts = {"value": f"{pool_start}-{pool_end}", "network": str(self.box.network.network)}
            return (Problem(where="pool_start", rule="pool-form", facts=facts),)
        return ()

    def change(self, role: DhcpRole, pool_start: str = "", pool_end: str = "") -> datetime:
        """Take the role on trial and return until when it must be kept; AnotherServerRules, NetworkFactsUnreadable."""
        facts = self.box.network
        wanted = replace(
            facts, dhcp_role=role, pool_start=pool_start or facts.pool_start, pool_end=pool_end or facts.pool_end
        )
        if role is DhcpRole.SERVER and (others := self.other_servers()):
            raise AnotherServerRules(others)
        until = role_change.begin(self.box.paths, wanted, self.box.now())
        self._make_so(wanted)
        return until

    def keep_address(self, mac: MacAddress, address: str) -> None:
        """Always give this device this address; an empty one: any again. NetworkFactsUnreadable if it is not ours."""
        facts = self.box.network
        others = tuple(f"{one}={kept}" for one, kept in facts.reserved() if one != mac)
        self._save(replace(facts, reservations=(*others, *((f"{mac}={address}",) if address else ()))))

    def set_voice_vlan(self, vlan: int) -> None:
        """Tell phones which VLAN is theirs (0: none); NetworkFactsUnreadable if there cannot be such a one."""
        self._save(replace(self.box.network, voice_vlan=vlan))

    def on_trial_until(self) -> datetime | None:
        """Return until when the change on trial must be kept."""
        return role_change.on_trial_until(self.box.paths)

    def keep(self) -> bool:
        """Somebody reaches the console and says so; False when it was undone already."""
        return role_change.keep(self.box.paths)

    def undo_if_due(self, *, at_boot: bool = False) -> bool:
        """Go back when nobody said in time that it works, or when the box started again meanwhile."""
        until = self.on_trial_until()
        if until is None or not (at_boot or self.box.now() >= until):
            return False
        before = role_change.undo(self.box.paths)
        if before is not None:
            _log.warning("nobody kept the new DHCP role; it is %s again", before.dhcp_role)
            if at_boot:
                prepare_dhcp_server(self._server(before))
            else:
                self._make_so(before)
        return before is not None

    def _save(self, facts: NetworkFacts) -> None:
        network_facts.save(facts, self.box.paths.network_facts)
        if facts.dhcp_role is DhcpRole.SERVER:
            self._make_so(facts)

    def _make_so(self, facts: NetworkFacts) -> None:
        prepare_dhcp_server(self._server(facts))
        restart_unit(self.box.helper_socket, RestartableUnit.DNSMASQ)

    def _server(self, facts: NetworkFacts) -> DhcpServer:
        return DhcpServer(paths=self.box.paths, facts=facts, drops_root=False)

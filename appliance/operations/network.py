"""Who gives out addresses on this LAN: looking for others, changing our role on trial, keeping or undoing it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from appliance.errors import ApplianceError
from appliance.office.numbers import MacAddress
from appliance.operations.box import Box, now
from appliance.system.helper import RestartableUnit, restart_unit
from provisioning import network_facts, role_change
from provisioning.discovery.dhcp_server_report import DhcpServerFound, keep_report
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.servers.dhcp_option66 import DhcpServer, prepare_dhcp_server

_log = logging.getLogger(__name__)


class AnotherServerRules(ApplianceError):  # noqa: N818
    """Another machine answers DHCP requests; a second server would be a race."""

    exit_code = 2

    def __init__(self, servers: Sequence[DhcpServerFound]) -> None:
        self.servers = tuple(servers)
        named = ", ".join(described(server) for server in servers)
        super().__init__(
            f"Another DHCP server gives out addresses here: {named}. Two of them would give phones different answers.",
            "Switch that one off first, or leave the role as it is: phones find Belbox by SIP PnP as well.",
        )


def described(server: DhcpServerFound) -> str:
    """Return a server as a person may read it: address, MAC, what it tells phones."""
    options = ", ".join(f"option {code} = {text}" for code, text in sorted(server.hands_out.items()))
    return f"{server.address} ({server.mac})" + (f", which tells phones {options}" if options else "")


class DhcpRoleChange:
    """One box's role, and the change on trial."""

    def __init__(self, box: Box) -> None:
        self._box = box

    def other_servers(self) -> tuple[DhcpServerFound, ...]:
        """Ask the LAN; ApplianceError without the right to."""
        from provisioning.discovery.dhcp_servers import find_servers  # scapy is slow to load, and seldom needed

        try:
            found = find_servers(self._box.network.interface)
        except OSError as fault:
            raise ApplianceError(f"The LAN cannot be asked for DHCP servers: {fault}.") from fault
        keep_report(self._box.paths.dhcp_servers, found)
        return found

    def change(self, role: DhcpRole, pool_start: str = "", pool_end: str = "") -> datetime:
        """Take the role on trial and return until when it must be kept; AnotherServerRules, NetworkFactsUnreadable."""
        facts = self._box.network
        wanted = replace(
            facts, dhcp_role=role, pool_start=pool_start or facts.pool_start, pool_end=pool_end or facts.pool_end
        )
        if role is DhcpRole.SERVER and (others := self.other_servers()):
            raise AnotherServerRules(others)
        until = role_change.begin(self._box.paths, wanted, now())
        self._make_so(wanted)
        return until

    def keep_address(self, mac: MacAddress, address: str) -> None:
        """Always give this device this address; an empty one: any again. NetworkFactsUnreadable if it is not ours."""
        facts = self._box.network
        others = tuple(f"{one}={kept}" for one, kept in facts.reserved() if one != mac)
        self._save(replace(facts, reservations=(*others, *((f"{mac}={address}",) if address else ()))))

    def set_voice_vlan(self, vlan: int) -> None:
        """Tell phones which VLAN is theirs (0: none); NetworkFactsUnreadable if there cannot be such a one."""
        self._save(replace(self._box.network, voice_vlan=vlan))

    def on_trial_until(self) -> datetime | None:
        """Return until when the change on trial must be kept."""
        return role_change.on_trial_until(self._box.paths)

    def keep(self) -> bool:
        """Somebody reaches the console and says so; False when it was undone already."""
        return role_change.keep(self._box.paths)

    def undo_if_due(self, *, at_boot: bool = False) -> bool:
        """Go back when nobody said in time that it works, or when the box started again meanwhile."""
        until = self.on_trial_until()
        if until is None or not (at_boot or now() >= until):
            return False
        before = role_change.undo(self._box.paths)
        if before is not None:
            _log.warning("nobody kept the new DHCP role; it is %s again", before.dhcp_role)
            if at_boot:
                prepare_dhcp_server(self._server(before))
            else:
                self._make_so(before)
        return before is not None

    def _save(self, facts: NetworkFacts) -> None:
        network_facts.save(facts, self._box.paths.network_facts)
        if facts.dhcp_role is DhcpRole.SERVER:
            self._make_so(facts)

    def _make_so(self, facts: NetworkFacts) -> None:
        prepare_dhcp_server(self._server(facts))
        restart_unit(self._box.helper_socket, RestartableUnit.DNSMASQ)

    def _server(self, facts: NetworkFacts) -> DhcpServer:
        return DhcpServer(paths=self._box.paths, facts=facts, drops_root=False)

"""`belbox first-boot` and `belbox recover`: what must be so before the switch starts."""

from __future__ import annotations

import argparse
import ipaddress
import json
import subprocess
from contextlib import suppress
from typing import Any

from appliance.cli.output import CommandRefused
from appliance.files import make_folder
from appliance.operations.box import Box
from appliance.operations.box_start import BoxStart
from provisioning import network_facts
from provisioning.network_facts import DhcpRole, NetworkFacts


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verbs."""
    first = verbs.add_parser("first-boot", help="make keys, certificates, the claim code and the first settings")
    first.add_argument("--interface", help="the LAN's network interface; found by the default route if left out")
    first.add_argument("--address", help="the box's own address with its prefix length, e.g. 192.168.1.2/24")
    first.add_argument("--router", help="the way out")
    first.add_argument("--dhcp-role", choices=[role.value for role in DhcpRole], default=DhcpRole.NEIGHBOUR.value)
    first.add_argument("--pool", metavar="FIRST-LAST", default="", help="addresses to give out as DHCP server")
    first.add_argument("--sip-port", type=int, default=5060)
    first.add_argument("--manager-port", type=int, default=5038)
    first.add_argument("--switch-root", default="", help="run the switch from here without a jail (loopback only)")
    first.set_defaults(run=_first_boot)
    verbs.add_parser("recover", help="finish or undo an apply that was cut; runs before the switch").set_defaults(
        run=_recover
    )


def _first_boot(box: Box, given: argparse.Namespace) -> int:
    """Everything else is made by the start that follows, so that a cut at any instant leaves nothing half made."""
    start = BoxStart(box, print)
    make_folder(box.paths.root)
    network_facts.save(_facts(box, given), box.paths.network_facts)
    start.make_ready()
    return 0


def _recover(box: Box, _given: argparse.Namespace) -> int:
    BoxStart(box, print).make_ready()
    current = box.generation_in_force()
    if current is not None:
        print(f"Generation {current.number} (revision {current.revision}) is in force.")
    return 0


def _facts(box: Box, given: argparse.Namespace) -> NetworkFacts:
    """Return what is told or found; what was known before, if the file was lost and nothing is told."""
    if not given.address:
        with suppress(network_facts.NetworkFactsUnreadable):
            return network_facts.load(box.paths.network_facts)
    found = _own_network() if not (given.interface and given.address) else {}
    interface = given.interface or found["interface"]
    own = ipaddress.IPv4Interface(given.address or found["address"])
    router = given.router or found.get("router", str(own.ip))
    first, _, last = given.pool.partition("-")
    return NetworkFacts(
        interface=interface,
        address=str(own.ip),
        prefix_length=own.network.prefixlen,
        router=router,
        dns=router,
        dhcp_role=DhcpRole(given.dhcp_role),
        pool_start=first,
        pool_end=last,
        sip_port=given.sip_port,
        manager_port=given.manager_port,
        switch_root=given.switch_root,
    )


def _own_network() -> dict[str, str]:
    """Ask the kernel for the interface of the default route and its address (iproute2's JSON)."""
    routes = json.loads(_output("ip", "-json", "-4", "route", "show", "default"))
    if not routes:
        raise CommandRefused(
            "The box has no address and no way out of the network.", "Plug in the network cable, then start it again."
        )
    interface = routes[0]["dev"]
    addresses = json.loads(_output("ip", "-json", "-4", "address", "show", "dev", interface))
    first = addresses[0]["addr_info"][0]
    return {
        "interface": interface,
        "router": routes[0].get("gateway", first["local"]),
        "address": f"{first['local']}/{first['prefixlen']}",
    }


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout

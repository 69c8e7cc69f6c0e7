"""`belbox first-boot` and `belbox recover`: what must be so before the switch starts."""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import secrets
import subprocess
from pathlib import Path
from typing import Any

from appliance.apply.recover import recover
from appliance.cli.dhcp_role import DhcpRoleChange
from appliance.cli.wiring import Box, now
from appliance.errors import ApplianceError
from appliance.paths import Paths
from provisioning import network_facts
from provisioning.certificate_authority import ensure_certificates
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.servers.dhcp_option66 import DhcpServer, prepare_dhcp_server
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server

# Without 0, 1, I, L, O: the code is read from a screen. 8 letters of 31 are 39.6 bits; five tries in five minutes.
CLAIM_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
CLAIM_LENGTH = 9  # 44 bits
SWITCH_GROUP = 101  # of the user "asterisk" in the switch root


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
    paths = box.paths
    facts = _facts(given)
    _make_folders(paths)
    network_facts.save(facts, paths.network_facts)
    _prepare_servers(box)
    if not box.administrators.is_claimed() and not paths.claim_code.exists():
        code = "".join(secrets.choice(CLAIM_LETTERS) for _ in range(CLAIM_LENGTH))
        paths.claim_code.write_text(f"{code[:3]}-{code[3:6]}-{code[6:]}\n")
        paths.claim_code.chmod(0o600)
    box.apply()
    return 0


def _recover(box: Box, _given: argparse.Namespace) -> int:
    box.provide_trust()
    DhcpRoleChange(box).undo_if_due(at_boot=True)
    _prepare_servers(box)  # as this release of the box writes their files
    generation = recover(box.paths)
    if generation is None:
        # Nothing whole on the disk: the newest saved office, or that of a box just unpacked, is compiled.
        applied = box.apply()
        print(f"No generation was whole; revision {applied.revision} was compiled again.")
    else:
        print(f"Generation {generation.number} (revision {generation.revision}) is in force.")
    return 0


def _prepare_servers(box: Box) -> None:
    """Write what nginx and dnsmasq start with, and the certificate they need."""
    paths, facts = box.paths, box.network
    ensure_certificates(paths, facts.address, now())
    prepare_web_server(WebServer(paths=paths, address=facts.address, worker_user=default_worker_user()))
    prepare_dhcp_server(DhcpServer(paths=paths, facts=facts, drops_root=False))


def _make_folders(paths: Paths) -> None:
    for folder in (paths.database.parent, paths.run, paths.phone_files, paths.dhcp, paths.web_server):
        folder.mkdir(parents=True, exist_ok=True)
    paths.database.parent.chmod(0o700)
    paths.generations.mkdir(parents=True, exist_ok=True)
    state = paths.switch_state
    for name in ("lib", "lib/keys", "spool", "log", "cache", "run"):
        (state / name).mkdir(parents=True, exist_ok=True)
    # Both loopback lines: without them the switch asks a name server for itself at every start. No name server.
    (state / "hosts").write_text("127.0.0.1 localhost belbox\n::1 localhost belbox\n")
    (state / "resolv.conf").write_text("")
    if _may_give_away():
        for place in (state, *state.rglob("*")):
            os.chown(place, SWITCH_GROUP, SWITCH_GROUP)
        for folder in (paths.switch, paths.generations):
            os.chown(folder, -1, SWITCH_GROUP)
            folder.chmod(0o2750)  # new generations belong to the switch's group


def _may_give_away() -> bool:
    if os.geteuid() != 0:
        return False
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(int(first) <= SWITCH_GROUP < int(first) + int(count) for first, _, count in ranges)


def _facts(given: argparse.Namespace) -> NetworkFacts:
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
        raise ApplianceError(
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

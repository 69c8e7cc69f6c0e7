"""`belbox network`: who gives out addresses here, and changing that on trial."""

from __future__ import annotations

import argparse
from typing import Any

from appliance.cli.output import parse_mac, print_json
from appliance.operations.box import Box
from appliance.operations.network import Network, described
from provisioning.network_facts import DhcpRole


def add_to(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = verbs.add_parser("network", help="DHCP: who gives out addresses here; change the box's role on trial")
    does = parser.add_subparsers(dest="does", metavar="WHAT")
    parser.add_argument("--json", action="store_true")
    role = does.add_parser("role", help="be the DHCP server, or the neighbour of another one; for three minutes")
    role.add_argument("role", choices=[role.value for role in DhcpRole])
    role.add_argument("--pool", metavar="FIRST-LAST", default="", help="addresses to give out")
    does.add_parser("keep", help="the console is still reached: the new role holds")
    reserving = does.add_parser("reserve", help="as DHCP server, always give a device the same address")
    reserving.add_argument("mac")
    reserving.add_argument("address", nargs="?", default="", help="none: any address again")
    does.add_parser("voice-vlan", help="as DHCP server, tell phones which VLAN is theirs (0: none)").add_argument(
        "vlan", type=int
    )
    parser.set_defaults(run=_network)


def _network(box: Box, given: argparse.Namespace) -> int:
    network = Network(box)
    match given.does:
        case "role":
            first, _, last = given.pool.partition("-")
            until = network.change(DhcpRole(given.role), first, last)
            print(
                f"The role is {given.role} now. Say `belbox network keep` before {until:%H:%M:%S} UTC, or it goes back."
            )
            return 0
        case "keep":
            kept = network.keep()
            print("Kept." if kept else "Nothing was on trial.")
            return 0 if kept else 1
        case "reserve":
            network.keep_address(parse_mac(given.mac), given.address)
        case "voice-vlan":
            network.set_voice_vlan(given.vlan)
        case _:
            return _show(network, as_json=given.json)
    return 0


def _show(network: Network, *, as_json: bool) -> int:
    facts, others, until = network.facts(), network.other_servers(), network.on_trial_until()
    if as_json:
        print_json(
            {
                "address": facts.address,
                "role": facts.dhcp_role.value,
                "pool": [facts.pool_start, facts.pool_end],
                "on_trial_until": until.isoformat() if until else None,
                "other_servers": [
                    {
                        "address": one.address,
                        "mac": str(one.mac),
                        "hands_out": {str(k): v for k, v in one.hands_out.items()},
                    }
                    for one in others
                ],
            }
        )
        return 0
    print(f"{facts.address}/{facts.prefix_length} on {facts.interface}; DHCP role: {facts.dhcp_role.value}")
    if until:
        print(f"On trial until {until:%H:%M:%S} UTC: say `belbox network keep`, or it goes back.")
    for server in others:
        print(f"Another DHCP server: {described(server)}")
    return 0

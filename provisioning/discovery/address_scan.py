"""Asks every address of the network by ARP who has it; finds phones that were on before the box was."""

from __future__ import annotations

import ipaddress

from scapy.layers.l2 import ARP, Ether
from scapy.sendrecv import srp

from appliance.office.numbers import MacAddress

LARGEST_NETWORK = 4096  # addresses; a bigger one would be a flood
WAIT_SECONDS = 2


def scan(interface: str, network: ipaddress.IPv4Network) -> tuple[tuple[MacAddress, str], ...]:
    """Return the devices that answer. Raises OSError without the right to send (CAP_NET_RAW)."""
    if network.num_addresses > LARGEST_NETWORK:
        raise ValueError(f"{network} has more than {LARGEST_NETWORK} addresses")
    answered, _ = srp(
        Ether(dst="ff:ff:ff:ff:ff:ff") / ARP(pdst=str(network)),
        iface=interface,
        timeout=WAIT_SECONDS,
        verbose=False,
    )
    return tuple(sorted((MacAddress.parse(reply[ARP].hwsrc), str(reply[ARP].psrc)) for _, reply in answered))

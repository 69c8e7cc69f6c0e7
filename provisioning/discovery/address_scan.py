"""Asks every address of the network by ARP who has it: finds phones that were on before the box was."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable
from datetime import datetime

from scapy.layers.l2 import ARP, Ether
from scapy.sendrecv import srp

from appliance.office.numbers import MacAddress
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers.recognition import Evidence
from provisioning.network_facts import NetworkFacts
from provisioning.phone_identity import SeenBy, sighting_from

LARGEST_NETWORK = 4096  # addresses; a bigger one would be a flood
WAIT_SECONDS = 2
SCAN_EVERY_SECONDS = 600.0


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


def scan_often(
    network: NetworkFacts,
    noted: SightingNoted,
    clock: Callable[[], datetime],
    stop: threading.Event,
    started: Callable[[], None],
) -> None:
    """Scan now and every SCAN_EVERY_SECONDS until `stop`. Raises OSError without the right to send (CAP_NET_RAW)."""
    started()
    while True:
        if network.network.num_addresses <= LARGEST_NETWORK:
            for mac, address in scan(network.interface, network.network):
                sighting = sighting_from(Evidence(mac=mac), SeenBy.ARP, clock(), address=address, is_confirmed=True)
                if sighting is not None:
                    noted(sighting)
        if stop.wait(SCAN_EVERY_SECONDS):
            return

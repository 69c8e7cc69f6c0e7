"""One network namespace on the lab's bridge of phones, with one interface (macvlan) for each phone."""

from __future__ import annotations

import fcntl
import socket
import struct
import subprocess

from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import SWITCH

PLACE, CABLE = "storm", "eth0"
_SIOCSIFADDR = 0x8916  # linux/sockios.h; 192.168.0.0/16 gives the netmask 255.255.255.0 by itself
_QUIET = (  # each interface answers for its own address alone, so that ARP tells one phone from another
    "net.ipv4.conf.all.arp_ignore=1",
    "net.ipv4.conf.all.arp_announce=2",
    "net.ipv4.conf.all.rp_filter=0",
    "net.ipv4.conf.default.rp_filter=0",
    "net.ipv6.conf.all.disable_ipv6=1",
    "net.ipv6.conf.default.disable_ipv6=1",
)


def build(office: VirtualOffice, lost_percent: int) -> None:
    """Plug a new namespace into the bridge of phones; packets are lost in both directions."""
    office.run(SWITCH, "ip", "netns", "add", PLACE)
    office.run(SWITCH, "ip", "link", "add", PLACE, "type", "veth", "peer", "name", CABLE, "netns", PLACE)
    office.run(SWITCH, "ip", "link", "set", PLACE, "master", "phones", "up")
    office.run(PLACE, "sysctl", "-qw", *_QUIET)
    office.run(PLACE, "ip", "link", "set", "lo", "up")
    office.run(PLACE, "ip", "link", "set", CABLE, "up")
    if lost_percent:
        for place, interface in ((SWITCH, PLACE), (PLACE, CABLE)):
            rules = (
                f"table netdev loss {{ chain in {{ type filter hook ingress device {interface} priority 0;\n"
                f"numgen random mod 100 < {lost_percent} drop\n}}\n}}\n"
            )
            subprocess.run(office.in_place(place, ["nft", "-f", "-"]), input=rules, text=True, check=True)


def plug_in(macs: dict[str, str]) -> None:
    """Make an interface for each phone, in this process's own namespace: name -> MAC."""
    lines = [f"link add link {CABLE} name {name} address {mac} type macvlan mode private" for name, mac in macs.items()]
    lines += [f"link set {name} up" for name in macs]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True)


def set_address(interface: str, address: str) -> None:
    """Give an interface its address in place of the one it had."""
    request = struct.pack("16sH2s4s8x", interface.encode(), socket.AF_INET, b"", socket.inet_aton(address))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCSIFADDR, request)


def bound(kind: socket.SocketKind, interface: str, address: str, port: int = 0) -> socket.socket:
    """Return a socket of one phone."""
    made = socket.socket(socket.AF_INET, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    return made

"""Asks the LAN who else gives out addresses, and what those servers tell phones; takes no address."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from scapy.arch import get_if_hwaddr
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether
from scapy.sendrecv import AsyncSniffer, sendp

from appliance.office.numbers import MacAddress
from provisioning.discovery.dhcp_server_report import DhcpServerFound, keep_report
from provisioning.drivers import ALL_DRIVERS

LOOK_EVERY_SECONDS = 600.0
WAIT_SECONDS = 3.0  # a server first looks whether the address is free (dnsmasq, Windows: up to a second)
# RFC 2132: 43 vendor specific, 66 TFTP server name; RFC 3361: 120 SIP server; 159, 160: Panasonic and others.
FOR_PHONES = (43, 66, 120, 159, 160)
_MESSAGE_TYPE, _SERVER, _END, _PAD = 53, 54, 255, 0
_OFFER = 2
_COOKIE_END = 240  # RFC 2131 section 3: the options follow the magic cookie


def find_servers(interface: str, wait_seconds: float = WAIT_SECONDS) -> tuple[DhcpServerFound, ...]:
    """Ask as a computer and as a phone of each brand. Raises OSError without the right to send (CAP_NET_RAW).

    Our own server does not hear what this machine sends, so whoever answers is another one.
    """
    own = MacAddress.parse(get_if_hwaddr(interface))
    transactions = {
        secrets.randbits(32): vendor_class for vendor_class in ("", *(d.vendor_class_start for d in ALL_DRIVERS))
    }
    discovers = [_discover(own, transaction, vendor_class) for transaction, vendor_class in transactions.items()]
    sniffer = AsyncSniffer(
        iface=interface,
        lfilter=lambda packet: packet.haslayer(BOOTP) and packet[BOOTP].op == 2 and packet[BOOTP].xid in transactions,
        started_callback=lambda: sendp(discovers, iface=interface, verbose=False),
    )
    sniffer.start()
    sniffer.join(timeout=wait_seconds)
    if sniffer.running:
        sniffer.stop()
    return merged(found for packet in sniffer.results or () if (found := server_in_offer(bytes(packet))) is not None)


def watch_servers(interface: str, report: Path, stop: threading.Event, started: Callable[[], None]) -> None:
    """Ask now and every LOOK_EVERY_SECONDS until `stop`, and keep the answer in `report` for the status."""
    started()
    while True:
        keep_report(report, find_servers(interface))
        if stop.wait(LOOK_EVERY_SECONDS):
            return


def server_in_offer(frame: bytes) -> DhcpServerFound | None:
    """Return who made an offer; None when the frame is none."""
    packet = Ether(frame)
    if not packet.haslayer(BOOTP) or not packet.haslayer(UDP):
        return None
    options = _options(bytes(packet[UDP].payload)[_COOKIE_END:])
    server = options.get(_SERVER, b"")
    if options.get(_MESSAGE_TYPE) != bytes([_OFFER]) or len(server) != 4:
        return None
    return DhcpServerFound(
        address=".".join(str(byte) for byte in server),
        mac=MacAddress.parse(packet[Ether].src),
        hands_out={code: _shown(options[code]) for code in FOR_PHONES if options.get(code)},
    )


def merged(offers: Iterable[DhcpServerFound]) -> tuple[DhcpServerFound, ...]:
    """Return each server once, with all it hands out to anybody."""
    servers: dict[str, DhcpServerFound] = {}
    for offer in offers:
        known = servers.get(offer.address, offer)
        hands_out = {**known.hands_out, **offer.hands_out}
        servers[offer.address] = DhcpServerFound(address=offer.address, mac=offer.mac, hands_out=hands_out)
    return tuple(servers[address] for address in sorted(servers))


def _discover(mac: MacAddress, transaction: int, vendor_class: str) -> Ether:
    options: list[object] = [("message-type", "discover"), ("param_req_list", [1, 3, 6, 42, *FOR_PHONES])]
    if vendor_class:
        options.insert(1, ("vendor_class_id", vendor_class.encode()))
    return (
        Ether(src=str(mac), dst="ff:ff:ff:ff:ff:ff")
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=bytes.fromhex(mac.digits) + bytes(10), xid=transaction, flags=0x8000)
        / DHCP(options=[*options, "end"])
    )


def _options(data: bytes) -> dict[int, bytes]:
    """RFC 2132 section 2: code, length, value; a code that comes again goes on (RFC 3396)."""
    options: dict[int, bytes] = {}
    at = 0
    while at < len(data) and data[at] != _END:
        if data[at] == _PAD:
            at += 1
            continue
        if at + 1 >= len(data):
            break
        code, length = data[at], data[at + 1]
        options[code] = options.get(code, b"") + data[at + 2 : at + 2 + length]
        at += 2 + length
    return options


def _shown(value: bytes) -> str:
    text = value.rstrip(b"\0").decode("utf-8", "replace")
    return text if text.isprintable() else value.hex(":")

"""Listens on the LAN for DHCP requests, ARP and SIP registrations: who is there, whoever gives out addresses."""

from __future__ import annotations

import ctypes
import re
import socket
import struct
import threading
from collections.abc import Callable
from datetime import datetime

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers.recognition import Evidence
from provisioning.phone_identity import SeenBy, Sighting, sighting_from

ETH_P_ALL = 0x0003  # linux/if_ether.h
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
LARGEST_FRAME_BYTES = 2048
NO_ADDRESS = "0.0.0.0"
_USER = re.compile(r"sips?:([^@>;]+)@")

SIP_PORT = 5060
# Classic BPF (linux/filter.h): ARP, unfragmented UDP to port 67, or to 5060 if it is a REGISTER. The kernel drops all
# else, so that neither the sound of calls nor their signalling comes up to us.
_FILTER = (
    (0x28, 0, 0, 12),  # load EtherType
    (0x15, 11, 0, 0x0806),  # ARP: take
    (0x15, 0, 11, 0x0800),  # not IPv4: drop
    (0x30, 0, 0, 23),  # load protocol
    (0x15, 0, 9, 17),  # not UDP: drop
    (0x28, 0, 0, 20),  # load flags and fragment offset
    (0x45, 7, 0, 0x1FFF),  # a later fragment: drop
    (0xB1, 0, 0, 14),  # X = length of the IP header
    (0x48, 0, 0, 16),  # load destination port
    (0x15, 3, 0, 67),  # a DHCP server's: take
    (0x15, 0, 3, SIP_PORT),  # not SIP's: drop
    (0x40, 0, 0, 22),  # load the first four letters of the message
    (0x15, 0, 1, int.from_bytes(b"REGI")),  # not a REGISTER: drop
    (0x06, 0, 0, LARGEST_FRAME_BYTES),
    (0x06, 0, 0, 0),
)


def watch(
    interface: str,
    noted: SightingNoted,
    clock: Callable[[], datetime],
    stop: threading.Event,
    started: Callable[[], None],
) -> None:
    """Report phones until `stop`. Raises OSError without the right to listen (CAP_NET_RAW)."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)) as listener:
        _attach_filter(listener)
        listener.bind((interface, ETH_P_ALL))
        listener.settimeout(0.2)
        started()
        while not stop.is_set():
            try:
                frame, (_, _, direction, *_) = listener.recvfrom(LARGEST_FRAME_BYTES)
            except TimeoutError:
                continue
            if direction == socket.PACKET_OUTGOING:
                continue  # our own search for other DHCP servers, which names each maker, is no phone
            sighting = sighting_in_frame(frame, clock())
            if sighting is not None:
                noted(sighting)


def sighting_in_frame(frame: bytes, when: datetime) -> Sighting | None:
    """Return the phone that an Ethernet frame tells of, if it does; any bytes may come."""
    try:
        packet = Ether(frame)
        if packet.haslayer(DHCP) and packet.haslayer(BOOTP):
            return _in_dhcp(packet, when)
        if packet.haslayer(UDP) and packet[UDP].dport == SIP_PORT:
            return _in_registration(packet, when)
        if packet.haslayer(ARP):
            mac = MacAddress.parse(packet[ARP].hwsrc)
            address = str(packet[ARP].psrc)
            return sighting_from(
                Evidence(mac=mac), SeenBy.ARP, when, address=address if address != NO_ADDRESS else None
            )
    except (InvalidValueError, ValueError, struct.error, IndexError, AttributeError, TypeError):
        return None  # a frame that only looks like one of ours
    return None


def _in_dhcp(packet: Ether, when: datetime) -> Sighting | None:
    options = {option[0]: option[1] for option in packet[DHCP].options if isinstance(option, tuple)}
    mac = MacAddress.parse(bytes(packet[BOOTP].chaddr)[:6].hex())
    address = options.get("requested_addr") or str(packet[BOOTP].ciaddr)
    return sighting_from(
        Evidence(mac=mac, vendor_class=_text(options.get("vendor_class_id", b""))),
        SeenBy.DHCP,
        when,
        address=str(address) if address != NO_ADDRESS else None,
    )


def _in_registration(packet: Ether, when: datetime) -> Sighting | None:
    """A phone that tries to log in at a switch says who it is, whether it may or not."""
    head = bytes(packet[UDP].payload).partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    first, *lines = head.split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if not first.startswith("REGISTER "):
        return None
    user = _USER.search(headers.get("to") or headers.get("t", ""))
    return sighting_from(
        Evidence(mac=MacAddress.parse(packet[Ether].src), user_agent=headers.get("user-agent", "")),
        SeenBy.SIP,
        when,
        address=str(packet[IP].src),
        asked=f"REGISTER {user[1] if user else '?'}",
    )


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _attach_filter(listener: socket.socket) -> None:
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in _FILTER))
    header = struct.pack("@HP", len(_FILTER), ctypes.addressof(program))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, header)

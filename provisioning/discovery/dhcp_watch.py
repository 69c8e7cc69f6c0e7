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

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers.recognition import Evidence
from provisioning.phone_identity import SeenBy, Sighting, sighting_from

ETH_P_ALL, ETH_P_IP, ETH_P_ARP = 0x0003, 0x0800, 0x0806  # linux/if_ether.h
SO_ATTACH_FILTER = 26  # asm-generic/socket.h
LARGEST_FRAME_BYTES = 2048
NO_ADDRESS = "0.0.0.0"
_USER = re.compile(r"sips?:([^@>;]+)@")

DHCP_SERVER_PORT, SIP_PORT = 67, 5060
_ARP_OF_IPV4 = bytes.fromhex("0001 0800 06 04")  # Ethernet, IPv4, and the lengths of their addresses
# Classic BPF (linux/filter.h): ARP, unfragmented UDP to port 67, or to 5060 if it is a REGISTER. The kernel drops all
# else, so that neither the sound of calls nor their signalling comes up to us.
_FILTER = (
    (0x28, 0, 0, 12),  # load EtherType
    (0x15, 11, 0, ETH_P_ARP),  # take
    (0x15, 0, 11, ETH_P_IP),  # not IPv4: drop
    (0x30, 0, 0, 23),  # load protocol
    (0x15, 0, 9, socket.IPPROTO_UDP),  # not UDP: drop
    (0x28, 0, 0, 20),  # load flags and fragment offset
    (0x45, 7, 0, 0x1FFF),  # a later fragment: drop
    (0xB1, 0, 0, 14),  # X = length of the IP header
    (0x48, 0, 0, 16),  # load destination port
    (0x15, 3, 0, DHCP_SERVER_PORT),  # a DHCP server's: take
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
    """Return the phone that an Ethernet frame tells of, if it does; any bytes may come.

    The fixed headers are read here (RFC 826, 791, 768): when the power comes back, hundreds of frames come a second.
    """
    try:
        ether_type, body = int.from_bytes(frame[12:14]), frame[14:]
        if ether_type == ETH_P_ARP:
            return _in_arp(body, _mac_text(frame[6:12]), when)
        header_bytes = (body[0] & 0x0F) * 4
        if ether_type != ETH_P_IP or body[9] != socket.IPPROTO_UDP or header_bytes < 20:
            return None
        _source_port, port, length, _checksum = struct.unpack_from("!HHHH", body, header_bytes)
        message = body[header_bytes + 8 : header_bytes + length]
        if port == DHCP_SERVER_PORT:
            return _in_dhcp(BOOTP(message), _mac_text(frame[6:12]), when)
        if port == SIP_PORT:
            return _in_registration(message, frame[6:12], socket.inet_ntoa(body[12:16]), when)
    except (InvalidValueError, ValueError, struct.error, OSError, IndexError, AttributeError, TypeError):
        return None  # a frame that only looks like one of ours
    return None


def _in_arp(body: bytes, sender: str, when: datetime) -> Sighting | None:
    if body[:6] != _ARP_OF_IPV4:
        return None
    address = socket.inet_ntoa(body[14:18])
    mac = MacAddress.parse(body[8:14].hex())
    return sighting_from(
        Evidence(mac=mac),
        SeenBy.ARP,
        when,
        address=address if address != NO_ADDRESS else None,
        source=sender if sender != str(mac) else "",
    )


def _in_dhcp(packet: BOOTP, sender: str, when: datetime) -> Sighting | None:
    if not packet.haslayer(DHCP):
        return None
    options = {option[0]: option[1] for option in packet[DHCP].options if isinstance(option, tuple)}
    mac = MacAddress.parse(bytes(packet.chaddr)[:6].hex())
    address = options.get("requested_addr") or str(packet.ciaddr)
    is_relayed = str(packet.giaddr) != NO_ADDRESS  # by a router, for phones of another network (RFC 2131 section 4.1)
    return sighting_from(
        Evidence(mac=mac, vendor_class=_text(options.get("vendor_class_id", b""))),
        SeenBy.DHCP,
        when,
        address=str(address) if address != NO_ADDRESS else None,
        source="" if is_relayed or sender == str(mac) else sender,
    )


def _mac_text(raw: bytes) -> str:
    return raw.hex(":")


def _in_registration(message: bytes, mac: bytes, address: str, when: datetime) -> Sighting | None:
    """A phone that tries to log in at a switch says who it is, whether it may or not."""
    head = message.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    first, *lines = head.split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if not first.startswith("REGISTER "):
        return None
    user = _USER.search(headers.get("to") or headers.get("t", ""))
    return sighting_from(
        Evidence(mac=MacAddress.parse(mac.hex()), user_agent=headers.get("user-agent", "")),
        SeenBy.SIP,
        when,
        address=address,
        asked=f"REGISTER {user[1] if user else '?'}",
    )


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _attach_filter(listener: socket.socket) -> None:
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in _FILTER))
    header = struct.pack("@HP", len(_FILTER), ctypes.addressof(program))
    listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, header)

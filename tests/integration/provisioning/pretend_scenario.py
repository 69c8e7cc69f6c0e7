"""Runs inside a network namespace of its own: one device on the box's cable pretends to be many phones.

Takes a folder, a way of being seen and a number of phones; prints JSON. test_pretending.py holds the claims.
"""

from __future__ import annotations

import json
import resource
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether
from zeroconf._dns import DNSAddress, DNSPointer, DNSService
from zeroconf._protocol.outgoing import DNSOutgoing

from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from provisioning.discovery.inventory import KnownPhone, read_phones
from provisioning.drivers import ALL_DRIVERS
from provisioning.enrolment import seal
from provisioning.guess_report import read_guessers
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.publish import publish
from provisioning.serve import run as serve
from tests.contract.test_phone_drivers import a_profile
from tests.integration.provisioning.pretend_by_web import MANY_ADDRESSES, ONE_ADDRESS, asking, device, web_server

BOX = "10.66.0.1"
HOST, HOST_MAC = "10.66.0.66", "02:00:00:00:00:66"
REAL, REAL_MAC = "10.66.0.20", "80:5e:c0:00:09:09"  # plugged in while the other pretends
A_REAL_PHONE = MacAddress.parse(REAL_MAC)
WORKING = "10.66.0.30"  # of the office, registered all the time
WAIT_SECONDS = 20.0
FACTS = NetworkFacts(
    interface="box0", address=BOX, prefix_length=24, router="10.66.0.254", dns="10.66.0.254",
    dhcp_role=DhcpRole.NEIGHBOUR,
)  # fmt: skip


def main(root: Path, way: str, count: int) -> dict[str, object]:
    paths = Paths(root)
    for command in (
        "link set lo up", "link add box0 type veth peer name phone0", "link set box0 up", "link set phone0 up",
        f"addr add {BOX}/24 dev box0", f"neigh replace {HOST} lladdr {HOST_MAC} dev box0 nud permanent",
        f"neigh replace {REAL} lladdr {REAL_MAC} dev box0 nud permanent",
    ):  # fmt: skip
        subprocess.run(["ip", *command.split()], check=True)
    profile = a_profile(ALL_DRIVERS[0], "SIP-T46U")
    publish(paths, [profile])
    seal(paths, profile.mac)
    mac = str(profile.mac)
    paths.run.mkdir(parents=True, exist_ok=True)
    contact = {"sip_user": "u", "address": WORKING, "is_reachable": True}
    paths.live_state.write_text(json.dumps({"contacts": [contact]}))
    stop = threading.Event()
    service = threading.Thread(target=serve, args=(paths, FACTS, stop))
    with Cable() as cable, ExitStack() as beside:
        service.start()
        try:
            wait_until(lambda: cable.send(dhcp(mac, mac, WORKING)) and known(paths, profile.mac))
            working = known(paths, profile.mac)
            memory = resident_kilobytes()
            began = time.monotonic()
            claims = by_web(beside, paths, way, profile.mac, count) if way in BY_WEB else WAYS[way](profile.mac, count)
            for number, frame in enumerate(claims):
                if frame:
                    cable.send(frame)
                if number == count // 2:
                    look = SeenAt(paths)
                    look.start()
                if number >= count // 2 and number % 50 == 0:
                    for real in a_real_phone():
                        cable.send(real)
            seconds = time.monotonic() - began
            wait_until(lambda: all(map(cable.send, a_real_phone())) and known(paths, A_REAL_PHONE))
            look.join()
            settle(paths)
            listed = read_phones(paths.sightings)
            return {
                "seconds": seconds,
                "listed": len(listed),
                "real": shown(known(paths, A_REAL_PHONE)),
                "real_seen_after": look.seconds,
                "working_before": shown(working),
                "working_after": shown(known(paths, profile.mac)),
                "grown_kilobytes": resident_kilobytes() - memory,
                "disk_bytes": paths.sightings.stat().st_size,
                "report": [asdict(one) for one in read_guessers(paths)],
            }
        finally:
            stop.set()
            service.join()


class SeenAt(threading.Thread):
    """Looks at the list, as a page does, until the real phone is in it; `seconds` tells how long that was."""

    def __init__(self, paths: Paths) -> None:
        super().__init__()
        self._paths = paths
        self.seconds = 0.0

    def run(self) -> None:
        began = time.monotonic()
        wait_until(lambda: known(self._paths, A_REAL_PHONE))
        self.seconds = time.monotonic() - began


class Cable:
    """The other end, where any frame can be sent."""

    def __enter__(self) -> Cable:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self._socket.bind(("phone0", 0))
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, frame: bytes) -> int:
        """Send, let the box have its turn, and return how many bytes went: a slow cable carries 5,000 such a second."""
        sent = self._socket.send(frame)
        time.sleep(0.0002)
        return sent


def invented(count: int) -> Iterator[str]:
    for number in range(count):
        yield f"80:5e:c0:{0xA0 + (number >> 16):02x}:{number >> 8 & 255:02x}:{number & 255:02x}"


def by_dhcp(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for mac in (*invented(count - 1), str(known_mac)):
        yield dhcp(mac, mac)


def by_dhcp_of_one_device(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for mac in (*invented(count - 1), str(known_mac)):
        yield dhcp(mac, HOST_MAC)


def dhcp(mac: str, sender: str, address: str = "10.66.0.99") -> bytes:
    raw = bytes.fromhex(mac.replace(":", ""))
    options = DHCP(options=[("message-type", "request"), ("requested_addr", address),
                            ("vendor_class_id", "yealink"), "end"])  # fmt: skip
    head = Ether(src=sender, dst="ff:ff:ff:ff:ff:ff") / IP(src="0.0.0.0", dst="255.255.255.255")
    return bytes(head / UDP(sport=68, dport=67) / BOOTP(chaddr=raw + bytes(10)) / options)


def by_arp(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for number, mac in enumerate((*invented(count - 1), str(known_mac))):
        own = f"10.66.0.{100 + number % 100}"
        yield bytes(Ether(src=mac, dst="ff:ff:ff:ff:ff:ff") / ARP(hwsrc=mac, psrc=own, pdst=own))


def by_pnp(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for mac in (*invented(count - 1), str(known_mac)):
        user = f"MAC%3a{mac.replace(':', '')}"
        text = (
            f"SUBSCRIBE sip:{user}@224.0.1.75 SIP/2.0\r\nVia: SIP/2.0/UDP {HOST}:5066;branch=z9hG4bK1\r\n"
            f"From: <sip:{user}@224.0.1.75>;tag=7\r\nTo: <sip:{user}@224.0.1.75>\r\nCall-ID: {user}\r\n"
            f"CSeq: 1 SUBSCRIBE\r\nContact: <sip:{user}@{HOST}:5066>\r\n"
            f'Event: ua-profile;profile-type="device";vendor="Yealink";model="SIP-T46U";version="{"9" * 800}"\r\n\r\n'
        )
        yield udp(HOST_MAC, "01:00:5e:00:01:4b", HOST, "224.0.1.75", 5066, 5060, text.encode())


def by_tftp(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for mac in (*invented(count - 1), str(known_mac)):
        yield tftp(mac, HOST_MAC, HOST)


def by_tftp_from_anywhere(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for number, mac in enumerate((*invented(count - 1), str(known_mac))):
        yield tftp(mac, HOST_MAC, f"198.18.{number >> 8 & 255}.{number & 255}")


def by_registering(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    for mac in (*invented(count - 1), str(known_mac)):
        text = (
            f"REGISTER sip:{BOX} SIP/2.0\r\nVia: SIP/2.0/UDP {HOST};branch=z9hG4bK2\r\nTo: <sip:210@{BOX}>\r\n"
            f"User-Agent: Yealink SIP-T46U {'9' * 700}\r\n\r\n"
        )
        yield udp(mac, BOX_MAC, HOST, BOX, 5060, 5060, text.encode())


def by_mdns(known_mac: MacAddress, count: int) -> Iterator[bytes]:
    web_page = "_http._tcp.local."
    for number in range(count):
        said = DNSOutgoing(0x8400)  # an answer, of who knows (RFC 6762 section 18)
        name, host = f"Yealink SIP-T46U {number}.{web_page}", f"phone{number}.local."
        said.add_answer_at_time(DNSPointer(web_page, 12, 1, 4500, name), 0)
        if number % 2:  # the other half says that it is there, and never where
            said.add_answer_at_time(DNSService(name, 33, 1, 4500, 0, 0, 80, host), 0)
            said.add_answer_at_time(DNSAddress(host, 1, 1, 4500, socket.inet_aton(HOST)), 0)
        yield udp(HOST_MAC, "01:00:5e:00:00:fb", HOST, "224.0.0.251", 5353, 5353, said.packets()[0])


def by_web(beside: ExitStack, paths: Paths, way: str, known_mac: MacAddress, count: int) -> Iterator[bytes]:
    """No frames: what is asked is sent by another program, and this says when it was answered."""
    beside.enter_context(web_server(paths, BOX))
    holder = beside.enter_context(device("phone0", HOST_MAC, BY_WEB[way]))
    for _ in asking(holder, BOX, BY_WEB[way], (*invented(count - 1), str(known_mac))):
        yield b""


def tftp(mac: str, sender: str, address: str) -> bytes:
    name = f"{mac.replace(':', '')}.cfg".encode()
    return udp(sender, BOX_MAC, address, BOX, 3000, 69, b"\x00\x01" + name + b"\x00octet\x00")


BOX_MAC = "ff:ff:ff:ff:ff:ff"  # a broadcast frame is taken by whoever its IP address means
WAYS: dict[str, Callable[[MacAddress, int], Iterator[bytes]]] = {
    "dhcp": by_dhcp,
    "dhcp of one device": by_dhcp_of_one_device,
    "arp": by_arp,
    "pnp": by_pnp,
    "tftp": by_tftp,
    "tftp from anywhere": by_tftp_from_anywhere,
    "registering": by_registering,
    "mdns": by_mdns,
}

BY_WEB = {"http": ONE_ADDRESS, "http from many addresses": MANY_ADDRESSES}


def udp(sender: str, to: str, source: str, target: str, source_port: int, port: int, body: bytes) -> bytes:
    """A frame by hand: scapy makes 2,000 a second, and this is asked for 20,000."""
    length = 8 + len(body)
    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, 17, 0, socket.inet_aton(source),
                       socket.inet_aton(target))  # fmt: skip
    total = sum(struct.unpack("!10H", head))
    total = (total & 0xFFFF) + (total >> 16)
    head = head[:10] + struct.pack("!H", ~(total + (total >> 16)) & 0xFFFF) + head[12:]
    ethernet = bytes.fromhex(to.replace(":", "")) + bytes.fromhex(sender.replace(":", "")) + b"\x08\x00"
    return ethernet + head + struct.pack("!HHHH", source_port, port, length, 0) + body


def a_real_phone() -> tuple[bytes, ...]:
    """What one phone does that is plugged in: it asks for an address, tells of it, and asks for its first file."""
    arp = ARP(hwsrc=REAL_MAC, psrc=REAL, pdst=REAL)
    return (
        dhcp(REAL_MAC, REAL_MAC, REAL),
        bytes(Ether(src=REAL_MAC, dst="ff:ff:ff:ff:ff:ff") / arp),
        tftp(REAL_MAC, REAL_MAC, REAL),
    )


def known(paths: Paths, mac: MacAddress) -> KnownPhone | None:
    return next((phone for phone in read_phones(paths.sightings) if phone.mac == mac), None)


def shown(phone: KnownPhone | None) -> dict[str, str] | None:
    """What a page shows of a phone."""
    if phone is None:
        return None
    facts = {name: str(getattr(phone, name)) for name in ("brand", "model", "firmware", "address", "state", "because")}
    return {**facts, "asked": " ".join(one.asked for one in phone.requests)}


def settle(paths: Paths) -> None:
    """Wait until what came is on the disk: two looks that are alike."""
    before = None
    for _ in range(40):
        now = paths.sightings.stat().st_mtime_ns
        if now == before:
            return
        before = now
        time.sleep(0.6)  # written every quarter second; no event tells that there is nothing more to write


def resident_kilobytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024


def wait_until(is_so: Callable[[], object]) -> None:
    limit = time.monotonic() + WAIT_SECONDS
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.1)  # no event tells of another thread's file; between two looks


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])), default=str))

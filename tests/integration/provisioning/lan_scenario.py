"""Runs inside a network namespace of its own: a LAN of two ends, the box on one and phones on the other.

Prints one JSON object of what was seen; test_lan.py holds the claims.
"""

from __future__ import annotations

import ipaddress
import itertools
import json
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from scapy.config import conf
from scapy.layers.dhcp import BOOTP, DHCP
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether
from scapy.sendrecv import AsyncSniffer, sendp

from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from provisioning.discovery.address_scan import scan
from provisioning.discovery.dhcp_servers import server_in_offer
from provisioning.discovery.inventory import read_phones
from provisioning.discovery.neighbours import mac_at
from provisioning.drivers import ALL_DRIVERS
from provisioning.enrolment import seal, set_phones
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.publish import publish
from provisioning.resync import ask_to_resync
from provisioning.serve import run as serve
from provisioning.servers.dhcp_option66 import DhcpServer, prepare_dhcp_server
from tests.contract.test_phone_drivers import a_profile

BOX = "10.66.0.1"
_FREE = itertools.count(200)
WAIT_SECONDS = 10.0
FACTS = NetworkFacts(
    interface="box0",
    address=BOX,
    prefix_length=24,
    router="10.66.0.254",
    dns="10.66.0.254",
    dhcp_role=DhcpRole.SERVER,
    pool_start="10.66.0.100",
    pool_end="10.66.0.150",
    voice_vlan=20,
    reservations=("80:5e:c0:00:00:11=10.66.0.77",),
)


def main(root: Path) -> dict[str, object]:
    paths = Paths(root)
    for command in (
        "link set lo up",
        "link add box0 type veth peer name phone0",
        "link set box0 up",
        "link set phone0 up",
        f"addr add {BOX}/24 dev box0",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    conf.ifaces.reload()
    stop = threading.Event()
    service = threading.Thread(target=serve, args=(paths, FACTS, stop))
    service.start()
    try:
        found = {
            "health": health(paths),
            "offers": offers(paths),
            "pnp": pnp(),
            "resync": resync(),
            "scan": scanned(),
            "neighbours": neighbours(),
        }
        found["listed"] = listed(paths)
        found["pnp_when_sealed"] = pnp_when_sealed(paths)
        return found
    finally:
        stop.set()
        service.join()


def health(paths: Paths) -> object:
    answer = "{}"
    for _ in until():
        answer = subprocess.run(
            ["curl", "-s", "--unix-socket", str(paths.run / "provisioning.sock"), "http://box/health"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        if answer and json.loads(answer)["ok"]:
            break
    return json.loads(answer or "{}")


def offers(paths: Paths) -> dict[str, str]:
    """DISCOVER as each brand's phone, and as a computer; return the raw bytes of option 66 in the offer."""
    configuration = prepare_dhcp_server(DhcpServer(paths=paths, facts=FACTS, drops_root=False))
    server = subprocess.Popen(["dnsmasq", f"--conf-file={configuration}"], stderr=subprocess.DEVNULL)
    try:
        found: dict[str, str] = {}
        for name, mac, vendor_class in (
            ("yealink", "805ec0000001", "yealink"),
            ("yealink by address", "805ec0000011", "other"),
            ("snom", "000413000002", "snomD785"),
            ("grandstream", "c074ad000003", "Grandstream GRP2614"),
            ("panasonic", "bcc342000004", "Panasonic"),
            ("panasonic by class", "3c0000000004", "Panasonic"),
            ("computer", "3c0000000005", "MSFT 5.0"),
        ):
            options = offer(bytes.fromhex(mac), vendor_class)
            text = options.get("tftp_server_name", b"")
            # RFC 2132 section 2: a receiver takes one NUL at the end off a text.
            found[name] = text.decode("latin-1").removesuffix("\0") if isinstance(text, bytes) else str(text)
            found[f"{name} ntp"] = str(options.get("NTP_server"))
            found[f"{name} others"] = " ".join(_shown(options.get(code)) for code in (132, 133, 159, 160))
            found[f"{name} address"] = str(options["yiaddr"])
        return found
    finally:
        server.terminate()
        server.wait()


def offer(mac: bytes, vendor_class: str) -> dict[str | int, object]:
    discover = (
        Ether(src=mac, dst="ff:ff:ff:ff:ff:ff")
        / IP(src="0.0.0.0", dst="255.255.255.255")
        / UDP(sport=68, dport=67)
        / BOOTP(chaddr=mac + bytes(10), xid=int.from_bytes(mac[2:]), flags=0x8000)
        / DHCP(
            options=[
                ("message-type", "discover"),
                ("vendor_class_id", vendor_class.encode()),
                ("param_req_list", [1, 3, 6, 42, 66, 132, 133, 159, 160]),
                "end",
            ]
        )
    )
    for _ in until():
        sniffer = AsyncSniffer(
            iface="phone0",
            count=1,
            lfilter=lambda packet: packet.haslayer(BOOTP) and packet[BOOTP].op == 2,
            started_callback=lambda: sendp(discover, iface="phone0", verbose=False),
        )
        sniffer.start()
        sniffer.join(timeout=1)
        if sniffer.running:
            sniffer.stop()
        if sniffer.results:
            packet = sniffer.results[0]
            told = {option[0]: option[1] for option in packet[DHCP].options if isinstance(option, tuple)}
            server = server_in_offer(bytes(packet))  # scapy has names of its own for 159 and 160
            assert server is not None
            texts = {code: text.encode() for code, text in server.hands_out.items()}
            return {**texts, **told, "yiaddr": packet[BOOTP].yiaddr}
    return {}


def _shown(option: object) -> str:
    return option.decode().rstrip("\0") if isinstance(option, bytes) else "-"


def pnp() -> dict[str, list[str]]:
    return {
        "yealink": subscribe("MAC%3a805ec0a1b2c3", 'vendor="Yealink";model="SIP-T46U";version="108.86.0.20"'),
        "snom": subscribe("MAC%3a000413A1B2C4", 'vendor="snom";model="snomD785";version="10.1.33.33"'),
        "grandstream": subscribe("MAC%3AC074ADA1B2C5", 'vendor="Grandstream";model="GRP2614"'),
        "panasonic": subscribe("MACbcc342a1b2c6", "vender=Panasonic;model=KX-HDV230X", "o"),
        "stranger": subscribe("MAC%3a3c0000a1b2c7", 'vendor="Other";model="X"', seconds=0.6),
        "in another's name": subscribe(
            "MAC%3a805ec0a1b2c9", 'vendor="Yealink";model="SIP-T46U"', seconds=0.6, device="805ec0a1b2ff"
        ),
        "other event": subscribe("MAC%3a805ec0a1b2c3", "x=1", event_name="Event: presence\r\nX-Not", seconds=0.6),
    }


def pnp_when_sealed(paths: Paths) -> dict[str, list[str]]:
    profile = a_profile(ALL_DRIVERS[0], "SIP-T46U")
    publish(paths, [profile])
    seal(paths, profile.mac)
    about = 'vendor="Yealink";model="SIP-T46U"'
    silent = subscribe(f"MAC{profile.mac.digits}", about, seconds=0.6)
    others = subscribe(f"MAC{profile.mac.digits}", about, seconds=0.6, device="805ec0a1b2ff")
    set_phones(paths, {})
    return {"sealed": silent, "in its name": others, "forgotten": subscribe(f"MAC{profile.mac.digits}", about)}


def subscribe(user: str, about: str, event_name: str = "Event", *, seconds: float = 5.0, device: str = "") -> list[str]:
    """Ask the group as a phone does; return the first line of each answer, and the body of the NOTIFY.

    The phone is the other end of the cable, with a MAC address of its choice: that of its name, if `device` is empty.
    """
    mac = MacAddress.parse(device or user[-12:])
    address, port = f"10.66.0.{next(_FREE)}", 5066
    subprocess.run(
        ["ip", "neigh", "replace", address, "lladdr", str(mac), "dev", "box0", "nud", "permanent"], check=True
    )
    request = (
        f"SUBSCRIBE sip:{user}@224.0.1.75 SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {address}:{port};branch=z9hG4bK1;rport\r\n"
        f"From: <sip:{user}@224.0.1.75>;tag=7\r\nTo: <sip:{user}@224.0.1.75>\r\n"
        f"Call-ID: {user}{address}\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:{user}@{address}:{port}>\r\n"
        f'{event_name}: ua-profile;profile-type="device";{about}\r\n'
        "Expires: 0\r\nAccept: application/url\r\nContent-Length: 0\r\n\r\n"
    )
    answers: list[str] = []
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as cable:
        cable.bind(("phone0", 0x0800))
        frame = Ether(src=str(mac), dst="01:00:5e:00:01:4b") / IP(src=address, dst="224.0.1.75", ttl=1)
        sendp(frame / UDP(sport=port, dport=5060) / request.encode(), iface="phone0", verbose=False)
        limit = time.monotonic() + seconds
        while len(answers) < 3 and time.monotonic() < limit:
            cable.settimeout(max(0.01, limit - time.monotonic()))
            try:
                received = Ether(cable.recv(4096))
            except TimeoutError:
                break
            if IP in received and UDP in received and received[IP].dst == address and received[UDP].dport == port:
                head, _, body = bytes(received[UDP].payload).decode().partition("\r\n\r\n")
                answers.append(head.split("\r\n")[0].split(" sip:")[0])
                if body:
                    answers.append(body)
    return answers


def resync() -> dict[str, object]:
    """A phone that answers, and a place where nobody is."""
    driver = ALL_DRIVERS[0]
    received: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((BOX, 0))

        def answer() -> None:
            request, box = phone.recvfrom(4096)
            received.append(request.decode())
            phone.sendto(b"SIP/2.0 200 OK\r\n\r\n", box)

        answering = threading.Thread(target=answer)
        answering.start()
        code = ask_to_resync(BOX, driver.resync_event, phone.getsockname()[1])
        answering.join()
    return {
        "code": code,
        "nobody": ask_to_resync(BOX, driver.resync_event, 9, 0.3),
        "event": next(line for line in received[0].split("\r\n") if line.startswith("Event:")),
    }


def scanned() -> list[list[str]]:
    """Scan from the other end, where the box is the only device."""
    return [[str(mac), address] for mac, address in scan("phone0", ipaddress.IPv4Network("10.66.0.0/29"))]


def neighbours() -> dict[str, str]:
    """Ask the kernel for a device it knows, one that did not answer, one it never met, and another interface's."""
    known, silent = ["neigh", "add", "10.66.0.31", "lladdr", KNOWN, "dev", "box0"], ["10.66.0.32", "dev", "box0"]
    subprocess.run(["ip", *known, "nud", "permanent"], check=True)
    subprocess.run(["ip", "neigh", "add", *silent, "nud", "failed"], check=True)
    asked = ("10.66.0.31", "box0"), ("10.66.0.32", "box0"), ("10.66.0.33", "box0"), ("10.66.0.31", "phone0")
    found = {f"{address} {interface}": str(mac_at(address, interface)) for address, interface in asked}
    subprocess.run(["ip", "neigh", "del", "10.66.0.31", "dev", "box0"], check=True)
    return found | {"no address": str(mac_at("phone", "box0")), "no interface": str(mac_at("10.66.0.31", "x" * 40))}


KNOWN = "80:5e:c0:00:00:31"
REGISTERING = "00:04:13:00:00:0a"


def _register() -> None:
    """A phone that was set up by hand tries to log in at the switch."""
    request = (
        f"REGISTER sip:{BOX} SIP/2.0\r\nVia: SIP/2.0/UDP 10.66.0.10;branch=z9hG4bK2\r\n"
        f"From: <sip:210@{BOX}>;tag=1\r\nTo: <sip:210@{BOX}>\r\nCall-ID: x\r\nCSeq: 1 REGISTER\r\n"
        "User-Agent: Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12 00041300000A)\r\n\r\n"
    )
    frame = Ether(src=REGISTERING, dst="ff:ff:ff:ff:ff:ff") / IP(src="10.66.0.10", dst=BOX)
    sendp(frame / UDP(sport=5060, dport=5060) / request.encode(), iface="phone0", verbose=False)


def listed(paths: Paths) -> list[dict[str, str | None]]:
    """Let one phone be heard by ARP alone, then return the list of phones."""
    arp = ARP(hwsrc="ec:74:d7:00:00:09", psrc="10.66.0.9", pdst="10.66.0.9")
    late = {MacAddress("ec74d7000009"), MacAddress.parse(REGISTERING)}
    for _ in until():
        _register()
        sendp(Ether(src=arp.hwsrc, dst="ff:ff:ff:ff:ff:ff") / arp, iface="phone0", verbose=False)
        if late <= {phone.mac for phone in read_phones(paths.sightings)}:
            break
    return [
        {
            "mac": str(phone.mac),
            "brand": phone.brand,
            "model": phone.model,
            "address": phone.address,
            "state": phone.state,
            "because": phone.because,
            "asked": phone.requests[-1].asked if phone.requests else None,
        }
        for phone in read_phones(paths.sightings)
    ]


def until() -> Iterator[None]:
    """Turns of waiting for something to come true, until it should long have."""
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.1)  # no event tells of another process's file or start; between two looks


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    print(json.dumps(main(Path(sys.argv[1]))))

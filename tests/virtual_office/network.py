"""The wires of the virtual office: namespaces, bridges and links, and how they are cut.

    phones ── phones bridge ══ lan bridge ── box
                 (lan link)        └──────── router ── wan bridge ── provider, mobile

Everything lives in network namespaces of the supervisor's own; the host's network is never touched.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, replace

BOX_ADDRESS = "192.168.77.2"
ROUTER_ADDRESS = "192.168.77.1"
LAN_PREFIX_LENGTH = 24
ROUTER_WAN_ADDRESS = "203.0.113.1"  # RFC 5737 documentation network
PROVIDER_ADDRESSES = {"line1": "203.0.113.10", "line2": "203.0.113.20"}
SUBSCRIBER_ADDRESS = "203.0.113.11"  # of the provider, for its other customers: no office line's cut touches it
OUTSIDE_ADDRESS = "203.0.113.30"  # the mobile, and the emergency centre

SWITCH = "sw"
PLACES = (SWITCH, "box", "router", "provider", "outside")


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualPhone:
    """A desk phone as it leaves its carton: a brand and a MAC address; `tone_hz` is the voice of who uses it.

    `kind`: its model and generation (desk_phone/kinds.py), which the four ordinary ones have the name of.
    """

    name: str
    brand: str
    mac: str
    tone_hz: int
    kind: str = ""


PHONES = (
    VirtualPhone(name="yealink", brand="yealink", mac="80:5e:c0:77:01:01", tone_hz=440),
    VirtualPhone(name="snom", brand="snom", mac="00:04:13:77:01:02", tone_hz=523),
    VirtualPhone(name="grandstream", brand="grandstream", mac="c0:74:ad:77:01:03", tone_hz=587),
    VirtualPhone(name="panasonic", brand="panasonic", mac="bc:c3:42:77:01:04", tone_hz=659),
)


def _kind(name: str, brand: str, mac: str, tone_hz: int) -> VirtualPhone:
    return VirtualPhone(name=name, brand=brand, mac=mac, tone_hz=tone_hz, kind=name)


KINDS = (
    *PHONES,
    _kind("t28p", "yealink", "00:15:65:77:02:01", 310),
    _kind("t46s", "yealink", "80:5e:0c:77:02:02", 350),
    _kind("t54w", "yealink", "24:9a:d8:77:02:03", 390),
    _kind("w70b", "yealink", "ec:1d:a9:77:02:04", 480),
    _kind("snom320", "snom", "00:04:13:77:02:05", 560),
    _kind("snom710", "snom", "00:04:13:77:02:06", 620),
    _kind("d725", "snom", "00:04:13:77:02:07", 690),
    _kind("m700", "snom", "00:04:13:77:02:08", 730),
    _kind("m900", "snom", "00:04:13:77:02:09", 780),
    _kind("gxp2130", "grandstream", "00:0b:82:77:02:0a", 830),
    _kind("gxp2170", "grandstream", "00:0b:82:77:02:0b", 880),
    _kind("ht802", "grandstream", "ec:74:d7:77:02:0c", 930),
    _kind("dp750", "grandstream", "c0:74:ad:77:02:0d", 980),
    _kind("hdv130", "panasonic", "bc:c3:42:77:02:0e", 1030),
    _kind("hdv330", "panasonic", "bc:c3:42:77:02:0f", 1080),
    _kind("ut123", "panasonic", "00:80:f0:77:02:10", 1130),
    _kind("ut136", "panasonic", "00:80:f0:77:02:11", 1180),
    _kind("tgp600", "panasonic", "08:00:23:77:02:12", 1230),
)


def chosen(names: Sequence[str]) -> tuple[VirtualPhone, ...]:
    """Phones of KINDS by name; `yealink-2` is another unit of the kind."""
    return tuple(_unit(name) for name in names)


def _unit(name: str) -> VirtualPhone:
    kind, _, number = name.partition("-")
    first = next(phone for phone in KINDS if phone.name == kind)
    if not number:
        return first
    mac = f"{first.mac[:9]}{int(number):02x}{first.mac[11:]}"
    return replace(first, name=name, mac=mac, tone_hz=first.tone_hz + 10 * int(number))


def inside(place: str, command: Sequence[str]) -> list[str]:
    """Return the command as it runs in a place of the virtual office (for a process of the supervisor)."""
    return ["nsenter", f"--net=/run/netns/{place}", "--", *command]


def build(phones: Sequence[VirtualPhone]) -> None:
    """Make every namespace and link; the supervisor's own mount namespace holds them, so they end with it."""
    _run("mount", "-t", "tmpfs", "tmpfs", "/run")
    for place in (*PLACES, *(f"phone-{phone.name}" for phone in phones)):
        _run("ip", "netns", "add", place)
        _in(place, "ip", "link", "set", "lo", "up")
    for bridge in ("lan", "phones", "wan"):
        _in(SWITCH, "ip", "link", "add", bridge, "type", "bridge", "forward_delay", "0")
        _in(SWITCH, "ip", "link", "set", bridge, "up")
    _in(SWITCH, "ip", "link", "add", "lan-link", "type", "veth", "peer", "name", "phones-link")
    _plug("lan-link", "lan")
    _plug("phones-link", "phones")
    _cable("box", "eth0", "box", "lan")
    _cable("router", "lan0", "router", "lan")
    _cable("router", "wan0", "router-wan", "wan")
    _cable("provider", "eth0", "provider", "wan")
    _cable("outside", "eth0", "outside", "wan")
    for phone in phones:
        _cable(f"phone-{phone.name}", "eth0", phone.name, "phones", mac=phone.mac)
    _address("box", "eth0", f"{BOX_ADDRESS}/{LAN_PREFIX_LENGTH}")
    _address("router", "lan0", f"{ROUTER_ADDRESS}/{LAN_PREFIX_LENGTH}")
    _address("router", "wan0", f"{ROUTER_WAN_ADDRESS}/24")
    for address in (*PROVIDER_ADDRESSES.values(), SUBSCRIBER_ADDRESS):
        _address("provider", "eth0", f"{address}/24")
    _address("outside", "eth0", f"{OUTSIDE_ADDRESS}/24")
    _in("box", "ip", "route", "add", "default", "via", ROUTER_ADDRESS)
    _in("router", "sysctl", "-qw", "net.ipv4.ip_forward=1")
    _nft(
        "router",
        "table ip nat { chain post { type nat hook postrouting priority 100\n oifname wan0 masquerade\n }\n }\n",
    )


def set_link(end: str, up: bool) -> None:
    """Cut or mend a cable at the switch: lan-link (all phones), router-wan (internet), or a phone's name."""
    _in(SWITCH, "ip", "link", "set", end, "up" if up else "down")


def set_dark(line: str, dark: bool) -> None:
    """Drop, or let pass again, every packet to and from one address of the provider."""
    _nft("provider", f"table ip dark-{line}\ndelete table ip dark-{line}\n")
    if dark:
        address = PROVIDER_ADDRESSES[line]
        _nft(
            "provider",
            f"table ip dark-{line} {{\n"
            f"chain in {{ type filter hook input priority 0\n ip daddr {address} drop\n }}\n"
            f"chain out {{ type filter hook output priority 0\n ip saddr {address} drop\n }}\n}}\n",
        )


def _cable(place: str, interface: str, port: str, bridge: str, mac: str | None = None) -> None:
    hardware = ["address", mac] if mac else []
    _in(SWITCH, "ip", "link", "add", port, "type", "veth", "peer", "name", interface, "netns", place, *hardware)
    _plug(port, bridge)
    _in(place, "ip", "link", "set", interface, "up")


def _plug(port: str, bridge: str) -> None:
    _in(SWITCH, "ip", "link", "set", port, "master", bridge, "up")


def _address(place: str, interface: str, address: str) -> None:
    _in(place, "ip", "address", "add", address, "dev", interface)


def _nft(place: str, rules: str) -> None:
    subprocess.run(inside(place, ["nft", "-f", "-"]), input=rules, text=True, check=True)


def _in(place: str, *command: str) -> None:
    subprocess.run(inside(place, command), check=True)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)

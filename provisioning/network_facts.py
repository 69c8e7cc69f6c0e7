"""The box's own place in the network, as a TOML file that the first boot writes."""

from __future__ import annotations

import ipaddress
import tomllib
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

import tomli_w

from appliance.errors import BelboxError
from appliance.files import make_folder, replace_file
from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError

LAST_VLAN, LAST_PRIORITY = 4094, 7  # IEEE 802.1Q


class DhcpRole(StrEnum):
    """Who gives out addresses: this box, or another machine that we live next to."""

    SERVER = "server"
    NEIGHBOUR = "neighbour"


class NetworkFactsUnreadable(BelboxError):  # noqa: N818
    """The file is missing, or what it says cannot be true."""

    exit_code = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """IPv4 addresses as text. `router` and `dns` are what phones are told; the pool counts as server only.

    `voice_vlan` (0: none) and its priority go to phones by options 132 and 133. `reservations`: `MAC=address`, for
    devices that always get the same one.

    `switch_root` is set where the switch runs from a folder without a jail (loopback only), else empty.
    """

    interface: str
    address: str
    prefix_length: int
    router: str
    dns: str
    dhcp_role: DhcpRole
    pool_start: str = ""
    pool_end: str = ""
    voice_vlan: int = 0
    voice_priority: int = 5
    reservations: tuple[str, ...] = ()
    sip_port: int = 5060
    manager_port: int = 5038
    switch_root: str = ""

    def __post_init__(self) -> None:
        if not self.interface.replace("-", "").replace(".", "").replace("_", "").isalnum():
            raise NetworkFactsUnreadable("network-interface-name", value=self.interface)
        pool = (self.pool_start, self.pool_end) if self.dhcp_role is DhcpRole.SERVER else ()
        for text in (self.address, self.router, self.dns, *pool):
            try:
                ipaddress.IPv4Address(text)
            except ValueError:
                raise NetworkFactsUnreadable("not-an-address", value=text) from None
        if not (0 <= self.voice_vlan <= LAST_VLAN and 0 <= self.voice_priority <= LAST_PRIORITY):
            raise NetworkFactsUnreadable("voice-vlan", vlan=str(self.voice_vlan), priority=str(self.voice_priority))
        for mac, text in self.reserved():
            if ipaddress.IPv4Address(text) not in self.network:
                raise NetworkFactsUnreadable(
                    "kept-address-not-ours", value=text, mac=str(mac), network=str(self.network)
                )
        for text in pool:
            if ipaddress.IPv4Address(text) not in self.network:
                raise NetworkFactsUnreadable("address-not-in-network", value=text, network=str(self.network))

    def reserved(self) -> tuple[tuple[MacAddress, str], ...]:
        """Return the reservations; raises NetworkFactsUnreadable."""
        read = []
        for text in self.reservations:
            mac, _, address = text.partition("=")
            try:
                read.append((MacAddress.parse(mac), str(ipaddress.IPv4Address(address.strip()))))
            except (InvalidValueError, ValueError):
                raise NetworkFactsUnreadable("not-a-kept-address", value=text) from None
        return tuple(read)

    @property
    def sip_tls_port(self) -> int:
        """Beside the other (RFC 3261 section 19.1.2: 5060 and 5061)."""
        return self.sip_port + 1

    @property
    def network(self) -> ipaddress.IPv4Network:
        """The network the box and the phones are in."""
        return ipaddress.IPv4Network(f"{self.address}/{self.prefix_length}", strict=False)


def load(path: Path) -> NetworkFacts:
    """Read the facts, from their copy where the file is damaged or gone; raises NetworkFactsUnreadable."""
    try:
        return _read(path)
    except NetworkFactsUnreadable:
        try:
            return _read(_copy(path))
        except NetworkFactsUnreadable:
            pass
        raise


def save(facts: NetworkFacts, path: Path) -> None:
    """Write the facts and a copy of them, each file replaced whole."""
    make_folder(path.parent)
    values = {**asdict(facts), "dhcp_role": facts.dhcp_role.value}
    for place in (path, _copy(path)):
        replace_file(place, tomli_w.dumps(values).encode(), 0o644)


def mend(path: Path) -> NetworkFacts:
    """Make the file and its copy one again, and return the facts; raises NetworkFactsUnreadable if both are lost."""
    facts = load(path)
    for place in (path, _copy(path)):
        try:
            is_so = _read(place) == facts
        except NetworkFactsUnreadable:
            is_so = False
        if not is_so:
            save(facts, path)
    return facts


def _read(path: Path) -> NetworkFacts:
    try:
        values = tomllib.loads(path.read_text())
        kept = tuple(values.get("reservations", ()))
        return NetworkFacts(**{**values, "dhcp_role": DhcpRole(values["dhcp_role"]), "reservations": kept})
    except (OSError, KeyError, TypeError, ValueError, AttributeError) as fault:
        raise NetworkFactsUnreadable("network-facts-unreadable", path=str(path), value=f"{fault}") from fault


def _copy(path: Path) -> Path:
    return path.with_name(path.name + ".copy")

"""dnsmasq: the DHCP server that tells phones of each brand where their first file is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from appliance.errors import BelboxError
from appliance.files import replace_file
from appliance.paths import Paths
from provisioning.drivers import ALL_DRIVERS
from provisioning.drivers.driver import PhoneDriver
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.phone_profile import BoxAddress


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandRule:
    """How the DHCP server knows a brand, and what it tells it."""

    driver: PhoneDriver
    box: BoxAddress

    @property
    def name(self) -> str:
        """The tag."""
        return self.driver.brand.value

    @property
    def vendor_class(self) -> str:
        """A part of option 60."""
        return self.driver.vendor_class_start

    @property
    def ouis(self) -> tuple[str, ...]:
        """Beginnings of MAC addresses, with colons."""
        return tuple(":".join((oui[:2], oui[2:4], oui[4:])) for oui in self.driver.rules.ouis)

    @property
    def options(self) -> tuple[tuple[int, str], ...]:
        """Options by number. dnsmasq 2.90 ends 66 with a NUL, which phones drop (RFC 2132 section 2)."""
        return tuple(sorted(self.driver.dhcp_options(self.box).items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class DhcpServer:
    """Everything dnsmasq is told. `drops_root` False: it stays who it is (user namespaces)."""

    paths: Paths
    facts: NetworkFacts
    drops_root: bool = True

    @property
    def configuration(self) -> Path:
        """The file to start dnsmasq with: `dnsmasq --conf-file=FILE`."""
        return self.paths.dhcp / "dnsmasq.conf"

    @property
    def lease_file(self) -> Path:
        """Who has which address."""
        return lease_file(self.paths)

    @property
    def brands(self) -> tuple[BrandRule, ...]:
        """One rule for each brand."""
        box = BoxAddress(ip=self.facts.address)
        return tuple(BrandRule(driver=driver, box=box) for driver in ALL_DRIVERS)


def lease_file(paths: Paths) -> Path:
    """Return where our DHCP server notes who has which address; it need not exist."""
    return paths.dhcp / "leases"


def render_dnsmasq_conf(dhcp: DhcpServer) -> str:
    """Return the configuration; raises BelboxError as the neighbour of another DHCP server."""
    if dhcp.facts.dhcp_role is not DhcpRole.SERVER:
        raise BelboxError("another-dhcp-server-rules")
    environment = Environment(
        loader=PackageLoader(__package__), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("dnsmasq.conf.j2").render(dhcp=dhcp)


def prepare_dhcp_server(dhcp: DhcpServer) -> Path | None:
    """Write the configuration and return its file; as a neighbour remove it and return None."""
    dhcp.paths.dhcp.mkdir(parents=True, exist_ok=True, mode=0o755)
    if dhcp.facts.dhcp_role is DhcpRole.NEIGHBOUR:
        dhcp.configuration.unlink(missing_ok=True)
        return None
    replace_file(dhcp.configuration, render_dnsmasq_conf(dhcp).encode(), 0o644)
    return dhcp.configuration

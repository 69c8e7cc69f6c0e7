"""One phone of a storm, from the plug to its account: address, first file, enrolment, settings."""

from __future__ import annotations

import ssl
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.bench.boot_storm.dhcp import DhcpClients, NoAddressError
from tests.bench.boot_storm.fetch import Fetcher, FetchFailedError
from tests.bench.boot_storm.place import set_address
from tests.virtual_office.desk_phone.brand import Account, Brand, Settings

PHASES = ("address", "first file", "enrolled", "settings", "registered", "lamps")
AGAIN_SECONDS = 5.0  # after a round of fetching that failed
MAXIMUM_REDIRECTIONS = 5


@dataclass(slots=True, kw_only=True)
class Story:
    """What became of a phone: when it reached each phase, on the clock of the storm, and what failed on the way."""

    reached: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    not_there: list[str] = field(default_factory=list)
    boots: int = 0


class Boot:
    """A phone that knows its MAC alone, or `old_url` too, which leads nowhere any more, and the box's authority."""

    def __init__(
        self, brand: Brand, interface: str, dhcp: DhcpClients, story: Story, *, old_url: str = "", authority: str = ""
    ) -> None:
        self.brand = brand
        self.story = story
        self.fetcher = Fetcher(interface, brand.user_agent)
        self.fetcher.authority = authority if old_url else ""
        self.settings: Settings = _remembered(brand.name, old_url) if old_url else {}
        self._dhcp = dhcp

    def run(self, stop: threading.Event) -> Account | None:
        """Boot until there is an account; None when the storm is over before."""
        self.story.boots += 1
        while not stop.is_set():
            try:
                if account := self._once():
                    return account
                self.story.failed.append("no account in what was delivered")
            except (NoAddressError, FetchFailedError, OSError) as fault:
                self.story.failed.append(str(fault))
            stop.wait(AGAIN_SECONDS)
        return None

    def _once(self) -> Account | None:
        lease = self._dhcp.ask(":".join(_pairs(self.brand.digits)), self.brand.vendor_class)
        set_address(self.fetcher.interface, lease.address)
        self.fetcher.address = lease.address
        self._reached("address")
        if (url := self.brand.provisioning_url(self.settings)) and not self._fetch(url):
            self.settings = {}  # what it remembered is gone; it starts over as from the factory
        first = self.brand.url_from_option("tftp_server_name", lease.first_place)
        return self._follow(self.brand.provisioning_url(self.settings) or first)

    def _follow(self, url: str) -> Account | None:
        for _ in range(1 + MAXIMUM_REDIRECTIONS):
            if not self._fetch(url):
                raise FetchFailedError(f"{url}: nothing there for {self.brand.colons}")
            following = self.brand.provisioning_url(self.settings)
            if following is None or following == url:
                break
            url = following
        accounts = self.brand.accounts(self.settings)
        return accounts[0] if accounts else None

    def _fetch(self, url: str) -> bool:
        self.fetcher.demands_authority = self.brand.demands_authority(self.settings)
        delivery = self.brand.provision(url, self._get, self.settings)
        self.story.failed += [f"{odd.url}: {odd.reason}" for odd in delivery.odd]
        if not delivery.is_complete:
            self.story.not_there.append(url)
            return False
        self.settings = ({} if delivery.replaces_all else self.settings) | delivery.settings
        self._take_authority()
        return True

    def _get(self, url: str) -> bytes | None:
        content = self.fetcher.get(url)
        if content is not None:
            path = urlsplit(url).path
            is_enrolment, is_settings = path.startswith("/enrol/"), path.startswith("/p/")
            self._reached("enrolled" if is_enrolment else "settings" if is_settings else "first file")
        return content

    def _take_authority(self) -> None:
        named = self.brand.authority(self.settings)
        if not named:
            return
        content = named.encode() if "BEGIN CERTIFICATE" in named else self.fetcher.asked.get(named)
        if content is None:
            content = self.fetcher.get(named)
        if content is None:
            raise FetchFailedError(f"{named}: no certificate")
        text = content.decode() if b"-----BEGIN" in content else ssl.DER_cert_to_PEM_cert(content)
        self.fetcher.authority = text

    def _reached(self, phase: str) -> None:
        self.story.reached.setdefault(phase, time.monotonic())


def _remembered(brand: str, url: str) -> Settings:
    """What such a phone has in its flash that says where its settings are."""
    match brand:
        case "yealink":
            return {"static.auto_provision.server.url": url}
        case "snom":
            return {"setting_server": url}
        case "grandstream":
            return {"P212": "2", "P237": url.removeprefix("https://")}
        case _:
            return {"CFG_STANDARD_FILE_PATH": url + "Config{MAC}.cfg"}


def _pairs(digits: str) -> list[str]:
    return [digits[at : at + 2] for at in range(0, 12, 2)]

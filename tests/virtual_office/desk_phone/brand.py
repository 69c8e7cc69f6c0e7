"""What every brand of virtual desk phone has to say; one subclass a brand, in the file of its name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

Settings = dict[str, str]
Get = Callable[[str], bytes | None]  # a URL -> its content, None when the server has no such file


class FileRefused(Exception):  # noqa: N818  (named for what it says)
    """A delivered file breaks a rule of the brand, so the phone throws it away whole."""


class Source(StrEnum):
    """Where a phone can learn its provisioning URL, besides options of its lease."""

    PNP = "pnp"
    STORED = "flash"  # what it was told before


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A model with the firmware it leaves its carton with; each brand adds what its generations differ in."""

    name: str
    model: str
    firmware: str
    vendor_class: str = ""  # DHCP option 60; empty: the brand's own way of saying it
    speaks_pnp: bool = True
    handsets: int = 1  # how many of its accounts it registers


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Something in a delivered file that the phone passes over or throws away."""

    url: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What one round of fetching brought."""

    settings: Settings = field(default_factory=dict)
    odd: tuple[Odd, ...] = ()
    is_complete: bool = False  # at least one file was read
    replaces_all: bool = False  # what is not in it goes back to the factory value
    directory: tuple[Contact, ...] | None = None  # that came with the settings


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Somebody in the phone's directory."""

    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Key:
    """A programmable key; `module` 0 is the phone itself, positions count from 1."""

    position: int
    does: str  # line, lamp, call, or the brand's own word
    number: str = ""
    module: int = 0


@dataclass(frozen=True, kw_only=True)
class Account:
    """One line, as the delivered settings describe it."""

    server: str
    port: int = 5060
    user: str
    auth_user: str
    password: str
    display_name: str = ""
    domain: str = ""
    transport: str = "udp"
    srtp: str = "off"
    expires_seconds: int = 3600
    codecs: tuple[str, ...] = ()
    voicemail_number: str = ""


class Wish(StrEnum):
    """What a SIP NOTIFY makes a phone do."""

    NOTHING = "nothing"
    RESYNC = "resync"
    REBOOT = "reboot"
    CHALLENGE = "challenge"  # answer 401 and do nothing


class Brand(ABC):
    """One phone of a brand: its identity, and the brand's ways."""

    name: ClassVar[str]
    url_options: ClassVar[tuple[str, ...]]  # of the lease, the strongest first
    pnp_vendor: ClassVar[str]  # the Event parameter, in the brand's spelling
    pnp_port: ClassVar[int] = 5060
    pnp_tries: ClassVar[int] = 3

    def __init__(self, mac: str, kind: Kind) -> None:
        self.kind = kind
        self.model = kind.model
        self.firmware = kind.firmware  # changes when it is given another one
        self.digits = mac.replace(":", "").replace("-", "").lower()  # twelve hexadecimal digits
        self.colons = ":".join(self.digits[at : at + 2] for at in range(0, 12, 2))

    @property
    def vendor_class(self) -> str:
        """DHCP option 60."""
        return self.kind.vendor_class

    @property
    @abstractmethod
    def user_agent(self) -> str:
        """The HTTP User-Agent."""

    @property
    @abstractmethod
    def pnp_user(self) -> str:
        """The user part of the PnP request's address."""

    @abstractmethod
    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        """Fetch and read what the brand asks for at a URL, in its order; `known` are the settings it has."""

    @abstractmethod
    def accounts(self, settings: Mapping[str, str]) -> list[Account]:
        """The lines that are on and complete, in their order."""

    @abstractmethod
    def keys(self, settings: Mapping[str, str]) -> list[Key]:
        """The programmable keys that do something."""

    def firmware_url(self, settings: Mapping[str, str], get: Get) -> str | None:
        """The firmware file that the settings want it to look at."""
        return None

    def directory_url(self, settings: Mapping[str, str]) -> str | None:
        """The directory file that the settings name."""
        return None

    def read_directory(self, content: bytes) -> list[Contact]:
        """That file, by the elements its maker publishes. Raises FileRefused."""
        raise FileRefused("no directory file is known of this brand")

    def sources(self, settings: Mapping[str, str]) -> list[str]:
        """Where it looks for its provisioning URL, in its order: options of the lease, and `Source`s."""
        return [*self.url_options, Source.PNP, Source.STORED]

    @property
    def directory_agent(self) -> str:
        """The HTTP User-Agent with which it fetches its directory."""
        return self.user_agent

    @abstractmethod
    def provisioning_url(self, settings: Mapping[str, str]) -> str | None:
        """Where the settings send the phone from now on."""

    @abstractmethod
    def authority(self, settings: Mapping[str, str]) -> str | None:
        """The certificate authority it was given: PEM text, or a URL to fetch it from."""

    @abstractmethod
    def demands_authority(self, settings: Mapping[str, str]) -> bool:
        """Whether it refuses HTTPS from a server whose authority it was not given."""

    @abstractmethod
    def resync_seconds(self, settings: Mapping[str, str]) -> int | None:
        """How often the settings make it fetch by itself."""

    @abstractmethod
    def wish(self, event: str, settings: Mapping[str, str]) -> Wish:
        """What a NOTIFY with this Event header makes it do."""

    def credentials(self, settings: Mapping[str, str]) -> tuple[str, str] | None:
        """User and password for its provisioning server, when it was given them."""
        return None

    def url_from_option(self, option: str, value: str) -> str:
        """A lease option's text as a URL; without a scheme it means TFTP."""
        return value if "://" in value else f"tftp://{value.strip('/')}/"


def folder(url: str) -> str:
    """A directory URL with exactly one slash at its end."""
    return url.rstrip("/") + "/"


def read_xml(content: bytes) -> Element:
    """The root of an XML file. Raises FileRefused."""
    try:
        root: Element = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise FileRefused(f"not XML: {error}") from error
    return root


def whole_number(text: str | None) -> int | None:
    """A setting that should be a number; anything else is as if it were not there."""
    return int(text) if text is not None and text.strip().isdecimal() else None


def host_and_port(text: str, default_port: int = 5060) -> tuple[str, int]:
    """`host` or `host:port`."""
    host, colon, port = text.strip().partition(":")
    return host, int(port) if colon and port.isdecimal() else default_port

"""Grandstream phones, adapters and DECT bases: XML `<gs_provision>`, P-values (version 1) or aliases (version 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl
from xml.etree.ElementTree import Element

from tests.virtual_office.desk_phone.brand import (
    Account,
    Brand,
    Contact,
    Delivery,
    FileRefused,
    Get,
    Key,
    Kind,
    Odd,
    Settings,
    Source,
    Wish,
    folder,
    host_and_port,
    read_xml,
    whole_number,
)

_PROTOCOLS = {"0": "tftp", "1": "http", "2": "https", "3": "ftp", "4": "ftps"}
_TRANSPORTS = {
    "0": "udp",
    "1": "tcp",
    "2": "tls",
    "udp": "udp",
    "tcp": "tcp",
    "tlsortcp": "tls",
    "tls": "tls",
}
_SRTP = {"1": "optional", "2": "mandatory", "3": "optional"}
_CODECS = {
    "0": "pcmu",
    "8": "pcma",
    "9": "g722",
    "pcmu": "pcmu",
    "pcma": "pcma",
    "g722": "g722",
    "g.722": "g722",
}
_CODEC_P_VALUES = ("P57", "P58", "P59", "P60", "P61", "P62", "P46", "P98")
_YES = ("1", "yes", "on", "true")
_BINARY_HEADER_BYTES = 16


_LINE_KEY_MODES = {"0": "line", "10": "call", "11": "lamp"}


class Lines(StrEnum):
    """Where the accounts stand."""

    ACCOUNTS = "accounts"
    SOCKETS = "sockets"  # an adapter with two
    USERS = "users"  # one profile and a table of users: DECT bases


@dataclass(frozen=True, kw_only=True)
class GrandstreamKind(Kind):
    """`names`: what it asks for, in its order. `reads_aliases`: version 2 of the format too."""

    names: tuple[str, ...]
    lines: Lines = Lines.ACCOUNTS
    reads_aliases: bool = True
    hardware: str = ""  # its revision, in the User-Agent


_NEWER = ("cfg{mac}", "cfg{mac}.xml", "cfg{model}.xml", "cfg.xml")
_OLDER = ("cfg{mac}.xml", "cfg{mac}", "cfg{model}.xml", "cfg.xml")  # early GXP2130: XML before binary

KINDS = (
    GrandstreamKind(name="grandstream", model="GRP2614", firmware="1.0.11.6", names=_NEWER),
    GrandstreamKind(name="gxp2130", model="GXP2130", firmware="1.0.7.97", names=_OLDER, reads_aliases=False),
    GrandstreamKind(name="gxp2170", model="GXP2170", firmware="1.0.11.64", names=_NEWER),
    GrandstreamKind(
        name="ht802",
        model="HT802",
        firmware="1.0.29.8",
        names=_NEWER,
        lines=Lines.SOCKETS,
        reads_aliases=False,
        handsets=2,
        hardware=" V1.1A",
    ),
    GrandstreamKind(
        name="dp750",
        model="DP750",
        firmware="1.0.9.9",
        names=_NEWER,
        lines=Lines.USERS,
        reads_aliases=False,
        handsets=2,
        vendor_class="DP7XX",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Names:
    """What one account's settings are called; of P-values, and where there are any, of aliases."""

    active: str
    server: str
    user: str
    auth_user: str
    password: str
    display_name: str
    transport: str
    srtp: str
    expires: str
    voicemail: str = ""


_FIRST = _Names(
    active="P271",
    server="P47",
    user="P35",
    auth_user="P36",
    password="P34",
    display_name="P3",
    transport="P130",
    srtp="P183",
    expires="P32",
    voicemail="P33",
)
_SECOND_SOCKET = _Names(
    active="P401",
    server="P747",
    user="P735",
    auth_user="P736",
    password="P734",
    display_name="P703",
    transport="P830",
    srtp="P443",
    expires="P732",
)
_ALIASES = _Names(
    active="account.1.enable",
    server="account.1.sip.server.1.address",
    user="account.1.sip.userid",
    auth_user="account.1.sip.subscriber.userid",
    password="account.1.sip.subscriber.password",
    display_name="account.1.sip.subscriber.name",
    transport="account.1.sip.transport",
    srtp="account.1.audio.srtpmode",
    expires="account.1.sip.registration.expiration",
    voicemail="account.1.sip.voicemail.number",
)


class Grandstream(Brand):
    """See the module."""

    name = "grandstream"
    url_options = ("tftp_server_name", "option_150", "option_160", "option_242")
    pnp_vendor = 'vendor="Grandstream"'
    pnp_port = 5080
    pnp_tries = 5
    kind: GrandstreamKind

    @property
    def vendor_class(self) -> str:
        return self.kind.vendor_class or f"Grandstream {self.model} dslforum.org"  # not confirmed

    def sources(self, settings: Mapping[str, str]) -> list[str]:
        is_off = "0" in (settings.get("P145"), settings.get("provisioning.override.dhcp.allowcommonoptions"))
        dhcp = () if is_off else self.url_options
        return [*dhcp, Source.STORED] if settings else [*dhcp, Source.PNP]  # PnP only in factory state

    @property
    def user_agent(self) -> str:
        return f"Grandstream Model HW {self.model}{self.kind.hardware} SW {self.firmware} DevId {self.digits}"

    @property
    def pnp_user(self) -> str:
        return f"MAC%3A{self.digits.upper()}"

    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        base = folder(url)
        settings: Settings = {}
        odd: list[Odd] = []
        is_complete = False
        for name in (one.format(mac=self.digits, model=self.model.lower()) for one in self.kind.names):
            content = get(base + name)
            if content is None:
                continue
            try:
                read, strange = read_binary(content) if "." not in name else self.read_config(content)
            except FileRefused as error:
                odd.append(Odd(url=base + name, reason=str(error)))
                break
            odd += [Odd(url=base + name, reason=reason) for reason in strange]
            settings |= read
            is_complete = True
            if _value(settings, "P8467", "provisioning.config.processall.enable").lower() not in _YES:
                break
        return Delivery(settings=settings, odd=tuple(odd), is_complete=is_complete)

    def accounts(self, settings: Mapping[str, str]) -> list[Account]:
        if self.kind.lines is Lines.USERS:
            return self._users(settings)
        rows = [_FIRST, _SECOND_SOCKET] if self.kind.lines is Lines.SOCKETS else [_FIRST, _ALIASES]
        found = []
        for names in rows:
            said = _Names(**{field: settings.get(name, "") for field, name in vars(names).items()})
            if said.active.lower() in _YES and said.server and said.user:
                found.append(_account(said, _codecs(settings)))
        return found

    def _users(self, settings: Mapping[str, str]) -> list[Account]:
        profile = {field: settings.get(name, "") for field, name in vars(_FIRST).items()}
        found = []
        for place in range(10):
            own = {
                "user": settings.get(f"P{4060 + place}", ""),
                "auth_user": settings.get(f"P{4090 + place}", ""),
                "password": settings.get(f"P{4120 + place}", ""),
                "display_name": settings.get(f"P{4180 + place}", ""),
                "voicemail": settings.get("P27680", ""),
            }
            is_on = profile["active"] in _YES and settings.get(f"P{4595 + place}", "1") == "1"
            if is_on and profile["server"] and own["user"] and settings.get(f"P{4150 + place}", "0") == "0":
                found.append(_account(_Names(**(profile | own)), _codecs(settings)))
        return found

    def keys(self, settings: Mapping[str, str]) -> list[Key]:
        found = []
        for at in range(1, 5):  # the rule of the facts: 1363, 1364 and 1465, 1466, then two further each
            mode = settings.get(f"P{1361 + 2 * at}", "-1")
            if mode in _LINE_KEY_MODES:
                number = settings.get(f"P{1464 + 2 * at}", "")
                found.append(Key(position=at, does=_LINE_KEY_MODES[mode], number=number))
        return found

    def firmware_url(self, settings: Mapping[str, str], get: Get) -> str | None:
        path = _value(settings, "P192", "provisioning.firmware.serverpath")
        if not path or "://" in path or settings.get("P238") == "2":
            return None
        protocol = _value(settings, "P6767", "provisioning.firmware.protocol", "1").lower()
        return f"{_PROTOCOLS.get(protocol, protocol)}://{path.rstrip('/')}/{self.model.lower()}fw.bin"

    def directory_url(self, settings: Mapping[str, str]) -> str | None:
        protocol = {"1": "http", "2": "tftp", "3": "https"}.get(_value(settings, "P330", "phonebook.download.mode"))
        path = _value(settings, "P331", "phonebook.download.server")
        return f"{protocol}://{path.rstrip('/')}/phonebook.xml" if protocol and path else None

    def read_directory(self, content: bytes) -> list[Contact]:
        root = read_xml(content)
        if root.tag != "AddressBook":
            raise FileRefused(f"<{root.tag}> is no directory")
        return [
            Contact(
                name=f"{entry.findtext('FirstName', '')} {entry.findtext('LastName', '')}".strip(),
                numbers=tuple(phone.findtext("phonenumber", "") for phone in entry.findall("Phone")),
            )
            for entry in root.findall("Contact")
        ]

    def provisioning_url(self, settings: Mapping[str, str]) -> str | None:
        path = _value(settings, "P237", "provisioning.config.serverpath")
        if not path or "://" in path:
            return None
        protocol = _value(settings, "P212", "provisioning.config.protocol", "1").lower()
        return f"{_PROTOCOLS.get(protocol, protocol)}://{path}"

    def authority(self, settings: Mapping[str, str]) -> str | None:
        # Which parameter a model takes differs and is not documented for this one: any that fits is taken.
        for key, value in settings.items():
            if "-----BEGIN CERTIFICATE-----" in value:
                return value
            if (key in ("P2386", "P22030") or key.startswith("security.")) and value.startswith("http"):
                return value
        return None

    def demands_authority(self, settings: Mapping[str, str]) -> bool:
        return _value(settings, "P8463", "security.validate.servercertificate").lower() in _YES

    def resync_seconds(self, settings: Mapping[str, str]) -> int | None:
        for key in (
            "P193",
            "provisioning.auto.interval",
            "provisioning.auto.minutes",
            "provisioning.auto.period",
        ):
            minutes = whole_number(settings.get(key))
            if minutes:
                is_on = key != "P193" or settings.get("P194", "1") == "1"
                return minutes * 60 if is_on else None
        return None

    def wish(self, event: str, settings: Mapping[str, str]) -> Wish:
        if event.partition(";")[0].strip().lower() != "check-sync":
            return Wish.NOTHING
        is_open = settings.get("P4428") == "1" or any(
            key.endswith("sip.notify.challenge") and value.lower() in ("no", "0") for key, value in settings.items()
        )
        return Wish.RESYNC if is_open else Wish.CHALLENGE

    def credentials(self, settings: Mapping[str, str]) -> tuple[str, str] | None:
        user = _value(settings, "P1360", "provisioning.config.username")
        return (user, _value(settings, "P1361", "provisioning.config.password")) if user else None

    def read_config(self, content: bytes) -> tuple[Settings, list[str]]:
        """P-values by their name, aliases in lower case, and what was passed over; refused when not right."""
        root = read_xml(content)
        if root.tag != "gs_provision" or root.get("version") != "1":
            raise FileRefused('the root is not <gs_provision version="1">')
        mac = (root.findtext("mac") or "").strip().lower()
        if mac and mac != self.digits:
            raise FileRefused(f"it is for {mac}")
        settings: Settings = {}
        odd: list[str] = []
        configs = root.findall("config")
        if not configs:
            raise FileRefused("no <config> in it")
        for config in configs:
            read = {"1": _read_p_values, "2": _read_aliases}.get(config.get("version", ""))
            if read is None or (read is _read_aliases and not self.kind.reads_aliases):
                raise FileRefused(f"<config> of version {config.get('version')!r}")
            odd += read(settings, config)
        return settings, odd


def read_binary(content: bytes) -> tuple[Settings, list[str]]:
    """The old form: 16 header bytes, then `P1=...&P2=...` percent-encoded."""
    if content[:2] != b"\0\0" or content[12:16] != b"\r\n\r\n":
        raise FileRefused("not the binary form that this name means")
    body = content[_BINARY_HEADER_BYTES:].rstrip(b"\0").decode("ascii", "replace")
    return {key: value for key, value in parse_qsl(body) if key != "gnkey"}, []


def _read_p_values(settings: Settings, config: Element) -> list[str]:
    odd = []
    for element in config:
        if re.fullmatch(r"P\w+", element.tag):
            settings[element.tag] = (element.text or "").strip()
        else:
            odd.append(f"<{element.tag}> is not a P-value")
    return odd


def _read_aliases(settings: Settings, config: Element) -> list[str]:
    odd = []
    for item in config:
        name = item.get("name", "")
        if item.tag != "item" or not name:
            odd.append(f"<{item.tag}> is not an item with a name")
            continue
        parts = item.findall("part")
        if not parts:
            settings[name.lower()] = (item.text or "").strip()
        for part in parts:
            settings[f"{name}.{part.get('name', '')}".lower()] = (part.text or "").strip()
    return odd


def _account(said: _Names, codecs: tuple[str, ...]) -> Account:
    transport = _TRANSPORTS.get(said.transport.lower() or "0", "udp")
    server, port = host_and_port(said.server, 5061 if transport == "tls" else 5060)
    return Account(
        server=server,
        port=port,
        user=said.user,
        auth_user=said.auth_user or said.user,
        password=said.password,
        display_name=said.display_name,
        transport=transport,
        srtp=_SRTP.get(said.srtp or "0", "off"),
        expires_seconds=(whole_number(said.expires) or 60) * 60,  # minutes
        codecs=codecs,
        voicemail_number=said.voicemail,
    )


def _value(settings: Mapping[str, str], p_value: str, alias: str, default: str = "") -> str:
    return settings.get(p_value) or settings.get(alias) or default


def _codecs(settings: Mapping[str, str]) -> tuple[str, ...]:
    asked = [settings.get(key, "") for key in _CODEC_P_VALUES]
    asked += [settings.get(f"account.1.codec.choice.{place}", "") for place in range(1, 9)]
    known = [_CODECS[value.lower()] for value in asked if value.lower() in _CODECS]
    return tuple(dict.fromkeys(known))

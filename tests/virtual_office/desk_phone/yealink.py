"""Yealink phones: `#!version:1.0.0.1`, `key = value`; newer ones ask for boot files with includes first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urljoin

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
    read_xml,
    whole_number,
)

FIRST_LINE = "#!version:1.0.0.1"
_INCLUDE = re.compile(r'^(?:\[([^\]]*)\])?include:config\s+(?:"([^"]*)"|(\S+))$')
_TRANSPORTS = {"0": "udp", "1": "tcp", "2": "tls"}
_SRTP = {"1": "optional", "2": "mandatory"}
_OLD_SRTP = {"1": "mandatory", "2": "optional"}
_KEYS = {"13": "call", "15": "line", "16": "lamp"}
_KEY_TYPE = re.compile(r"(?:expansion_module\.(\d+)\.key|linekey)\.(\d+)\.type")


@dataclass(frozen=True, kw_only=True)
class YealinkKind(Kind):
    """`is_old`: before V80, with names that lost their place since, no boot files, and PnP before DHCP.

    `shares_servers`: accounts name a template of servers.
    """

    product: int
    vendor_class: str = "yealink"
    word: str = "Yealink"  # of the User-Agent
    is_old: bool = False
    shares_servers: bool = False
    plain_directory_mac: bool = False  # T5x: no colons when it fetches its directory


KINDS = (
    YealinkKind(name="yealink", model="SIP-T46U", firmware="108.86.0.20", product=108),
    YealinkKind(name="t28p", model="SIP-T28P", firmware="2.70.0.50", product=0, word="yealink", is_old=True),
    YealinkKind(name="t46s", model="SIP-T46S", firmware="66.84.0.15", product=66),
    YealinkKind(name="t54w", model="SIP-T54W", firmware="96.86.0.70", product=96, plain_directory_mac=True),
    YealinkKind(name="w70b", model="W70B", firmware="146.85.0.20", product=146, handsets=2, shares_servers=True),
)


class Yealink(Brand):
    """See the module."""

    name = "yealink"
    url_options = ("tftp_server_name", "vendor_encapsulated_options")
    pnp_vendor = 'vendor="Yealink"'
    kind: YealinkKind

    @property
    def user_agent(self) -> str:
        return f"{self.kind.word} {self.model} {self.firmware} {self.colons}"

    @property
    def directory_agent(self) -> str:
        mac = self.digits if self.kind.plain_directory_mac else self.colons
        return f"{self.kind.word} {self.model} {self.firmware} {mac}"

    @property
    def pnp_user(self) -> str:
        return f"MAC{self.digits}"

    def sources(self, settings: Mapping[str, str]) -> list[str]:
        dhcp = () if self._static(settings, "auto_provision.dhcp_option.enable") == "0" else self.url_options
        pnp = () if self._static(settings, "auto_provision.pnp_enable") == "0" else (Source.PNP,)
        # Makers' documents disagree: the older one puts PnP first, a later one last.
        return [*pnp, *dhcp, Source.STORED] if self.kind.is_old else [*dhcp, Source.STORED, *pnp]

    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        base = folder(url.replace("$MAC", self.digits))
        for boot in () if self.kind.is_old else (f"{self.digits}.boot", "y000000000000.boot"):
            content = get(base + boot)
            if content is not None:
                return self._boot(base + boot, content, get)
        names = (f"y{self.kind.product:012d}.cfg", f"{self.digits}.cfg")
        return self._files([base + name for name in names], get, [])

    def accounts(self, settings: Mapping[str, str]) -> list[Account]:
        found = []
        for line in range(1, 17):
            own = f"account.{line}."
            server = self._server(settings, line)
            user = settings.get(f"{own}user_name", "")
            if settings.get(f"{own}enable") != "1" or not server.get("address") or not user:
                continue
            found.append(
                Account(
                    server=server["address"],
                    port=whole_number(server["port"]) or 5060,
                    user=user,
                    auth_user=settings.get(f"{own}auth_name") or user,
                    password=settings.get(f"{own}password", ""),
                    display_name=settings.get(f"{own}display_name", ""),
                    transport=_TRANSPORTS.get(server["transport"], "udp"),
                    srtp=(_OLD_SRTP if self.kind.is_old else _SRTP).get(
                        settings.get(f"{own}srtp_encryption", "0"), "off"
                    ),
                    expires_seconds=whole_number(server["expires"]) or 3600,
                    codecs=() if self.kind.is_old else _codecs(settings, f"{own}codec."),  # then by number
                    voicemail_number=settings.get(f"voice_mail.number.{line}", ""),
                )
            )
        return found

    def keys(self, settings: Mapping[str, str]) -> list[Key]:
        found = []
        for name, kind in settings.items():
            place = _KEY_TYPE.fullmatch(name)
            if place and kind not in ("", "0"):
                value = settings.get(f"{name.removesuffix('.type')}.value", "")
                does = _KEYS.get(kind, kind)
                module = int(place.group(1) or 0)
                found.append(Key(position=int(place.group(2)), does=does, number=value, module=module))
        return found

    def firmware_url(self, settings: Mapping[str, str], get: Get) -> str | None:
        return self._static(settings, "firmware.url") or None

    def directory_url(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("remote_phonebook.data.1.url") or None

    def read_directory(self, content: bytes) -> list[Contact]:
        root = read_xml(content)
        if root.tag != "YealinkIPPhoneDirectory":
            raise FileRefused(f"<{root.tag}> is no directory")
        return [
            Contact(
                name=entry.findtext("Name", "").strip(),
                numbers=tuple((number.text or "").strip() for number in entry.findall("Telephone")),
            )
            for entry in root.findall("DirectoryEntry")
        ]

    def _static(self, settings: Mapping[str, str], name: str) -> str:
        """A setting that newer firmware calls `static.` and older firmware does not."""
        return settings.get(name if self.kind.is_old else f"static.{name}", "")

    def _server(self, settings: Mapping[str, str], line: int) -> Mapping[str, str]:
        own = f"account.{line}."
        names = {
            "address": f"{own}sip_server.1.address",
            "port": f"{own}sip_server.1.port",
            "transport": f"{own}sip_server.1.transport_type",
            "expires": f"{own}sip_server.1.expires",
        }
        if self.kind.is_old:
            names = {
                "address": f"{own}sip_server_host",
                "port": f"{own}sip_server_port",
                "transport": f"{own}transport",
                "expires": f"{own}expires",
            }
        elif self.kind.shares_servers and (template := settings.get(f"{own}sip_server.template")):
            names = {what: name.replace(own, f"template.{template}.") for what, name in names.items()}
        return {what: settings.get(name, "") for what, name in names.items()}

    def provisioning_url(self, settings: Mapping[str, str]) -> str | None:
        return self._static(settings, "auto_provision.server.url") or None

    def authority(self, settings: Mapping[str, str]) -> str | None:
        return self._static(settings, "trusted_certificates.url") or None

    def demands_authority(self, settings: Mapping[str, str]) -> bool:
        return self._static(settings, "security.trust_certificates") != "0"

    def resync_seconds(self, settings: Mapping[str, str]) -> int | None:
        if self._static(settings, "auto_provision.repeat.enable") != "1":
            return None
        minutes = whole_number(self._static(settings, "auto_provision.repeat.minutes"))
        return None if minutes is None else minutes * 60

    def wish(self, event: str, settings: Mapping[str, str]) -> Wish:
        kind, _, parameter = event.replace(" ", "").lower().partition(";")
        mode = settings.get("sip.notify_reboot_enable") or "1"
        if kind != "check-sync" or mode == "2":
            return Wish.NOTHING
        return Wish.REBOOT if mode == "1" or parameter == "reboot=true" else Wish.RESYNC

    def credentials(self, settings: Mapping[str, str]) -> tuple[str, str] | None:
        user = self._static(settings, "auto_provision.server.username")
        return (user, self._static(settings, "auto_provision.server.password")) if user else None

    def _boot(self, url: str, content: bytes, get: Get) -> Delivery:
        try:
            lines = read_lines(content)
        except FileRefused as error:
            return Delivery(odd=(Odd(url=url, reason=str(error)),))
        odd = []
        included = []
        for line in lines:
            include = _INCLUDE.match(line)
            if include:
                only_model, quoted, bare = include.groups()
                if only_model is None or only_model in self.model:
                    included.append(urljoin(url, (quoted or bare).replace("$MAC", self.digits)))
            elif "=" not in line:
                odd.append(Odd(url=url, reason=f"neither a setting nor an include: {line[:60]!r}"))
        replaces_all = "overwrite_mode=1" in (line.replace(" ", "") for line in lines)
        return replace(self._files(included, get, odd), replaces_all=replaces_all)

    def _files(self, urls: list[str], get: Get, odd: list[Odd]) -> Delivery:
        settings: Settings = {}
        is_complete = False
        for url in urls:
            content = get(url)
            if content is None:
                continue
            try:
                odd += [Odd(url=url, reason=reason) for reason in _apply(settings, read_lines(content))]
                is_complete = True
            except FileRefused as error:
                odd.append(Odd(url=url, reason=str(error)))
        return Delivery(settings=settings, odd=tuple(odd), is_complete=is_complete)


def read_lines(content: bytes) -> list[str]:
    """The lines of a boot or configuration file that mean something; refused without the first line."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused("not UTF-8") from error
    first, *lines = re.split(r"\r\n|\r|\n", text)
    if first != FIRST_LINE:
        raise FileRefused(f"the first line is not {FIRST_LINE}")
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _apply(settings: Settings, lines: list[str]) -> list[str]:
    odd = []
    twice: dict[str, int] = {}
    for line in lines:
        key, equals, value = (part.strip() for part in line.partition("="))
        if not equals or not re.fullmatch(r"[\w.\-]+", key):
            odd.append(f"not a setting: {line[:60]!r}")
            continue
        # The web passwords are one key on two lines (`admin:...`, `user:...`): both count.
        twice[key] = twice.get(key, 0) + 1
        if twice[key] > 1 and key.endswith("security.user_password"):
            key = f"{key} {twice[key]}"
        settings[key] = "" if value == "%NULL%" else value
    return odd


def _codecs(settings: Mapping[str, str], own: str) -> tuple[str, ...]:
    on = [name for name in ("pcma", "pcmu", "g722") if settings.get(f"{own}{name}.enable") == "1"]
    return tuple(sorted(on, key=lambda name: whole_number(settings.get(f"{own}{name}.priority")) or 99))

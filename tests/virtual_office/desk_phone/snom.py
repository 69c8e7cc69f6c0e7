"""Snom phones and DECT bases: XML `<settings>`, or a list of files in `<setting-files>`."""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
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

SECTIONS = (
    "phone-settings",
    "functionKeys",
    "tbook",
    "dialplan",
    "ReplacementPlan",
    "certificates",
    "uploads",
)
PERMISSIONS = ("", "RW", "R", "!", "$", "&")
_DOES = {"speed": "call", "dest": "call", "blf": "lamp", "line": "line"}
_FACTORY_ORDER = "redirection:stop pnp:stop dhcp:stop tr69:stop"


@dataclass(frozen=True, kw_only=True)
class SnomKind(Kind):
    """`agent`: the User-Agent, in which the MAC address stands as this firmware writes it, or not at all.

    `asks_in_order`: 8.7.3 and later, which has the setting `provisioning_order`; before it, PnP, then what is stored,
    then DHCP. `is_base`: a DECT base, whose handsets name one of its servers.
    """

    agent: str
    asks_in_order: bool = True
    is_base: bool = False


_DESK = "Mozilla/4.0 (compatible; {model}-SIP {firmware} %s {MAC}%s)"
_BASE = "Mozilla/4.0 (compatible; %s {firmware} {mac})"

KINDS = (
    SnomKind(
        name="snom",
        model="snomD785",
        firmware="10.1.33.33",
        vendor_class="snomD785",
        agent=_DESK % ("2010.12-00004-g9ba52f5", " SXM:0 UXM:0"),
    ),
    SnomKind(
        name="snom320",
        model="snom320",
        firmware="8.4.18",
        vendor_class="snom320",
        agent="Mozilla/4.0 (compatible; {model}-SIP {firmware} 1.1.3-s)",
        asks_in_order=False,
    ),
    SnomKind(
        name="snom710",
        model="snom710",
        firmware="8.7.5.35",
        vendor_class="snom710",
        agent=_DESK % ("1.1.5-IFX-05.01.12", ""),
    ),
    SnomKind(
        name="d725",
        model="snomD725",
        firmware="10.1.30.0",
        vendor_class="snomD725",
        agent=_DESK % ("(Feb 25 2019 - 14:19:43)", ""),
    ),
    # Option 60 of a base is longer than its model.
    SnomKind(
        name="m700",
        model="snomM700",
        firmware="05.20.0001",
        vendor_class="snomM700-base",
        agent=_BASE % "snomM700",
        handsets=2,
        is_base=True,
    ),
    SnomKind(
        name="m900",
        model="snomM900",
        firmware="05.20.0001",
        vendor_class="snomM900-base",
        agent=_BASE % "Snom M900",
        handsets=2,
        is_base=True,
    ),
)


class Snom(Brand):
    """See the module."""

    name = "snom"
    url_options = ("vendor_encapsulated_options", "tftp_server_name")
    pnp_vendor = 'vendor="snom"'
    kind: SnomKind

    @property
    def user_agent(self) -> str:
        return self.kind.agent.format(
            model=self.model, firmware=self.firmware, MAC=self.digits.upper(), mac=self.digits
        )

    def sources(self, settings: Mapping[str, str]) -> list[str]:
        if not self.kind.asks_in_order:
            return [Source.PNP, Source.STORED, *self.url_options]
        ordered = [step.partition(":")[0] for step in settings.get("provisioning_order", _FACTORY_ORDER).split()]
        meant: dict[str, list[str]] = {
            "pnp": [Source.PNP],
            "dhcp": list(self.url_options),
        }  # no cloud and no TR-069 answers here
        return [*(source for step in ordered for source in meant.get(step, [])), Source.STORED]

    @property
    def pnp_user(self) -> str:
        return f"MAC%3a{self.digits.upper()}"

    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        url = url.replace("{mac}", self.digits.upper())
        asked = urlsplit(url)
        if asked.query or "." in asked.path.rsplit("/", 1)[-1]:
            first = [url]
        else:
            first = [
                folder(url) + f"{self.model}.htm",
                f"{folder(url)}{self.model}-{self.digits.upper()}.htm",
            ]
        direct: list[Settings] = []
        listed: list[Settings] = []
        odd: list[Odd] = []
        book: list[Contact] = []
        for name in first:
            own, others = _read(name, get, odd, book)
            direct.append(own)
            for other in others:
                settings, deeper = _read(other, get, odd, book)
                listed.append(settings)
                if deeper:
                    odd.append(Odd(url=other, reason="a listed file lists files again"))
        # The general file can win over the phone's own one; only what a list names is sure to win.
        merged: Settings = {}
        for settings in [*reversed(direct), *listed]:
            merged |= settings
        return Delivery(settings=merged, odd=tuple(odd), is_complete=bool(merged), directory=tuple(book))

    def accounts(self, settings: Mapping[str, str]) -> list[Account]:
        found = []
        for line in range(1, 51):
            # Of a base's handsets each says which of the base's servers is its own.
            server_at = settings.get(f"subscr_sip_ua_data_server_id[{line}]", "") if self.kind.is_base else str(line)
            host = settings.get(f"user_host[{server_at}]", "")
            user = settings.get(f"user_name[{line}]", "")
            if settings.get(f"user_active[{line}]", "on") != "on" or not host or not user:
                continue
            found.append(self._account(settings, line, server_at, host, user))
        return found

    def _account(self, settings: Mapping[str, str], line: int, server_at: str, host: str, user: str) -> Account:
        proxy, _, parameters = (settings.get(f"user_outbound[{server_at}]") or host).partition(";")
        proxy = proxy.removeprefix("sip:").removeprefix("sips:") or host
        wanted = re.search(r"transport=(udp|tcp|tls)", parameters, re.IGNORECASE)
        transport = wanted.group(1).lower() if wanted else "udp"
        if self.kind.is_base:
            transport = settings.get(f"srv_sip_transport[{server_at}]", "udp").lower()
        server, port = host_and_port(proxy, 5061 if transport == "tls" else 5060)
        is_secret = settings.get(f"user_srtp[{server_at}]", "off") == "on"
        mailbox = "user_mailnumber" if self.kind.is_base else "user_mailbox"
        return Account(
            server=server,
            port=port,
            user=user,
            auth_user=settings.get(f"user_pname[{line}]") or user,
            password=settings.get(f"user_pass[{line}]", ""),
            display_name=settings.get(f"user_realname[{line}]", ""),
            domain=host_and_port(host)[0],
            transport=transport,
            srtp=_srtp(settings.get(f"user_savp[{server_at}]", "optional")) if is_secret else "off",
            expires_seconds=whole_number(settings.get(f"user_expiry[{server_at}]")) or 3600,
            codecs=_codecs(settings.get(f"codec_priority_list[{server_at}]", "")),
            voicemail_number=settings.get(f"{mailbox}[{line}]", ""),
        )

    def keys(self, settings: Mapping[str, str]) -> list[Key]:
        found = []
        for name, value in settings.items():
            place = re.fullmatch(r"fkey\[(\d+)\]", name)
            does, _, rest = value.partition(" ")
            if place and does not in ("", "none"):
                number = rest.partition("|")[0].removeprefix("sip:").partition("@")[0]
                found.append(Key(position=int(place.group(1)) + 1, does=_DOES.get(does, does), number=number))
        return found

    def firmware_url(self, settings: Mapping[str, str], get: Get) -> str | None:
        listed = settings.get("firmware_status")
        content = get(listed) if listed and settings.get("update_policy") != "never_update_firm" else None
        if content is None:
            return None
        root = read_xml(content)
        return (root.findtext("firmware") or "").strip() or None if root.tag == "firmware-settings" else None

    def directory_url(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("phonebook_location") or None if self.kind.is_base else None

    def read_directory(self, content: bytes) -> list[Contact]:
        root = read_xml(content)
        if root.tag != "SnomIPPhoneDirectory":
            raise FileRefused(f"<{root.tag}> is no directory")
        return [
            Contact(name=entry.findtext("Name", ""), numbers=(entry.findtext("Telephone", ""),))
            for entry in root.findall("DirectoryEntry")
        ]

    def url_from_option(self, option: str, value: str) -> str:
        if option == "vendor_encapsulated_options":
            inside = _sub_options(value)
            if 66 not in inside:
                raise FileRefused("option 43 without a server")
            value = f"{inside[66].rstrip('/')}/{inside.get(67, '').lstrip('/')}"
        return super().url_from_option(option, value)

    def provisioning_url(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("setting_server") or None

    def authority(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("certificate") or None

    def demands_authority(self, settings: Mapping[str, str]) -> bool:
        return settings.get("check_trusted_certificate", "off") == "on"

    def resync_seconds(self, settings: Mapping[str, str]) -> int | None:
        if settings.get("prov_polling_enabled") == "on":
            return whole_number(settings.get("prov_polling_period"))
        return whole_number(settings.get("settings_refresh_timer")) or None

    def wish(self, event: str, settings: Mapping[str, str]) -> Wish:
        kind, _, parameter = event.replace(" ", "").lower().partition(";")
        if kind not in ("check-sync", "reboot"):
            return Wish.NOTHING
        asked = "challenge_reboot" if kind == "reboot" else "challenge_checksync"
        if settings.get(asked, "off") == "on":
            return Wish.CHALLENGE
        return Wish.RESYNC if kind == "check-sync" and parameter == "reboot=false" else Wish.REBOOT

    def credentials(self, settings: Mapping[str, str]) -> tuple[str, str] | None:
        user = settings.get("http_client_user")
        return (user, settings.get("http_client_pass", "")) if user else None


def read_settings(content: bytes) -> tuple[Settings, list[str], list[str], list[Contact]]:
    """Settings (`name` or `name[idx]`), files listed, what was passed over, contacts. Raises FileRefused."""
    root = read_xml(content)
    settings: Settings = {}
    files: list[str] = []
    odd: list[str] = []
    book: list[Contact] = []
    sections = [root] if root.tag in (*SECTIONS, "setting-files") else list(root)
    if root.tag != "settings" and sections != [root]:
        raise FileRefused(f"<{root.tag}> is not a settings file")
    for section in sections:
        if section.tag == "setting-files":
            files += [file.get("url", "") for file in section.iter("file")]
        elif section.tag == "certificates":
            odd += _certificates(settings, section)
        elif section.tag in ("phone-settings", "functionKeys"):
            odd += _elements(settings, section)
        elif section.tag == "tbook":
            book += [_contact(item) for item in section.findall("item")]
        elif section.tag not in SECTIONS:
            odd.append(f"no section is called <{section.tag}>")
    return settings, [url for url in files if url], odd, book


def _contact(item: Element) -> Contact:
    both = f"{item.findtext('first_name', '')} {item.findtext('last_name', '')}"
    return Contact(name=item.findtext("name") or both.strip(), numbers=(item.findtext("number", ""),))


def _sub_options(text: str) -> dict[int, str]:
    """Option 43, which the DHCP client writes as bytes in hexadecimal: code, length, value, ..."""
    data = bytes(int(pair, 16) for pair in text.split(":"))
    found: dict[int, str] = {}
    while len(data) >= 2:
        code, length = data[:2]
        found[code] = data[2 : 2 + length].decode("ascii", "replace").rstrip("\0")
        data = data[2 + length :]
    return found


def _read(url: str, get: Get, odd: list[Odd], book: list[Contact]) -> tuple[Settings, list[str]]:
    content = get(url)
    if content is None:
        return {}, []
    try:
        settings, files, strange, contacts = read_settings(content)
    except FileRefused as error:
        odd.append(Odd(url=url, reason=str(error)))
        return {}, []
    odd += [Odd(url=url, reason=reason) for reason in strange]
    book += contacts
    return settings, [urljoin(url, file) for file in files]


def _elements(settings: Settings, section: Element) -> list[str]:
    odd = []
    for element in section:
        index = element.get("idx")
        key = element.tag if index is None else f"{element.tag}[{index}]"
        permission = element.get("perm", "")
        if permission not in PERMISSIONS:
            odd.append(f"{key}: perm {permission!r} does not exist")
        if permission in ("R", "&") and (element.tag == "admin_mode" or element.tag.startswith("fkey")):
            odd.append(f"{key}: must not be read-only")
        if index is None and element.tag.startswith(("user_", "codec_priority_list")):
            key = f"{element.tag}[1]"
        settings[key] = (element.text or "").strip()
        for attribute in ("label", "context"):
            if attribute in element.attrib:
                settings[f"{key}.{attribute}"] = element.attrib[attribute]
    return odd


def _certificates(settings: Settings, section: Element) -> list[str]:
    odd = []
    for certificate in section.iter("certificate"):
        if url := certificate.get("url"):
            settings["certificate"] = url
        elif certificate.get("type") == "base64":
            try:
                der = base64.b64decode("".join((certificate.text or "").split()), validate=True)
                settings["certificate"] = ssl.DER_cert_to_PEM_cert(der)
            except binascii.Error as error:
                odd.append(f"certificate: {error}")
        else:
            odd.append("certificate: neither url nor base64")
    return odd


def _codecs(text: str) -> tuple[str, ...]:
    return tuple(name for name in (part.strip() for part in text.split(",")) if name in ("pcma", "pcmu", "g722"))


def _srtp(mode: str) -> str:
    return mode if mode in ("off", "optional", "mandatory") else "optional"

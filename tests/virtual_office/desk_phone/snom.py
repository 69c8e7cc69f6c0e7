"""A Snom D785: XML `<settings>`, or a list of files in `<setting-files>`."""

from __future__ import annotations

import base64
import binascii
import re
import ssl
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tests.virtual_office.desk_phone.brand import (
    Account,
    Brand,
    Delivery,
    FileRefused,
    Get,
    Odd,
    Settings,
    Wish,
    folder,
    host_and_port,
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
_BUILD = "2010.12-00004-g9ba52f5"


class Snom(Brand):
    """See the module."""

    name = "snom"
    model = "snomD785"
    firmware = "10.1.33.33"
    vendor_class = "snomD785"
    url_options = ("tftp_server_name",)
    pnp_vendor = 'vendor="snom"'

    @property
    def user_agent(self) -> str:
        return f"Mozilla/4.0 (compatible; {self.model}-SIP {self.firmware} {_BUILD} {self.digits.upper()} SXM:0 UXM:0)"

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
        for name in first:
            own, others = _read(name, get, odd)
            direct.append(own)
            for other in others:
                settings, deeper = _read(other, get, odd)
                listed.append(settings)
                if deeper:
                    odd.append(Odd(url=other, reason="a listed file lists files again"))
        # The general file can win over the phone's own one; only what a list names is sure to win.
        merged: Settings = {}
        for settings in [*reversed(direct), *listed]:
            merged |= settings
        return Delivery(settings=merged, odd=tuple(odd), is_complete=bool(merged))

    def account(self, settings: Mapping[str, str]) -> Account | None:
        for line in range(1, 13):
            host = settings.get(f"user_host[{line}]", "")
            user = settings.get(f"user_name[{line}]", "")
            if settings.get(f"user_active[{line}]", "on") != "on" or not host or not user:
                continue
            proxy, _, parameters = settings.get(f"user_outbound[{line}]", host).partition(";")
            proxy = proxy.removeprefix("sip:").removeprefix("sips:") or host
            wanted = re.search(r"transport=(udp|tcp|tls)", parameters, re.IGNORECASE)
            transport = wanted.group(1).lower() if wanted else "udp"
            server, port = host_and_port(proxy, 5061 if transport == "tls" else 5060)
            is_secret = settings.get(f"user_srtp[{line}]", "off") == "on"
            return Account(
                server=server,
                port=port,
                user=user,
                auth_user=settings.get(f"user_pname[{line}]") or user,
                password=settings.get(f"user_pass[{line}]", ""),
                display_name=settings.get(f"user_realname[{line}]", ""),
                domain=host_and_port(host)[0],
                transport=transport,
                srtp=_srtp(settings.get(f"user_savp[{line}]", "optional")) if is_secret else "off",
                expires_seconds=whole_number(settings.get(f"user_expiry[{line}]")) or 3600,
                codecs=_codecs(settings.get(f"codec_priority_list[{line}]", "")),
                voicemail_number=settings.get(f"user_mailbox[{line}]", ""),
            )
        return None

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


def read_settings(content: bytes) -> tuple[Settings, list[str], list[str]]:
    """Settings (`name` or `name[idx]`), files listed, and what was passed over. Raises FileRefused."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise FileRefused(f"not XML: {error}") from error
    settings: Settings = {}
    files: list[str] = []
    odd: list[str] = []
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
        elif section.tag not in SECTIONS:
            odd.append(f"no section is called <{section.tag}>")
    return settings, [url for url in files if url], odd


def _read(url: str, get: Get, odd: list[Odd]) -> tuple[Settings, list[str]]:
    content = get(url)
    if content is None:
        return {}, []
    try:
        settings, files, strange = read_settings(content)
    except FileRefused as error:
        odd.append(Odd(url=url, reason=str(error)))
        return {}, []
    odd += [Odd(url=url, reason=reason) for reason in strange]
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

"""A Grandstream GRP2614: XML `<gs_provision>`, as P-values (version 1) or aliases (version 2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl
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


class Grandstream(Brand):
    """See the module."""

    name = "grandstream"
    model = "GRP2614"
    firmware = "1.0.11.6"
    vendor_class = "Grandstream GRP2614 dslforum.org"
    url_options = ("tftp_server_name", "option_150", "option_160", "option_242")
    pnp_vendor = 'vendor="Grandstream"'
    pnp_port = 5080
    pnp_tries = 5
    pnp_only_from_factory = True

    @property
    def user_agent(self) -> str:
        return f"Grandstream Model HW {self.model} SW {self.firmware} DevId {self.digits}"

    @property
    def pnp_user(self) -> str:
        return f"MAC%3A{self.digits.upper()}"

    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        base = folder(url)
        settings: Settings = {}
        odd: list[Odd] = []
        is_complete = False
        names = (f"cfg{self.digits}", f"cfg{self.digits}.xml", f"cfg{self.model.lower()}.xml", "cfg.xml")
        for name in names:
            content = get(base + name)
            if content is None:
                continue
            try:
                read, strange = read_binary(content) if name == names[0] else self.read_xml(content)
            except FileRefused as error:
                odd.append(Odd(url=base + name, reason=str(error)))
                break
            odd += [Odd(url=base + name, reason=reason) for reason in strange]
            settings |= read
            is_complete = True
            if _value(settings, "P8467", "provisioning.config.processall.enable").lower() not in _YES:
                break
        return Delivery(settings=settings, odd=tuple(odd), is_complete=is_complete)

    def account(self, settings: Mapping[str, str]) -> Account | None:
        host = _value(settings, "P47", "account.1.sip.server.1.address")
        user = _value(settings, "P35", "account.1.sip.userid")
        if _value(settings, "P271", "account.1.enable", "0").lower() not in _YES or not host or not user:
            return None
        transport = _TRANSPORTS.get(_value(settings, "P130", "account.1.sip.transport", "0").lower(), "udp")
        server, port = host_and_port(host, 5061 if transport == "tls" else 5060)
        minutes = whole_number(_value(settings, "P32", "account.1.sip.registration.expiration"))
        return Account(
            server=server,
            port=port,
            user=user,
            auth_user=_value(settings, "P36", "account.1.sip.subscriber.userid") or user,
            password=_value(settings, "P34", "account.1.sip.subscriber.password"),
            display_name=_value(settings, "P3", "account.1.sip.subscriber.name"),
            transport=transport,
            srtp=_SRTP.get(_value(settings, "P183", "account.1.audio.srtpmode", "0"), "off"),
            expires_seconds=(minutes or 60) * 60,
            codecs=_codecs(settings),
            voicemail_number=_value(settings, "P33", "account.1.sip.voicemail.number"),
        )

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

    def read_xml(self, content: bytes) -> tuple[Settings, list[str]]:
        """P-values by their name, aliases in lower case, and what was passed over; refused when not right."""
        try:
            root = fromstring(content)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise FileRefused(f"not XML: {error}") from error
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
            if read is None:
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


def _value(settings: Mapping[str, str], p_value: str, alias: str, default: str = "") -> str:
    return settings.get(p_value) or settings.get(alias) or default


def _codecs(settings: Mapping[str, str]) -> tuple[str, ...]:
    asked = [settings.get(key, "") for key in _CODEC_P_VALUES]
    asked += [settings.get(f"account.1.codec.choice.{place}", "") for place in range(1, 9)]
    known = [_CODECS[value.lower()] for value in asked if value.lower() in _CODECS]
    return tuple(dict.fromkeys(known))

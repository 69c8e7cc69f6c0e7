"""A Yealink SIP-T46U: `#!version:1.0.0.1`, `key = value`, boot files with includes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urljoin

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
    whole_number,
)

FIRST_LINE = "#!version:1.0.0.1"
PRODUCT_NUMBER = 108
_INCLUDE = re.compile(r'^(?:\[([^\]]*)\])?include:config\s+(?:"([^"]*)"|(\S+))$')
_TRANSPORTS = {"0": "udp", "1": "tcp", "2": "tls"}
_SRTP = {"1": "optional", "2": "mandatory"}


class Yealink(Brand):
    """See the module."""

    name = "yealink"
    model = "SIP-T46U"
    firmware = "108.86.0.20"
    vendor_class = "yealink"
    url_options = ("tftp_server_name",)
    pnp_vendor = 'vendor="Yealink"'

    @property
    def user_agent(self) -> str:
        return f"Yealink {self.model} {self.firmware} {self.colons}"

    @property
    def pnp_user(self) -> str:
        return f"MAC{self.digits}"

    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        base = folder(url.replace("$MAC", self.digits))
        for boot in (f"{self.digits}.boot", "y000000000000.boot"):
            content = get(base + boot)
            if content is not None:
                return self._boot(base + boot, content, get)
        names = (f"y{PRODUCT_NUMBER:012d}.cfg", f"{self.digits}.cfg")
        return self._files([base + name for name in names], get, [])

    def account(self, settings: Mapping[str, str]) -> Account | None:
        for line in range(1, 17):
            own = f"account.{line}."
            server = settings.get(f"{own}sip_server.1.address", "")
            user = settings.get(f"{own}user_name", "")
            if settings.get(f"{own}enable") != "1" or not server or not user:
                continue
            return Account(
                server=server,
                port=whole_number(settings.get(f"{own}sip_server.1.port")) or 5060,
                user=user,
                auth_user=settings.get(f"{own}auth_name") or user,
                password=settings.get(f"{own}password", ""),
                display_name=settings.get(f"{own}display_name", ""),
                transport=_TRANSPORTS.get(settings.get(f"{own}sip_server.1.transport_type", "0"), "udp"),
                srtp=_SRTP.get(settings.get(f"{own}srtp_encryption", "0"), "off"),
                expires_seconds=whole_number(settings.get(f"{own}sip_server.1.expires")) or 3600,
                codecs=_codecs(settings, f"{own}codec."),
                voicemail_number=settings.get(f"voice_mail.number.{line}", ""),
            )
        return None

    def provisioning_url(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("static.auto_provision.server.url") or None

    def authority(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("static.trusted_certificates.url") or None

    def demands_authority(self, settings: Mapping[str, str]) -> bool:
        return settings.get("static.security.trust_certificates") != "0"

    def resync_seconds(self, settings: Mapping[str, str]) -> int | None:
        if settings.get("static.auto_provision.repeat.enable") != "1":
            return None
        minutes = whole_number(settings.get("static.auto_provision.repeat.minutes"))
        return None if minutes is None else minutes * 60

    def wish(self, event: str, settings: Mapping[str, str]) -> Wish:
        kind, _, parameter = event.replace(" ", "").lower().partition(";")
        mode = settings.get("sip.notify_reboot_enable") or "1"
        if kind != "check-sync" or mode == "2":
            return Wish.NOTHING
        return Wish.REBOOT if mode == "1" or parameter == "reboot=true" else Wish.RESYNC

    def credentials(self, settings: Mapping[str, str]) -> tuple[str, str] | None:
        user = settings.get("static.auto_provision.server.username")
        return (user, settings.get("static.auto_provision.server.password", "")) if user else None

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
        if twice[key] > 1 and key == "static.security.user_password":
            key = f"{key} {twice[key]}"
        settings[key] = "" if value == "%NULL%" else value
    return odd


def _codecs(settings: Mapping[str, str], own: str) -> tuple[str, ...]:
    on = [name for name in ("pcma", "pcmu", "g722") if settings.get(f"{own}{name}.enable") == "1"]
    return tuple(sorted(on, key=lambda name: whole_number(settings.get(f"{own}{name}.priority")) or 99))

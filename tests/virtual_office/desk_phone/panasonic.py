"""Panasonic phones and DECT bases: `NAME="value"` lines under a fixed first line, in three files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tests.virtual_office.desk_phone.brand import (
    Account,
    Brand,
    Delivery,
    FileRefused,
    Get,
    Key,
    Kind,
    Odd,
    Settings,
    Source,
    Wish,
    whole_number,
)

FIRST_LINE = b"# Panasonic SIP Phone Standard Format File #"
MAXIMUM_FILE_BYTES = 120 * 1024
MAXIMUM_LINE_BYTES = 537
MAXIMUM_NAME_LENGTH = 32
MAXIMUM_VALUE_LENGTH = 500
_SETTING = re.compile(r'([A-Z0-9_]+)="([^"]*)"')
_PATHS = ("CFG_STANDARD_FILE_PATH", "CFG_PRODUCT_FILE_PATH", "CFG_MASTER_FILE_PATH")  # the strongest first
_TRANSPORTS = {"0": "udp", "1": "tcp", "2": "tls"}
_CODECS = {"0": "g722", "1": "pcma", "4": "pcmu"}


_FACILITY = "X_PANASONIC_IPTEL_"
_DOES = {"LINE": "line", "DN": "line", "BLF": "lamp", "CONTACT": "lamp", "ONETOUCH": "call"}
_KEY = re.compile(r"(FLEX|DSS)_BUTTON_FACILITY_ACT(\d+)")


@dataclass(frozen=True, kw_only=True)
class PanasonicKind(Kind):
    """`model` with the regional suffix that the unit asks and names itself with.

    `switches`: what turns off reading options 159 and 160, which is called otherwise in the HDV series.
    """

    vendor_class: str = "Panasonic"
    switches: str = "OPTION{}_ENABLE"


# PnP is documented of HDV (and UTG); of UT it is not confirmed, and TGP is not named.
KINDS = (
    PanasonicKind(name="panasonic", model="KX-HDV230", firmware="08.001", switches="OPTION{}_PROV_ENABLE"),
    PanasonicKind(name="hdv130", model="KX-HDV130N", firmware="07.009", switches="OPTION{}_PROV_ENABLE"),
    PanasonicKind(name="hdv330", model="KX-HDV330NE", firmware="08.001", switches="OPTION{}_PROV_ENABLE"),
    PanasonicKind(name="ut123", model="KX-UT123", firmware="01.133", speaks_pnp=False),
    PanasonicKind(name="ut136", model="KX-UT136X", firmware="01.221", speaks_pnp=False),
    PanasonicKind(name="tgp600", model="KX-TGP600T04", firmware="03.100", speaks_pnp=False, handsets=2),
)


class Panasonic(Brand):
    """See the module."""

    name = "panasonic"
    url_options = ("option_160", "option_159", "tftp_server_name")
    pnp_vendor = 'vender="Panasonic"'  # the vendor's own spelling
    pnp_tries = 5  # one a second: it waits five seconds
    kind: PanasonicKind

    @property
    def user_agent(self) -> str:
        return f"Panasonic_{self.model}/{self.firmware} ({self.digits})"

    @property
    def pnp_user(self) -> str:
        return f"MAC%3A{self.digits.upper()}"

    def sources(self, settings: Mapping[str, str]) -> list[str]:
        switches = {
            "option_160": self.kind.switches.format(160),
            "option_159": self.kind.switches.format(159),
            "tftp_server_name": "OPTION66_ENABLE",
        }
        dhcp = [option for option in self.url_options if settings.get(switches[option], "Y") == "Y"]
        pnp = [Source.PNP] if settings.get("SIPPNP_ENABLE", "Y") == "Y" else []
        # What is typed, then PnP, then DHCP (the order of UTG, the one documented); a stored path is as good as typed.
        return [Source.STORED, *pnp, *dhcp] if settings else [*pnp, *dhcp]

    def url_from_option(self, option: str, value: str) -> str:
        if "://" in value:
            return value
        if option != "tftp_server_name":
            raise FileRefused(f"{option} without a scheme: {value}")
        return f"tftp://{value.strip('/')}/"

    def provision(self, url: str, get: Get, known: Mapping[str, str]) -> Delivery:
        odd: list[Odd] = []
        if url != self.provisioning_url(known):
            first = self._expand(url) + (f"{self.model}.cfg" if url.endswith("/") else "")
            settings = _read(first, get, odd)
            return Delivery(settings=settings or {}, odd=tuple(odd), is_complete=settings is not None)
        found = [_read(self._expand(known[path]), get, odd) for path in _PATHS if known.get(path)]
        merged: Settings = {}
        for settings in reversed(found):
            merged |= settings or {}
        return Delivery(settings=merged, odd=tuple(odd), is_complete=any(found))

    def accounts(self, settings: Mapping[str, str]) -> list[Account]:
        found = []
        for line in range(1, 9):
            server = settings.get(f"SIP_RGSTR_ADDR_{line}") or settings.get(f"SIP_PRXY_ADDR_{line}", "")
            user, at, own_domain = settings.get(f"SIP_URI_{line}", "").partition("@")
            user = user if at else settings.get(f"PHONE_NUMBER_{line}", "")
            is_on = settings.get(f"LINE_ENABLE_{line}", "Enabled").lower() not in ("disabled", "n", "0")
            if not is_on or not server or not user:
                continue
            found.append(
                Account(
                    server=server,
                    port=whole_number(settings.get(f"SIP_RGSTR_PORT_{line}")) or 5060,
                    user=user,
                    auth_user=settings.get(f"SIP_AUTHID_{line}") or user,
                    password=settings.get(f"SIP_PASS_{line}", ""),
                    display_name=settings.get(f"DISPLAY_NAME_{line}", ""),
                    domain=own_domain or settings.get(f"SIP_SVCDOMAIN_{line}", ""),
                    transport=_TRANSPORTS.get(settings.get(f"SIP_TRANSPORT_{line}", "0"), "udp"),
                    srtp={"0": "mandatory", "1": "optional"}.get(settings.get(f"SRTP_CONNECT_MODE_{line}", ""), "off"),
                    expires_seconds=whole_number(settings.get(f"REG_EXPIRE_TIME_{line}")) or 3600,
                    codecs=_codecs(settings, line),
                    voicemail_number=settings.get(f"VM_NUMBER_{line}") or settings.get("VM_NUMBER", ""),
                )
            )
        return found

    def keys(self, settings: Mapping[str, str]) -> list[Key]:
        found = []
        for name, action in settings.items():
            place = _KEY.fullmatch(name)
            if place is None or not action.startswith(_FACILITY):
                continue
            series, position = place.group(1), int(place.group(2))
            number = settings.get(f"{series}_BUTTON_FACILITY_ARG{position}") or settings.get(
                f"{series}_BUTTON_QUICK_DIAL{position}", ""
            )
            word = action.removeprefix(_FACILITY)
            module = int(series == "DSS")
            found.append(Key(position=position, does=_DOES.get(word, word), number=number, module=module))
        return found

    def firmware_url(self, settings: Mapping[str, str], get: Get) -> str | None:
        is_newer = settings.get("FIRM_VERSION", self.firmware) != self.firmware
        is_wanted = settings.get("FIRM_UPGRADE_ENABLE") == "Y" and settings.get("FIRM_UPGRADE_AUTO") == "Y"
        path = settings.get("FIRM_FILE_PATH")
        return self._expand(path) if path and is_newer and is_wanted else None

    def provisioning_url(self, settings: Mapping[str, str]) -> str | None:
        path = settings.get("CFG_STANDARD_FILE_PATH")
        return self._expand(path) if path else None

    def authority(self, settings: Mapping[str, str]) -> str | None:
        return settings.get("CFG_ROOT_CERTIFICATE_PATH") or None

    def demands_authority(self, settings: Mapping[str, str]) -> bool:
        return settings.get("HTTP_SSL_VERIFY", "0") != "0"

    def resync_seconds(self, settings: Mapping[str, str]) -> int | None:
        minutes = whole_number(settings.get("CFG_CYCLIC_INTVL"))
        return minutes * 60 if minutes and settings.get("CFG_CYCLIC") == "Y" else None

    def wish(self, event: str, settings: Mapping[str, str]) -> Wish:
        asked = settings.get("CFG_RESYNC_FROM_SIP", "check-sync")
        return Wish.RESYNC if event.partition(";")[0].strip() == asked else Wish.NOTHING

    def credentials(self, settings: Mapping[str, str]) -> tuple[str, str] | None:
        user = settings.get("HTTP_AUTH_ID")
        return (user, settings.get("HTTP_AUTH_PASSWORD", "")) if user else None

    def _expand(self, url: str) -> str:
        macros = {
            "{MAC}": self.digits.upper(),
            "{mac}": self.digits,
            "{MODEL}": self.model,
            "{fwver}": self.firmware,
        }
        for macro, value in macros.items():
            url = url.replace(macro, value)
        return url


def read_settings(content: bytes) -> tuple[Settings, list[str]]:
    """Settings (the first of a name wins) and the lines passed over; refused when the file is not right."""
    if len(content) > MAXIMUM_FILE_BYTES:
        raise FileRefused(f"{len(content)} bytes; at most {MAXIMUM_FILE_BYTES}")
    lines = content.split(b"\r\n")
    if not lines[0].startswith(FIRST_LINE):
        raise FileRefused("the first line is not the fixed one")
    if any(b"\n" in line or b"\r" in line for line in lines):
        raise FileRefused("a line does not end in CR LF")
    if lines[-2:] != [b"", b""]:
        raise FileRefused("the last line is not an empty one")
    settings: Settings = {}
    odd = []
    for number, line in enumerate(lines[1:], start=2):
        reason = _read_line(settings, line)
        if reason:
            odd.append(f"line {number}: {reason}")
    return settings, odd


def _read(url: str, get: Get, odd: list[Odd]) -> Settings | None:
    content = get(url)
    if content is None:
        return None
    try:
        settings, strange = read_settings(content)
    except FileRefused as error:
        odd.append(Odd(url=url, reason=str(error)))
        return None
    odd += [Odd(url=url, reason=reason) for reason in strange]
    return settings


def _read_line(settings: Settings, line: bytes) -> str:
    if not line or line.startswith(b"#"):
        return ""
    if len(line) > MAXIMUM_LINE_BYTES:
        return f"{len(line)} bytes; at most {MAXIMUM_LINE_BYTES}"
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FileRefused("not UTF-8") from error
    if text.count('"') == 1:
        raise FileRefused(f"a value is broken over two lines: {text[:60]!r}")
    found = _SETTING.fullmatch(text)
    if found is None:
        return f'not NAME="value": {text[:60]!r}'
    name, value = found.groups()
    if len(name) > MAXIMUM_NAME_LENGTH or len(value) > MAXIMUM_VALUE_LENGTH:
        return f"{name[:60]}: too long"
    if name in settings:
        return f"{name}: given before, the first counts"
    settings[name] = value
    return ""


def _codecs(settings: Mapping[str, str], line: int) -> tuple[str, ...]:
    on = [key for key in _CODECS if settings.get(f"CODEC_ENABLE{key}_{line}") == "Y"]
    on.sort(key=lambda key: whole_number(settings.get(f"CODEC_PRIORITY{key}_{line}")) or 99)
    return tuple(_CODECS[key] for key in on)

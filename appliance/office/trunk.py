"""A trunk: the connection to the telephone company."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.ids import check_id
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret

SIP_PORT = 5060  # RFC 3261 section 19.1.2
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(\.{_LABEL})*")  # RFC 1123 section 2.1
_SIP_USER = re.compile(r"[A-Za-z0-9._+-]{1,64}")  # what providers give out; nothing in it needs escaping
_SIP_PASSWORD = re.compile(r"[\x21-\x7e]{1,128}")


def check_host(text: str) -> str:
    """Return a host name or IPv4 address; raise InvalidValueError."""
    return _matching(_HOST, "host-form", text)


def check_sip_user(text: str) -> str:
    """Return a provider's user name; raise InvalidValueError."""
    return _matching(_SIP_USER, "sip-user-form", text)


def check_sip_password(text: str) -> str:
    """Return a SIP password; raise InvalidValueError, without the password in it."""
    if not _SIP_PASSWORD.fullmatch(text):
        raise InvalidValueError("sip-password-form")
    return text


class Transport(StrEnum):
    """How signalling travels (RFC 3261 section 18)."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class Codec(StrEnum):
    """Voice codecs the switch has (compiler/codec_modules.py)."""

    G722 = "g722"
    ALAW = "alaw"
    ULAW = "ulaw"
    OPUS = "opus"
    GSM = "gsm"


class NumberFormat(StrEnum):
    """How a line wants numbers written: +3225551001, 3225551001, 003225551001, or 025551001 inside the country."""

    PLUS = "plus"
    BARE = "bare"
    INTERNATIONAL = "international"
    NATIONAL = "national"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A SIP line. Trunks are tried in the order of the office's list, unless an outbound route says otherwise.

    `registers`: the box logs in with user name and password (RFC 3261 section 10); otherwise the
    provider knows the box by its address. `answers_options`: the provider answers OPTIONS, so a dark
    line is known before a call is tried on it. `channels`: simultaneous calls the line carries, None if nobody
    counts; one of them is kept free for an emergency. `encrypts_media`: SRTP by SDES (RFC 4568), only over TLS.
    `called_format`, `shown_format`: how called numbers and our own are written there.
    """

    id: str
    name: str
    host: str
    port: int = SIP_PORT
    username: str = ""
    password: Secret = Secret("")
    registers: bool = True
    answers_options: bool = True
    channels: int | None = None
    transport: Transport = Transport.UDP
    encrypts_media: bool = False
    codecs: tuple[Codec, ...] = (Codec.ALAW, Codec.ULAW)
    called_format: NumberFormat = NumberFormat.PLUS
    shown_format: NumberFormat = NumberFormat.PLUS

    def __post_init__(self) -> None:
        check_id(self.id)

    @property
    def ordinary_channels(self) -> int | None:
        """How many calls at once may be ordinary ones going out; the rest waits for an emergency."""
        return None if self.channels is None else max(1, self.channels - 1)


def _matching(pattern: re.Pattern[str], rule: str, text: str) -> str:
    if not pattern.fullmatch(text):
        raise InvalidValueError(rule, value=text)
    return text

"""A trunk: the connection to the telephone company."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Trunk:
    """A SIP line. Trunks are tried in the order of the office's list.

    `registers`: the box logs in with user name and password (RFC 3261 section 10); otherwise the
    provider knows the box by its address. `answers_options`: the provider answers OPTIONS, so a dark
    line is known before a call is tried on it.
    """

    id: str
    name: str
    host: str
    port: int = SIP_PORT
    username: str = ""
    password: Secret = Secret("")
    registers: bool = True
    answers_options: bool = True

    def __post_init__(self) -> None:
        check_id(self.id)


def _matching(pattern: re.Pattern[str], rule: str, text: str) -> str:
    if not pattern.fullmatch(text):
        raise InvalidValueError(rule, value=text[:40])
    return text

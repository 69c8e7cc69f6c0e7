"""The mail server by which the office's mails leave: the one of its internet provider or of its mail service."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret
from appliance.office.trunk import check_host
from appliance.office.voicemail import check_email

SUBMISSION_PORT = 587  # RFC 6409 section 3.1
LAST_PORT = 65535
# What every login carries alike: beyond ASCII, servers disagree on how a letter is sent.
_USERNAME = re.compile(r"[\x20-\x7e]{0,200}")
_PASSWORD = re.compile(r"[\x20-\x7e]{1,200}")


class Security(StrEnum):
    """How the way to the server is made private: from the greeting on (RFC 8314), by STARTTLS (RFC 3207), or not."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


def check_mail_password(text: str) -> str:
    """Return a password of a mail account; raise InvalidValueError, without the password in it."""
    if not _PASSWORD.fullmatch(text):
        raise InvalidValueError("mail-password-form")
    return text


def check_mail_username(text: str) -> str:
    """Return a user name of a mail account, empty if the server asks for none; raise InvalidValueError."""
    if not _USERNAME.fullmatch(text):
        raise InvalidValueError("mail-username-form", value=text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """`sender` is the address that mails come from. Without `username` the box does not log in."""

    host: str
    sender: str
    port: int = SUBMISSION_PORT
    security: Security = Security.STARTTLS
    username: str = ""
    password: Secret = Secret("")

    def __post_init__(self) -> None:
        check_host(self.host)
        check_email(self.sender)
        check_mail_username(self.username)
        if self.password:
            check_mail_password(self.password.reveal())
        if not 1 <= self.port <= LAST_PORT:
            raise InvalidValueError("not-in-range", value=str(self.port), least="1", most=str(LAST_PORT))
        if self.username and self.security is Security.NONE:
            raise InvalidValueError("mail-login-in-clear", value=self.host)

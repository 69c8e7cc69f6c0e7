"""One session with the mail server, and what its answers mean (RFC 5321, RFC 4954, RFC 3207)."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from types import TracebackType
from typing import Self

from appliance.mail.mail_fault import MailFault
from appliance.mail.wording import one_line
from appliance.office.mail_server import MailServer, Security

# Each wait of a session; RFC 5321 section 4.5.3.2 allows minutes, which is for servers among themselves.
WAIT_SECONDS = 30.0
OWN_NAME = "belbox.local"  # by itself smtplib asks the DNS who we are, which may take long
_LOGIN_WANTED = frozenset({530, 534, 535, 538})  # RFC 4954 section 6
_TOO_LARGE = 552


class Trouble(StrEnum):
    """What keeps every mail from leaving; also the name of its text in the status."""

    NO_SERVER = "mail-no-server"
    NOT_REACHED = "mail-not-reached"
    NOT_TRUSTED = "mail-not-trusted"
    LOGIN_REFUSED = "mail-login-refused"
    SENDER_REFUSED = "mail-sender-refused"


class ServerTrouble(MailFault):
    """No mail can leave now; it holds no word of the server, which may repeat what it was sent."""

    def __init__(self, trouble: Trouble, code: int = 0) -> None:
        super().__init__(f"{trouble.value} {code or ''}".strip())
        self.trouble = trouble
        self.code = code


class MailRefused(MailFault):
    """This mail will never be taken."""


class MailDelayed(MailFault):
    """This mail was not taken now, and may be later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What became of each address: `taken`; `refused` for good and `delayed`, each with the server's reason."""

    taken: tuple[str, ...]
    refused: Mapping[str, str]
    delayed: Mapping[str, str]


class MailSession:
    """A logged-in session, as a context manager. `trust` None: the authorities that this machine trusts."""

    def __init__(self, server: MailServer, trust: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._trust = trust
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        """Connect and log in; raises ServerTrouble."""
        try:
            self._open()
        except smtplib.SMTPAuthenticationError as fault:
            self._close()
            # 4xx: the server cannot look the account up just now.
            trouble = Trouble.LOGIN_REFUSED if fault.smtp_code >= 500 else Trouble.NOT_REACHED
            raise ServerTrouble(trouble, fault.smtp_code) from None
        except (ssl.SSLError, smtplib.SMTPNotSupportedError):
            self._close()
            raise ServerTrouble(Trouble.NOT_TRUSTED) from None
        except (OSError, smtplib.SMTPException) as fault:
            self._close()
            raise ServerTrouble(Trouble.NOT_REACHED, _code(fault)) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def send(self, message: EmailMessage, addresses: tuple[str, ...]) -> Delivery:
        """Send one mail; raises MailRefused, MailDelayed or ServerTrouble."""
        assert self._smtp is not None, "the session is not open"
        try:
            others = self._smtp.sendmail(self._server.sender, addresses, message.as_bytes(policy=SMTP))
        except smtplib.SMTPRecipientsRefused as fault:
            others = fault.recipients
        except smtplib.SMTPSenderRefused as fault:
            if fault.smtp_code == _TOO_LARGE:
                raise MailRefused(_reason(fault.smtp_code, fault.smtp_error)) from None
            raise _of_sender(fault.smtp_code, fault.smtp_error) from None
        except smtplib.SMTPDataError as fault:
            raise _of_mail(fault.smtp_code, fault.smtp_error) from None
        except (OSError, smtplib.SMTPException) as fault:
            raise MailDelayed(f"the connection broke ({type(fault).__name__})") from None
        answers = {address: (code, words) for address, (code, words) in others.items()}
        if len(answers) == len(addresses) and all(code in _LOGIN_WANTED for code, _ in answers.values()):
            raise ServerTrouble(Trouble.LOGIN_REFUSED, answers[addresses[0]][0])
        return Delivery(
            taken=tuple(address for address in addresses if address not in answers),
            refused={one: _reason(code, words) for one, (code, words) in answers.items() if code >= 500},
            delayed={one: _reason(code, words) for one, (code, words) in answers.items() if code < 500},
        )

    def _open(self) -> None:
        server, trust = self._server, self._trust or ssl.create_default_context()
        if server.security is Security.TLS:
            self._smtp = smtplib.SMTP_SSL(
                server.host, server.port, local_hostname=OWN_NAME, timeout=WAIT_SECONDS, context=trust
            )
        else:
            self._smtp = smtplib.SMTP(server.host, server.port, local_hostname=OWN_NAME, timeout=WAIT_SECONDS)
        self._smtp.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            self._smtp.starttls(context=trust)
        if server.username:
            self._smtp.login(server.username, server.password.reveal())

    def _close(self) -> None:
        if self._smtp is None:
            return
        try:
            self._smtp.quit()
        except (OSError, smtplib.SMTPException):
            self._smtp.close()
        self._smtp = None


def _of_sender(code: int, words: bytes | str) -> MailFault:
    if code in _LOGIN_WANTED:
        return ServerTrouble(Trouble.LOGIN_REFUSED, code)
    return ServerTrouble(Trouble.SENDER_REFUSED, code) if code >= 500 else MailDelayed(_reason(code, words))


def _of_mail(code: int, words: bytes | str) -> MailFault:
    return MailRefused(_reason(code, words)) if code >= 500 else MailDelayed(_reason(code, words))


def _reason(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return one_line(f"{code} {text}")


def _code(fault: Exception) -> int:
    return fault.smtp_code if isinstance(fault, smtplib.SMTPResponseException) else 0

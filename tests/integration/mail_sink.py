"""A real mail server on loopback, with TLS and a login, that keeps what it is sent and can be told to refuse."""

from __future__ import annotations

import email
import email.policy
import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ADDRESS = "127.0.0.1"
USER, PASSWORD = "office@mail.example", 'a password, with ; and "quotes" in it'


@dataclass(frozen=True, slots=True)
class Received:
    """One mail as the server took it."""

    sender: str
    addresses: tuple[str, ...]
    mail: EmailMessage


@dataclass
class MailSink:
    """A server, as a context manager. `answers`: what it says to an address instead of taking it.

    `answer_to_mail`: what it says at the end of a mail; empty: takes it.
    """

    folder: Path
    implicit_tls: bool = False
    offers_tls: bool = True
    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    answer_to_mail: str = ""
    received: list[Received] = field(default_factory=list)
    logins: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.trust, self._server_side = _certificate(self.folder)
        self.port = self.port or _free_port()
        self._came = threading.Condition()
        self._controller: Controller | None = None

    def __enter__(self) -> Self:
        settings: dict[str, Any] = {"auth_required": True, "authenticator": self._log_in}
        if self.implicit_tls:
            # aiosmtpd does not count a connection that is TLS from the start as one on which a login is safe.
            settings |= {"ssl_context": self._server_side, "auth_require_tls": False, "auth_required": False}
        elif self.offers_tls:
            settings |= {"tls_context": self._server_side, "require_starttls": True}
        else:
            settings = {}
        self._controller = Controller(self, hostname=ADDRESS, port=self.port, **settings)
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._controller is not None
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or answer as told."""
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail, or answer as told."""
        if self.answer_to_mail:
            return self.answer_to_mail
        assert isinstance(envelope.content, bytes)
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        with self._came:
            self.received.append(Received(str(envelope.mail_from), tuple(envelope.rcpt_tos), mail))
            self._came.notify_all()
        return "250 OK"

    def wait_for(self, count: int, seconds: float = 10.0) -> list[Received]:
        """Wait until so many mails have come."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.received) >= count, seconds), f"{len(self.received)} came"
        return self.received

    def _log_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        is_right = data == LoginPassword(USER.encode(), PASSWORD.encode())
        self.logins.append(is_right)
        return AuthResult(success=is_right, handled=False)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a client must trust, and the server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail sink")])
    now = datetime.now(UTC)  # noqa: TID251  (TLS reads the real clock)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(ADDRESS))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "certificate.pem"
    public = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(public + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return ssl.create_default_context(cadata=public.decode()), server

"""The box's own certificate authority, and the certificate its web server shows to phones and people."""

from __future__ import annotations

import ipaddress
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.files import make_folder, remove_file, replace_file
from appliance.paths import Paths

HOST_NAME = "belbox.local"
RSA_BITS = 2048  # elliptic curves are not understood by every phone still in use
CA_LIFE = timedelta(days=3652)
SERVER_LIFE = timedelta(days=825)  # Apple HT210176: browsers refuse longer ones, also from a private authority
RENEW_BEFORE = timedelta(days=60)
# So long before its end an authority is followed by the next: every phone fetches its settings several times a year.
FOLLOWED_BEFORE = timedelta(days=365)
BACKDATED = timedelta(days=1)  # for phones whose clock is a little behind

LOG = logging.getLogger(__name__)
_DAMAGED = (OSError, ValueError, TypeError, x509.ExtensionNotFound, UnsupportedAlgorithm)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFiles:
    """Where the keys and certificates lie."""

    folder: Path

    @property
    def authority(self) -> Path:
        """The authority's certificate, PEM; public."""
        return self.folder / "ca.pem"

    @property
    def authority_der(self) -> Path:
        """The same in DER."""
        return self.folder / "ca.der"

    @property
    def authority_key(self) -> Path:
        """The authority's key."""
        return self.folder / "ca.key"

    @property
    def authority_copy(self) -> Path:
        """The authority's key and certificate once more: with them lost, phones would trust nothing of ours."""
        return self.folder / "ca.copy"

    @property
    def authority_by_the_one_before(self) -> Path:
        """The authority's certificate as the authority before it vouches for it, PEM; public."""
        return self.folder / "ca-by-the-one-before.pem"

    @property
    def server(self) -> Path:
        """The web server's certificate and those of the authorities that vouch for it, PEM."""
        return self.folder / "server.pem"

    @property
    def server_key(self) -> Path:
        """The web server's key."""
        return self.folder / "server.key"


def certificate_files(paths: Paths) -> CertificateFiles:
    """Return where this box keeps them; nothing need exist."""
    return CertificateFiles(folder=paths.certificates)


@dataclass(frozen=True, slots=True)
class _Authority:
    certificate: x509.Certificate
    key: rsa.RSAPrivateKey


def ensure_certificates(paths: Paths, address: str, now: datetime, *, is_clock_sure: bool = True) -> bool:
    """Make what is missing, damaged or near its end; return whether there is a new certificate to be shown.

    An authority whose end is near is followed by a new one, for which the old one vouches: a phone that knows either
    trusts the server. A clock that may be wrong (`is_clock_sure` False: nobody has set it since the start) and that
    says what can hardly be ends nothing: phones would lose what they trust. Raises OSError if the disk takes nothing.
    """
    files = certificate_files(paths)
    make_folder(files.folder)
    authority = _whole_authority(files)
    if authority is None:
        authority = _new_authority(now)
        _keep_authority(files, authority, None)
    elif _is_to_be_followed(authority.certificate, now, is_clock_sure=is_clock_sure):
        before, authority = authority, _new_authority(now)
        LOG.warning("the authority ends on %s: a new one follows it", before.certificate.not_valid_after_utc.date())
        _keep_authority(files, authority, _vouched_for(authority, before, now))
    moment = _plausible(now, authority.certificate)
    if _server_holds(files, authority, address, now if is_clock_sure else None, moment):
        return False
    _make_server(files, authority, address, moment)
    return True


def _is_to_be_followed(authority: x509.Certificate, now: datetime, *, is_clock_sure: bool) -> bool:
    end = authority.not_valid_after_utc
    return now > end - FOLLOWED_BEFORE and (is_clock_sure or now < end)


def _whole_authority(files: CertificateFiles) -> _Authority | None:
    """Return the authority, mended from its copy if need be; None if there is none, or nothing whole of it."""
    for key, certificate in (
        (files.authority_key, files.authority),
        (files.authority_copy, files.authority_copy),
        (files.authority_key, files.authority_copy),
        (files.authority_copy, files.authority),
    ):
        authority = _read_authority(key, certificate)
        if authority is None:
            continue
        if not _is_kept(files, authority):
            _keep_authority(files, authority, _read_vouched(files, authority))
        return authority
    return None


def _read_authority(key_file: Path, certificate_file: Path) -> _Authority | None:
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), password=None)
    except _DAMAGED:
        return None
    if not isinstance(key, rsa.RSAPrivateKey) or key.public_key() != certificate.public_key():
        return None
    return _Authority(certificate, key)


def _is_kept(files: CertificateFiles, authority: _Authority) -> bool:
    try:
        der = files.authority_der.read_bytes()
    except OSError:
        return False
    own = _read_authority(files.authority_key, files.authority)
    copy = _read_authority(files.authority_copy, files.authority_copy)
    wanted = authority.certificate
    is_whole = own is not None and copy is not None and own.certificate == copy.certificate == wanted
    return is_whole and der == wanted.public_bytes(serialization.Encoding.DER)


def _keep_authority(files: CertificateFiles, authority: _Authority, vouched: x509.Certificate | None) -> None:
    pem, key = _pem(authority.certificate), _key_text(authority.key)
    replace_file(files.authority_copy, key + pem, 0o600)
    replace_file(files.authority_key, key, 0o600)
    replace_file(files.authority_der, authority.certificate.public_bytes(serialization.Encoding.DER), 0o644)
    replace_file(files.authority, pem, 0o644)
    if vouched is None:
        remove_file(files.authority_by_the_one_before)
    else:
        replace_file(files.authority_by_the_one_before, _pem(vouched), 0o644)


def _read_vouched(files: CertificateFiles, authority: _Authority) -> x509.Certificate | None:
    try:
        vouched = x509.load_pem_x509_certificate(files.authority_by_the_one_before.read_bytes())
    except _DAMAGED:
        return None
    return vouched if vouched.public_key() == authority.certificate.public_key() else None


def _new_authority(now: datetime) -> _Authority:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    serial = x509.random_serial_number()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Belbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Belbox authority {serial & 0xFFFFFFFF:08x}"),
        ]
    )
    # One authority below it: the next one, which it vouches for.
    builder = _authority_builder(name, key, length_below=1).issuer_name(name).serial_number(serial)
    builder = builder.not_valid_before(now - BACKDATED).not_valid_after(now + CA_LIFE)
    return _Authority(builder.sign(key, hashes.SHA256()), key)


def _vouched_for(authority: _Authority, before: _Authority, now: datetime) -> x509.Certificate | None:
    """Return the new authority's certificate signed by the one before; None if that one has ended already."""
    end = before.certificate.not_valid_after_utc
    if now >= end:
        return None
    builder = _authority_builder(authority.certificate.subject, authority.key, length_below=0)
    builder = builder.issuer_name(before.certificate.subject).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - BACKDATED).not_valid_after(end)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(before.key.public_key())
    return builder.add_extension(issuer, critical=False).sign(before.key, hashes.SHA256())


def _authority_builder(name: x509.Name, key: rsa.RSAPrivateKey, *, length_below: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=length_below), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _plausible(now: datetime, authority: x509.Certificate) -> datetime:
    """Return `now`, or the nearest moment at which a certificate of this authority can begin."""
    earliest = authority.not_valid_before_utc + BACKDATED
    return max(earliest, min(now, authority.not_valid_after_utc - RENEW_BEFORE - BACKDATED))


def _make_server(files: CertificateFiles, authority: _Authority, address: str, now: datetime) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)]))
        .issuer_name(authority.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(min(now - BACKDATED + SERVER_LIFE, authority.certificate.not_valid_after_utc))
        .add_extension(_names_of(address), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    replace_file(files.server_key, _key_text(key), 0o600)
    replace_file(files.server, b"".join([_pem(certificate), *_chain(files, authority, now)]), 0o644)


def _names_of(address: str) -> x509.SubjectAlternativeName:
    """Return what the server is called. The address stands there as a DNS name too: before 3.5, mbedTLS (linphone, and
    phones built on it) compares a server typed as an address with DNS names alone (Mbed-TLS/mbedtls issue 5082).
    """
    return x509.SubjectAlternativeName(
        [x509.DNSName(HOST_NAME), x509.IPAddress(ipaddress.ip_address(address)), x509.DNSName(address)]
    )


def _chain(files: CertificateFiles, authority: _Authority, now: datetime) -> list[bytes]:
    vouched = _read_vouched(files, authority)
    is_of_use = vouched is not None and now < vouched.not_valid_after_utc
    return [*([_pem(vouched)] if vouched is not None and is_of_use else []), _pem(authority.certificate)]


def _server_holds(
    files: CertificateFiles, authority: _Authority, address: str, sure_now: datetime | None, moment: datetime
) -> bool:
    try:
        content = files.server.read_bytes()
        server = x509.load_pem_x509_certificate(content)
        names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        key = serialization.load_pem_private_key(files.server_key.read_bytes(), password=None)
        server.verify_directly_issued_by(authority.certificate)
    except (*_DAMAGED, InvalidSignature):
        return False
    return (
        content == b"".join([_pem(server), *_chain(files, authority, moment)])
        and key.public_key() == server.public_key()
        and names == _names_of(address)
        and _is_in_time(server, sure_now, moment)
    )


def _is_in_time(server: x509.Certificate, sure_now: datetime | None, moment: datetime) -> bool:
    begin, end = server.not_valid_before_utc, server.not_valid_after_utc
    if sure_now is None and not begin <= moment < end + SERVER_LIFE:
        return True  # more likely the clock is wrong
    return begin <= moment < end - RENEW_BEFORE


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_encipherment=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_text(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )

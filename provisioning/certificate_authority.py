"""The box's own certificate authority, and the certificate its web server shows to phones and people."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from appliance.paths import Paths
from provisioning.atomic_file import write_atomically

HOST_NAME = "belbox.local"
RSA_BITS = 2048  # elliptic curves are not understood by every phone still in use
CA_LIFE = timedelta(days=3652)
SERVER_LIFE = timedelta(days=825)  # Apple HT210176: browsers refuse longer ones, also from a private authority
RENEW_BEFORE = timedelta(days=60)
BACKDATED = timedelta(days=1)  # for phones whose clock is a little behind


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
    def server(self) -> Path:
        """The web server's certificate followed by the authority's, PEM."""
        return self.folder / "server.pem"

    @property
    def server_key(self) -> Path:
        """The web server's key."""
        return self.folder / "server.key"


def certificate_files(paths: Paths) -> CertificateFiles:
    """Return where this box keeps them; nothing need exist."""
    return CertificateFiles(folder=paths.certificates)


def ensure_certificates(paths: Paths, address: str, now: datetime) -> bool:
    """Make what is missing, and the server's certificate anew when the address changed or its end is near.

    Returns whether the web server must load a new certificate. The authority is made once: phones keep it.
    """
    files = certificate_files(paths)
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    if not (files.authority.exists() and files.authority_key.exists() and files.authority_der.exists()):
        _make_authority(files, now)
    if _server_holds(files, address, now):
        return False
    _make_server(files, address, now)
    return True


def _make_authority(files: CertificateFiles, now: datetime) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    serial = x509.random_serial_number()
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Belbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Belbox authority {serial & 0xFFFFFFFF:08x}"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial)
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + CA_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write_key(files.authority_key, key)
    write_atomically(files.authority_der, certificate.public_bytes(serialization.Encoding.DER), 0o644)
    write_atomically(files.authority, certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _make_server(files: CertificateFiles, address: str, now: datetime) -> None:
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    authority_key = serialization.load_pem_private_key(files.authority_key.read_bytes(), password=None)
    assert isinstance(authority_key, rsa.RSAPrivateKey)
    key = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)]))
        .issuer_name(authority.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(min(now + SERVER_LIFE, authority.not_valid_after_utc))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(HOST_NAME), x509.IPAddress(ipaddress.ip_address(address))]),
            critical=False,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    chain = certificate.public_bytes(serialization.Encoding.PEM) + files.authority.read_bytes()
    _write_key(files.server_key, key)
    write_atomically(files.server, chain, 0o644)


def _server_holds(files: CertificateFiles, address: str, now: datetime) -> bool:
    if not (files.server.exists() and files.server_key.exists()):
        return False
    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    key = serialization.load_pem_private_key(files.server_key.read_bytes(), password=None)
    return (
        server.issuer == authority.subject
        and key.public_key() == server.public_key()
        and ipaddress.ip_address(address) in names.get_values_for_type(x509.IPAddress)
        and now < server.not_valid_after_utc - RENEW_BEFORE
    )


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


def _write_key(path: Path, key: rsa.RSAPrivateKey) -> None:
    content = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_atomically(path, content, 0o600)

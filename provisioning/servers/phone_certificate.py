"""A phone's own certificate: who vouches for it, and the MAC address in it."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError

LOG = logging.getLogger(__name__)
_MAC = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{2}(?:[:-]?[0-9A-Fa-f]{2}){5}(?![0-9A-Fa-f])")


def authorities_in(folder: Path) -> bytes:
    """Return all certificates of the PEM files there as one text, empty if there are none.

    A file that cannot be read as certificates is left out and logged: nginx would not start with it.
    """
    certificates: dict[bytes, None] = {}
    for path in sorted(folder.glob("*.pem")) if folder.is_dir() else ():
        try:
            for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
                certificates[certificate.public_bytes(Encoding.PEM)] = None
        except (OSError, ValueError) as fault:
            LOG.error("%s holds no certificates and is not used: %s", path, fault)
    return b"".join(certificates)


def mac_certified(escaped_certificate: str) -> MacAddress | None:
    """Return the MAC address in the common name of a certificate that nginx has verified (PEM, URL-encoded)."""
    if not escaped_certificate:
        return None
    try:
        certificate = x509.load_pem_x509_certificate(unquote_to_bytes(escaped_certificate))
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        found = [match.group() for name in names for match in _MAC.finditer(str(name.value))]
        return MacAddress.parse(found[0]) if len(found) == 1 else None
    except (ValueError, InvalidValueError):
        return None

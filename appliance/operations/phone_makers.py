"""Which phone makers' authorities may vouch for a phone's own certificate."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from appliance.errors import BelboxError
from appliance.files import replace_file
from appliance.operations.box import Box
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server


def trust_maker(box: Box, file: Path) -> tuple[str, ...]:
    """Take in a PEM file of certificates, and return whose they are; the web server asks phones for theirs then.

    BelboxError if it has none.
    """
    try:
        content = file.read_bytes()
        certificates = x509.load_pem_x509_certificates(content)
    except (OSError, ValueError) as fault:
        raise BelboxError("no-certificates", value=str(file), cause=fault) from fault
    box.paths.phone_authorities.mkdir(parents=True, exist_ok=True, mode=0o755)
    replace_file(box.paths.phone_authorities / f"{file.stem}.pem", content, 0o644)
    prepare_web_server(WebServer(paths=box.paths, address=box.network.address, worker_user=default_worker_user()))
    box.restart_web_server()
    return tuple(certificate.subject.rfc4514_string() for certificate in certificates)

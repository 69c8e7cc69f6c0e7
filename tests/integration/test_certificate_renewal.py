"""While the box runs its certificates are renewed, and the switch shows the new one without a restart."""

from __future__ import annotations

import shutil
import socket
import ssl
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509

from appliance.monitor.certificate_rounds import CertificateRounds
from appliance.operations.phone_signals import PhoneSignals
from provisioning.certificate_authority import certificate_files, ensure_certificates
from tests.integration.loopback_box import LoopbackBox, now

pytestmark = pytest.mark.feature("I5", "R3")


@pytest.fixture
def here(tmp_path: Path, switch_root: Path) -> Iterator[LoopbackBox]:
    """A box whose certificate was made 800 days ago and ends in less than a month; its switch shows that one."""
    with LoopbackBox(tmp_path / "box", switch_root) as here:
        paths = here.box.paths
        shutil.rmtree(paths.certificates)
        ensure_certificates(paths, here.box.network.address, now() - timedelta(days=800))
        here.box.provide_trust()
        here.box.load_again()
        yield here


def test_a_certificate_near_its_end_is_renewed_and_shown_by_the_running_switch(here: LoopbackBox) -> None:
    files = certificate_files(here.box.paths)
    authority, before, switch = files.authority.read_bytes(), _shown(here), here.switch.pid
    assert before.not_valid_after_utc < now() + timedelta(days=30)
    assert CertificateRounds(here.box, PhoneSignals(here.box)).renew()
    after = _shown(here)
    assert after.not_valid_after_utc > now() + timedelta(days=700)
    assert files.authority.read_bytes() == authority, "phones keep the one they know"
    after.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
    assert here.switch.pid == switch
    assert not CertificateRounds(here.box, PhoneSignals(here.box)).renew(), "and then all is well for two years"


def _shown(here: LoopbackBox) -> x509.Certificate:
    """Return the certificate that the switch shows to a phone."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    network = here.box.network
    with (
        socket.create_connection((network.address, network.sip_tls_port), timeout=5) as connection,
        context.wrap_socket(connection) as secure,
    ):
        shown = secure.getpeercert(binary_form=True)
    assert shown
    return x509.load_der_x509_certificate(shown)

"""The box's certificates: made once, renewed when needed, keys kept close."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from appliance.paths import Paths
from provisioning.certificate_authority import certificate_files, ensure_certificates
from provisioning.network_facts import DhcpRole, NetworkFacts, NetworkFactsUnreadable, load, save

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.mark.feature("G4", "I5")
def test_server_certificate_follows_the_address_and_its_end(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    files = certificate_files(paths)
    assert ensure_certificates(paths, "192.0.2.10", NOW)
    authority = files.authority.read_bytes()

    assert not ensure_certificates(paths, "192.0.2.10", NOW + timedelta(days=300))
    assert ensure_certificates(paths, "192.0.2.11", NOW)
    assert ensure_certificates(paths, "192.0.2.11", NOW + timedelta(days=800))
    assert files.authority.read_bytes() == authority, "phones keep the authority they have"

    server = x509.load_pem_x509_certificate(files.server.read_bytes())
    server.verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["belbox.local"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.11"]
    assert ssl.PEM_cert_to_DER_cert(authority.decode()) == files.authority_der.read_bytes()
    assert {path.stat().st_mode & 0o777 for path in (files.authority_key, files.server_key)} == {0o600}


@pytest.mark.feature("A1", "G3")
def test_network_facts_read_back(tmp_path: Path) -> None:
    facts = NetworkFacts(
        interface="lan0",
        address="192.0.2.10",
        prefix_length=24,
        router="192.0.2.1",
        dns="192.0.2.1",
        dhcp_role=DhcpRole.SERVER,
        pool_start="192.0.2.100",
        pool_end="192.0.2.199",
    )
    save(facts, tmp_path / "network.toml")
    assert load(tmp_path / "network.toml") == facts


@pytest.mark.feature("A1", "G3")
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"192.0.2.10"', '"192.0.2.10\\ndhcp-script=/x"'),
        ('"192.0.2.100"', '"198.51.100.1"'),
        ('"lan0"', '"lan0,*"'),
        ('"server"', '"master"'),
        ("prefix_length", "prefix"),
    ],
)
def test_network_facts_that_cannot_be_true_are_refused(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "network.toml"
    test_network_facts_read_back(tmp_path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(NetworkFactsUnreadable):
        load(path)

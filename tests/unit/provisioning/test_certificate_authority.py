"""The box's certificates: made once, renewed when needed, keys kept close."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from appliance.paths import Paths
from provisioning.certificate_authority import FOLLOWED_BEFORE, certificate_files, ensure_certificates
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
    assert names.get_values_for_type(x509.DNSName) == ["belbox.local", "192.0.2.11"], "mbedTLS reads no others"
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
    text = path.read_text().replace(old, new)
    path.write_text(text)
    assert load(path).address == "192.0.2.10", "their copy is still good"
    path.with_name("network.toml.copy").write_text(text)
    with pytest.raises(NetworkFactsUnreadable):
        load(path)


def _trusts(root: bytes, server: bytes, at: datetime) -> bool:
    """Tell whether a client that knows this root alone trusts this server's chain at a moment."""
    leaf, *others = x509.load_pem_x509_certificates(server)
    store = Store([x509.load_pem_x509_certificate(root)])
    verifier = PolicyBuilder().store(store).time(at).build_server_verifier(x509.DNSName("belbox.local"))
    try:
        verifier.verify(leaf, others)
    except VerificationError:
        return False
    return True


@pytest.mark.feature("I5", "G4")
@pytest.mark.parametrize("days", [59, pytest.param(7, marks=pytest.mark.slow)])  # less than RENEW_BEFORE
def test_an_authority_near_its_end_is_followed_while_it_still_vouches(tmp_path: Path, days: int) -> None:
    """Phones with the old one and phones with the new one trust the server, for the whole year in between."""
    paths = Paths(tmp_path)
    files = certificate_files(paths)
    ensure_certificates(paths, "192.0.2.10", NOW)
    old = files.authority.read_bytes()
    end = x509.load_pem_x509_certificate(old).not_valid_after_utc
    day, followed = NOW, None
    while day < end + timedelta(days=400):
        ensure_certificates(paths, "192.0.2.10", day)
        new, server = files.authority.read_bytes(), files.server.read_bytes()
        if new != old and followed is None:
            followed = day
        assert _trusts(new, server, day), day
        assert _trusts(old, server, day) == (day < end), day
        day += timedelta(days=days)
    assert followed is not None
    assert timedelta() <= FOLLOWED_BEFORE - (end - followed) <= timedelta(days=days)


@pytest.mark.feature("I5", "R3")
@pytest.mark.parametrize("year", [1970, 2050])
def test_a_clock_that_nobody_set_ends_no_authority(tmp_path: Path, year: int) -> None:
    """A box without a battery starts in 1970; phones keep the authority they know, and trust what is shown."""
    paths = Paths(tmp_path)
    files = certificate_files(paths)
    ensure_certificates(paths, "192.0.2.10", NOW)
    authority = files.authority.read_bytes()
    wrong = datetime(year, 1, 2, tzinfo=UTC)
    assert not ensure_certificates(paths, "192.0.2.10", wrong, is_clock_sure=False)
    files.server.unlink()
    assert ensure_certificates(paths, "192.0.2.10", wrong, is_clock_sure=False)
    assert files.authority.read_bytes() == authority
    ensure_certificates(paths, "192.0.2.10", NOW + timedelta(days=1))
    assert _trusts(authority, files.server.read_bytes(), NOW + timedelta(days=1))


@pytest.mark.feature("I5", "R2")
@pytest.mark.parametrize("name", ["ca.pem", "ca.key", "ca.der", "ca.copy", "server.pem", "server.key"])
@pytest.mark.parametrize("damage", ["gone", "empty", "garbage", "cut", "folder"])
def test_a_damaged_file_is_made_anew_and_phones_keep_their_authority(tmp_path: Path, name: str, damage: str) -> None:
    paths = Paths(tmp_path)
    files = certificate_files(paths)
    ensure_certificates(paths, "192.0.2.10", NOW)
    authority = files.authority.read_bytes()
    place = files.folder / name
    content = place.read_bytes()
    place.unlink()
    match damage:
        case "empty":
            place.touch()
        case "garbage":
            place.write_bytes(b"\x00" * 900)
        case "cut":
            place.write_bytes(content[: len(content) // 2])
        case "folder":
            place.mkdir()
    ensure_certificates(paths, "192.0.2.10", NOW)
    assert files.authority.read_bytes() == authority
    assert ssl.PEM_cert_to_DER_cert(authority.decode()) == files.authority_der.read_bytes()
    assert _trusts(authority, files.server.read_bytes(), NOW)
    assert not ensure_certificates(paths, "192.0.2.10", NOW), "and then nothing is left to do"

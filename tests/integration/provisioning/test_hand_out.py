"""Phones' own clients against the real servers: who gets what, and who gets nothing."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest
import tftpy

from appliance.office.numbers import MacAddress
from provisioning.discovery.inventory import read_phones
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.enrolment import close_window, open_window, seal
from provisioning.phone_identity import PhoneState
from provisioning.phone_profile import BoxAddress, PhoneProfile
from tests.contract.phone_files import READERS, WORDS
from tests.integration.provisioning.conftest import Servers

GUESSES_PER_BRAND = 1000
SECRETS = (b"sip-secret-1", b"admin-secret-2", b"0123456789abcdefABCDEF")


def enrolment_name(profile: PhoneProfile) -> str:
    driver = DRIVER_OF[profile.brand]
    return driver.enrolment_file(profile.box, profile.mac, profile.model, profile.settings_url).name


def now() -> datetime:
    return datetime.now(tz=UTC)  # noqa: TID251


@pytest.mark.feature("G4")
def test_first_files_come_by_tftp_and_http_and_are_the_same(servers: Servers, tmp_path: Path) -> None:
    for driver in ALL_DRIVERS:
        (file,) = driver.first_files(BoxAddress(ip="127.0.0.1"), driver.models[0].name)
        client = tftpy.TftpClient("127.0.0.1", servers.tftp_port, {"blksize": 64, "tsize": 0})
        received = tmp_path / file.name
        client.download(file.name, str(received), timeout=5)
        assert received.read_bytes() == file.content
        by_curl = subprocess.run(
            ["curl", "-sS", "-m", "10", f"tftp://127.0.0.1:{servers.tftp_port}/{file.name.swapcase()}"],
            capture_output=True,
            check=True,
        )
        assert by_curl.stdout == file.content
        status, body = servers.fetch(f"http://127.0.0.1:{servers.http_port}/boot/{file.name}")
        assert (status, body) == (200, file.content)


@pytest.mark.feature("G4")
def test_tftp_writes_nothing_and_outlives_nonsense(servers: Servers, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    client = tftpy.TftpClient("127.0.0.1", servers.tftp_port)
    with pytest.raises(tftpy.TftpException):
        client.upload("y000000000108.cfg", str(tmp_path / "x"), timeout=5)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for nonsense in (
            b"",
            b"\x00",
            b"\x00\x01",
            b"\x00\x01\xff\xfe\x00octet\x00",
            b"\x00\x01y000000000108.cfg\x00octet\x00blksize\x00abc\x00",
            b"\x00\x01a\x00octet\x00blksize\x00",
            b"\x00\x09what\x00",
            b"\x00\x01" + b"a" * 3000,
        ):
            sender.sendto(nonsense, ("127.0.0.1", servers.tftp_port))
    for name in ("../../../etc/passwd", "/etc/passwd", "..\\x", "."):
        with pytest.raises(tftpy.TftpException):
            client.download(name, str(tmp_path / "got"), timeout=5)
    client.download("y000000000108.cfg", str(tmp_path / "first"), timeout=5)
    assert b"enrol" in (tmp_path / "first").read_bytes()


@pytest.mark.feature("G8")
@pytest.mark.parametrize("options", [b"", b"tsize\x000\x00", b"grandstream_ID\x00c074ad112233\x00timeout\x005\x00"])
def test_tftp_confirms_no_option_that_was_not_asked(servers: Servers, options: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(5)
        phone.sendto(b"\x00\x01cfggrp2614.xml\x00octet\x00" + options, ("127.0.0.1", servers.tftp_port))
        answer, transfer = phone.recvfrom(2048)
        phone.sendto(b"\x00\x04\x00\x01", transfer)
    assert answer[:4] == b"\x00\x03\x00\x01", "DATA block 1 at once: no option was worth confirming"


@pytest.mark.feature("G8")
def test_a_phone_goes_from_first_file_to_settings_while_the_window_is_open(servers: Servers) -> None:
    base = f"https://127.0.0.1:{servers.https_port}"
    open_window(servers.paths, now() + timedelta(minutes=5))
    for profile in servers.profiles:
        name = enrolment_name(profile)
        status, pointer = servers.fetch(f"{base}/enrol/{name}")
        assert status == 200
        url = READERS[profile.brand](pointer)[WORDS[profile.brand].provisioning_url]
        assert url.startswith(profile.settings_url)
        status, settings = servers.fetch(f"{base}/p/{profile.token.reveal()}/{name}")
        assert status == 200
        assert READERS[profile.brand](settings)[WORDS[profile.brand].password] == "sip-secret-1"
        posted = servers.fetch(f"{base}/p/{profile.token.reveal()}/{name}", "-d", "x=1")
        assert posted == (200, settings)
    _wait_until_all_are(servers, PhoneState.FETCHED)


@pytest.mark.feature("G8")
def test_sealed_closed_and_unknown_get_the_very_same_answer(servers: Servers) -> None:
    sealed, other = servers.profiles[0], servers.profiles[1]
    open_window(servers.paths, now() + timedelta(minutes=5))
    seal(servers.paths, sealed.mac)
    url = f"https://127.0.0.1:{servers.https_port}/enrol/"
    answers = [servers.fetch(url + enrolment_name(sealed)), servers.fetch(url + "805ec0ffffff.cfg")]
    close_window(servers.paths)
    answers.append(servers.fetch(url + enrolment_name(other)))
    answers.append(servers.fetch(url + "no-such-name"))
    assert set(answers) == {(404, b"Not found\n")}


@pytest.mark.feature("G8")
def test_a_thousand_guesses_per_brand_bring_no_secret_byte(servers: Servers, caplog: pytest.LogCaptureFixture) -> None:
    """Outside the window, by HTTPS and by TFTP, with the right MAC address among the guesses."""
    context = ssl.create_default_context(cafile=str(servers.paths.certificates / "ca.pem"))
    connection = HTTPSConnection("127.0.0.1", servers.https_port, context=context, timeout=20)
    answers: set[tuple[int, bytes]] = set()
    by_tftp: set[bytes] = set()
    for profile in servers.profiles:
        for name in _guessed_names(profile):
            connection.request("GET", f"/enrol/{name}")
            response = connection.getresponse()
            answers.add((response.status, response.read()))
            by_tftp.add(_tftp_answer(servers.tftp_port, name))
        for path in ("/p/", f"/p/{profile.mac.digits}/{enrolment_name(profile)}", "/p/../p/.lock", "/p//x"):
            connection.request("GET", path)
            response = connection.getresponse()
            body = response.read()
            assert response.status == 404
            assert not any(secret in body for secret in SECRETS)
    connection.close()
    assert answers == {(404, b"Not found\n")}
    assert all(answer[:4] == b"\x00\x05\x00\x01" for answer in by_tftp), "error 1: file not found"
    assert any("guessing" in record.message for record in caplog.records)


@pytest.mark.feature("G8")
def test_what_nginx_gives_out_beside_phone_files(servers: Servers) -> None:
    token = servers.profiles[0].token.reveal()
    (servers.paths.phone_files / token / ".hidden").write_text("sip-secret-1")
    base = f"https://127.0.0.1:{servers.https_port}"
    for path in (f"/p/{token}/", f"/p/{token}", f"/p/{token}/.hidden", f"/p/{token}/../{token}/.hidden", "/health"):
        status, body = servers.fetch(base + path, "--path-as-is")
        assert status in (404, 502), path  # 502: the console is not running in this test
        assert b"sip-secret-1" not in body
    put = servers.fetch(f"{base}/p/{token}/{enrolment_name(servers.profiles[0])}", "-X", "PUT")
    assert put[0] == 404
    status, authority = servers.fetch(f"http://127.0.0.1:{servers.http_port}/ca.pem")
    assert (status, authority) == (200, (servers.paths.certificates / "ca.pem").read_bytes())
    status, der = servers.fetch(f"http://127.0.0.1:{servers.http_port}/ca.der")
    assert (status, ssl.DER_cert_to_PEM_cert(der).split()) == (200, authority.decode().split())
    for path in ("/", f"/p/{token}/x", "/enrol/805ec0a1b2c3.cfg", "/ca.key"):
        status, body = servers.fetch(f"http://127.0.0.1:{servers.http_port}{path}")
        assert status == 301, "nothing but public files goes out without encryption"
        assert not any(secret in body for secret in SECRETS)


def _guessed_names(profile: PhoneProfile) -> list[str]:
    driver = DRIVER_OF[profile.brand]
    first = int(profile.mac.digits, 16) - GUESSES_PER_BRAND // 2
    macs = [MacAddress(f"{first + step:012x}") for step in range(GUESSES_PER_BRAND)]
    assert profile.mac in macs
    url = "https://127.0.0.1/p/x/"
    return [driver.enrolment_file(profile.box, mac, profile.model, url).name for mac in macs]


def _tftp_answer(port: int, name: str) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(5)
        phone.sendto(b"\x00\x01" + name.encode() + b"\x00octet\x00", ("127.0.0.1", port))
        return phone.recv(2048)


def _wait_until_all_are(servers: Servers, state: PhoneState) -> None:
    wanted = {profile.mac for profile in servers.profiles}
    tick = threading.Event()
    reached: set[MacAddress] = set()
    for _ in range(100):
        reached = {phone.mac for phone in read_phones(servers.paths.sightings) if phone.state is state}
        if reached == wanted:
            return
        tick.wait(0.1)
    pytest.fail(f"only {sorted(map(str, reached))} came to the state {state}")

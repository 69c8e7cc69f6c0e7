"""Phones' own clients against the real servers: who gets what, and who gets nothing."""

from __future__ import annotations

import ssl
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import tftpy

from appliance.office.numbers import MacAddress
from provisioning.discovery.inventory import read_phones
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.enrolment import close_window, open_window, seal
from provisioning.phone_identity import PhoneState
from provisioning.phone_profile import BoxAddress, PhoneProfile
from tests.contract.phone_files import READERS
from tests.contract.phone_words import WORDS
from tests.integration.provisioning.conftest import Servers

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
        assert READERS[profile.brand](settings)[WORDS[profile.brand].line(1).password] == "sip-secret-1"
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

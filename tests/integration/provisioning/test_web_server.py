"""nginx before the phones' files: odd spellings, firmware, phones' own certificates, slowed guessing."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from appliance.office.numbers import MacAddress
from appliance.office.secret import Secret
from provisioning.drivers import DRIVER_OF
from provisioning.enrolment import approve, open_window, seal
from provisioning.phone_profile import PhoneProfile
from provisioning.publish import publish
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server
from tests.integration.provisioning.conftest import Servers
from tests.integration.provisioning.test_hand_out import enrolment_name, now

NOT_FOUND = (404, b"Not found\n")
FIRMWARE = os.urandom(300_000)


def base(servers: Servers) -> str:
    return f"https://127.0.0.1:{servers.https_port}"


def folder(servers: Servers, profile: PhoneProfile) -> str:
    return f"{base(servers)}/p/{profile.token.reveal()}"


@pytest.mark.feature("G4")
@pytest.mark.parametrize("spelled", [str, str.lower, str.upper, str.swapcase, "Grandstream/{}".format])
def test_a_file_is_found_in_any_case_and_under_an_added_folder(servers: Servers, spelled: Callable[[str], str]) -> None:
    open_window(servers.paths, now() + timedelta(minutes=5))
    for profile in servers.profiles:
        name = enrolment_name(profile)
        exact = servers.fetch(f"{folder(servers, profile)}/{name}")
        assert exact[0] == 200
        assert servers.fetch(f"{folder(servers, profile)}/{spelled(name)}") == exact
        assert servers.fetch(f"{folder(servers, profile)}/{spelled(name)}", "-d", "x=1") == exact
        pointer = servers.fetch(f"{base(servers)}/enrol/{name}")
        assert pointer[0] == 200
        assert servers.fetch(f"{base(servers)}/enrol/{spelled(name)}") == pointer
        (first,) = DRIVER_OF[profile.brand].first_files(profile.box, profile.model)
        for url in (f"http://127.0.0.1:{servers.http_port}", base(servers)):
            assert servers.fetch(f"{url}/boot/{spelled(first.name)}") == (200, first.content)


@pytest.mark.feature("G8")
def test_a_token_opens_its_own_phone_s_folder_only_and_only_as_long_as_it_counts(servers: Servers) -> None:
    first, second, third, *_ = servers.profiles
    assert servers.fetch(f"{folder(servers, first)}/{enrolment_name(second)}") == NOT_FOUND
    assert servers.fetch(f"{folder(servers, first)}/../{second.token.reveal()[:-1]}/x", "--path-as-is") == NOT_FOUND
    again = replace(first, token=Secret("a-new-token-0123456789abcdef"))
    publish(servers.paths, (again, third))
    assert servers.fetch(f"{folder(servers, first)}/{enrolment_name(first)}") == NOT_FOUND, "an old token"
    assert servers.fetch(f"{folder(servers, again)}/{enrolment_name(first)}")[0] == 200
    assert servers.fetch(f"{folder(servers, second)}/{enrolment_name(second)}") == NOT_FOUND, "a deleted phone"
    assert servers.fetch(f"{folder(servers, second)}/{enrolment_name(second).upper()}") == NOT_FOUND
    replaced = replace(third, mac=MacAddress("000413ffffff"), token=Secret("a-token-of-another-0123456789"))
    publish(servers.paths, (again, replaced))
    assert servers.fetch(f"{folder(servers, third)}/{enrolment_name(third)}") == NOT_FOUND, "a replaced phone"
    open_window(servers.paths, now() + timedelta(minutes=5))
    assert servers.fetch(f"{base(servers)}/enrol/{enrolment_name(third)}") == NOT_FOUND


@pytest.mark.feature("G8")
def test_a_phone_that_lost_the_answer_or_asks_twice_gets_it_again(servers: Servers) -> None:
    profile = servers.profiles[0]
    approve(servers.paths, profile.mac)
    url = f"{base(servers)}/enrol/{enrolment_name(profile)}"
    answer = servers.fetch(url)
    assert answer[0] == 200
    subprocess.run(["curl", "-sk", "-m", "0.001", url], check=False)
    assert [servers.fetch(url) for _ in range(3)] == [answer] * 3
    settings = servers.fetch(f"{folder(servers, profile)}/{enrolment_name(profile)}")
    assert settings == servers.fetch(f"{folder(servers, profile)}/{enrolment_name(profile)}")
    assert servers.fetch(url) == answer, "until it has registered"
    seal(servers.paths, profile.mac)
    assert servers.fetch(url) == NOT_FOUND


@pytest.mark.feature("G4")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_firmware_comes_whole_and_in_pieces_and_nothing_else_of_the_disk(servers: Servers, scheme: str) -> None:
    files = servers.paths.firmware_files
    (files / "T46U-108.86.0.20.rom").write_bytes(FIRMWARE)
    (files / ".hidden").write_text("hidden")
    (files / "folder").mkdir()
    (files / "link.rom").symlink_to(servers.paths.certificates / "ca.key")
    port = servers.http_port if scheme == "http" else servers.https_port
    url = f"{scheme}://127.0.0.1:{port}/firmware"
    assert servers.fetch(f"{url}/T46U-108.86.0.20.rom") == (200, FIRMWARE)
    assert servers.fetch(f"{url}/T46U-108.86.0.20.rom", "-r", "1000-1999") == (206, FIRMWARE[1000:2000])
    assert servers.fetch(f"{url}/T46U-108.86.0.20.rom", "-r", "-10") == (206, FIRMWARE[-10:])
    assert servers.fetch(f"{url}/T46U-108.86.0.20.rom", "-C", "299990") == (206, FIRMWARE[-10:])
    for path in ("", "/", "/folder", "/folder/", "/.hidden", "/link.rom", "/no.rom", "/../certificates/ca.key"):
        assert servers.fetch(url + path, "--path-as-is")[0] in {301, 404, 502}, path  # 502: no console in this test
    for path in ("/folder", "/.hidden", "/link.rom", "/no.rom", "/"):
        assert servers.fetch(url + path) == NOT_FOUND, path
    assert servers.fetch(f"{url}/T46U-108.86.0.20.rom", "-X", "PUT", "-d", "x") == NOT_FOUND
    assert (files / "T46U-108.86.0.20.rom").read_bytes() == FIRMWARE


@pytest.mark.feature("G8")
def test_asking_without_end_is_slowed_for_that_address_alone(servers: Servers) -> None:
    url = f"{base(servers)}/enrol/805ec0ffff[10-99].cfg"
    command = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_code} ", url]
    statuses = subprocess.run([*command, "--interface", "127.0.0.66"], check=True, capture_output=True).stdout.split()
    assert statuses[:30] == [b"404"] * 30, "more than a phone asks in one start"
    assert statuses.count(b"429") > 50
    other = subprocess.run([*command, "--interface", "127.0.0.67"], check=True, capture_output=True).stdout.split()
    assert other[:30] == [b"404"] * 30


class Maker:
    """A phone maker's authority, or somebody who says so."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = self._sign(self._name, self._key, is_authority=True).public_bytes(serialization.Encoding.PEM)

    def certificate(self, common_name: str, *, days: int = 365, other_names: str = "") -> tuple[str, ...]:
        """Make a phone's certificate; return curl's options to show it."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        names = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
        if other_names:
            names.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, other_names))
        certificate = self._sign(x509.Name(names), key, days=days)
        path = self._folder / f"{os.urandom(6).hex()}.pem"
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return ("--cert", str(path))

    def _sign(
        self, subject: x509.Name, key: rsa.RSAPrivateKey, *, days: int = 365, is_authority: bool = False
    ) -> x509.Certificate:
        ends = datetime.now(tz=UTC) + timedelta(days=days)  # noqa: TID251
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(ends - timedelta(days=400))
            .not_valid_after(ends)
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )


@pytest.fixture
def maker(servers: Servers, tmp_path: Path) -> Maker:
    """An authority that this box knows as a phone maker's; beside it a file that is no certificate."""
    made = Maker(tmp_path, "Equipment Root CA")
    servers.paths.phone_authorities.mkdir()
    (servers.paths.phone_authorities / "maker.pem").write_bytes(made.pem)
    (servers.paths.phone_authorities / "broken.pem").write_text("no certificate")
    web = WebServer(
        paths=servers.paths,
        address="127.0.0.1",
        http_port=servers.http_port,
        https_port=servers.https_port,
        worker_user=default_worker_user(),
    )
    prepare_web_server(web)
    nginx = int((servers.paths.web_server / "nginx.pid").read_text())
    os.kill(nginx, signal.SIGHUP)
    handshake = ["openssl", "s_client", "-connect", f"127.0.0.1:{servers.https_port}"]
    for _ in range(100):
        shown = subprocess.run(handshake, input=b"", capture_output=True, check=False).stdout
        if b"Equipment Root CA" in shown:
            return made
    pytest.fail("nginx does not ask for a certificate of this maker")


@pytest.mark.feature("G8")
def test_a_phone_s_own_certificate_always_opens_its_own_path_and_never_another(
    servers: Servers, maker: Maker, tmp_path: Path
) -> None:
    phone, other = servers.profiles[0], servers.profiles[1]
    url = f"{base(servers)}/enrol/{enrolment_name(phone)}"
    own = maker.certificate(phone.mac.digits.upper())
    stranger = Maker(tmp_path, "Equipment Root CA")
    of_no_use = {
        "none": (),
        "another phone's": maker.certificate(other.mac.digits),
        "past its time": maker.certificate(phone.mac.digits, days=-1),
        "of an authority that only has the name": stranger.certificate(phone.mac.digits),
        "of an unknown authority": Maker(tmp_path, "Other CA").certificate(phone.mac.digits),
        "the MAC not in the common name": maker.certificate("phone", other_names=f"x,CN={phone.mac.digits}"),
        "two MACs": maker.certificate(f"{phone.mac} {other.mac}"),
        "a header of one's own": ("-H", "X-Phone-Certificate: x"),
    }
    assert servers.fetch(url, *own)[0] == 200, "no window"
    for name, options in of_no_use.items():
        assert servers.fetch(url, *options) == NOT_FOUND, name
    seal(servers.paths, phone.mac)
    assert servers.fetch(url, *own)[0] == 200, "sealed"
    assert servers.fetch(url, *maker.certificate(str(phone.mac)))[0] == 200, "with colons"
    assert servers.fetch(f"{base(servers)}/enrol/805ec0ffffff.cfg", *maker.certificate("805ec0ffffff")) == NOT_FOUND
    open_window(servers.paths, now() + timedelta(minutes=5))
    for name, options in of_no_use.items():
        status, _ = servers.fetch(url, *options)
        assert status == (404 if name == "another phone's" else 200), f"in the window: {name}"
    for options in of_no_use.values():
        assert servers.fetch(f"{folder(servers, phone)}/{enrolment_name(phone)}", *options)[0] == 200

"""Each brand's phone boots from nothing but its MAC address, against files written by hand."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BOX = "192.168.88.1"
MACS = {
    "yealink": "80:5e:c0:00:00:01",
    "snom": "00:04:13:00:00:02",
    "grandstream": "c0:74:ad:00:00:03",
    "panasonic": "bc:c3:42:00:00:04",
}

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="namespaces need root, or root of a user namespace")


class Lan:
    """Two namespaces and a cable: the box's end with dnsmasq and the small box, the phone's end."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.tftp = folder / "tftp"
        self.https = folder / "https"
        self.state = folder / "phone"
        self.certificate_der, self._server_pem = _certificates(folder)
        self._folder = folder
        self._stack = stack
        self._name = f"vp{os.getpid()}"
        self.tftp.mkdir()
        self.https.mkdir()

    def run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True)

    def start_box(self, mac: str, dhcp_options: list[str], pnp_url: str) -> None:
        """The cable, the addresses, DHCP and TFTP, SIP and HTTPS."""
        for end in ("b", "p"):
            self.run("ip", "netns", "add", f"{self._name}{end}")
            self._stack.callback(self.run, "ip", "netns", "del", f"{self._name}{end}")
        box, phone = f"{self._name}b", f"{self._name}p"
        self.run(
            *("ip", "link", "add", "eth0", "netns", phone, "address", mac, "type", "veth"),
            *("peer", "name", "lan0", "netns", box),
        )
        self.run("ip", "-n", box, "address", "add", f"{BOX}/24", "dev", "lan0")
        self.run("ip", "-n", box, "link", "set", "lan0", "up")
        self.run("ip", "-n", phone, "link", "set", "lo", "up")
        options = [f"--dhcp-option-force={option}" for option in dhcp_options]
        self.start(
            box,
            *(
                "dnsmasq",
                "-d",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--address=/box.test/192.168.88.1",
                "--interface=lan0",
                "--bind-interfaces",
            ),
            *("--no-ping", "--dhcp-range=192.168.88.100,192.168.88.200,1h", "--dhcp-authoritative"),
            *(f"--dhcp-leasefile={self._folder}/leases", "--enable-tftp", f"--tftp-root={self.tftp}", *options),
        )
        small_box = [sys.executable, "-m", "tests.integration.virtual_office.small_box", BOX, pnp_url]
        self.box = self.start(box, *small_box, str(self.https), str(self._server_pem), piped=True)
        assert self.box.stdout is not None
        assert json.loads(self.box.stdout.readline()) == {"ready": True}

    def start_phone(self, brand: str, *options: str) -> None:
        command = [sys.executable, "-m", "tests.virtual_office.desk_phone", "--brand", brand]
        command += ["--mac", MACS[brand], "--interface", "eth0", "--state", str(self.state), *options]
        self.start(f"{self._name}p", *command)

    def cable(self, state: str) -> None:
        self.run("ip", "-n", f"{self._name}b", "link", "set", "lan0", state)

    def start(self, namespace: str, *command: str, piped: bool = False) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE if piped else None
        quiet = None if "desk_phone" in " ".join(command) or piped else subprocess.DEVNULL
        process = subprocess.Popen(
            ("ip", "netns", "exec", namespace, *command), stdin=pipe, stdout=pipe, stderr=quiet, text=True
        )

        def end() -> None:
            process.terminate()
            process.communicate(timeout=15)

        self._stack.callback(end)
        return process

    def send_check_sync(self, event: str) -> None:
        assert self.box.stdin is not None
        self.box.stdin.write(f"check-sync {self.read()['address']} {event}\n")
        self.box.stdin.flush()

    def read(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads((self.state / "state.json").read_text())
        except FileNotFoundError:
            return {}
        return state

    def wait(self, is_so: Callable[[dict[str, Any]], bool], seconds: float = 12) -> dict[str, Any]:
        """Wait until the phone's state file says so."""
        limit = time.monotonic() + seconds
        while not is_so(state := self.read()):
            assert time.monotonic() < limit, f"the phone stays at {json.dumps(state, indent=1)}"
            time.sleep(0.05)  # no event tells of a file's change; between two looks
        return state


@pytest.fixture
def lan(tmp_path: Path) -> Iterator[Lan]:
    with ExitStack() as stack:
        yield Lan(tmp_path, stack)


def _is(step: str) -> Callable[[dict[str, Any]], bool]:
    return lambda state: state.get("step") == step


def _asked(state: dict[str, Any]) -> list[tuple[str, str]]:
    return [(file["url"], file["result"]) for file in state["files"]]


@pytest.mark.feature("G2", "G3", "G4")
def test_yealink_takes_the_authority_over_tftp_and_goes_on_by_https(lan: Lan) -> None:
    digits = "805ec0000001"
    (lan.tftp / "y000000000108.cfg").write_text(
        "#!version:1.0.0.1\n"
        f"static.trusted_certificates.url = tftp://{BOX}/ca.pem\n"
        f"static.auto_provision.server.url = https://{BOX}/secret/\n"
    )
    (lan.tftp / "ca.pem").write_bytes(_pem(lan.certificate_der))
    (lan.https / "secret").mkdir()
    (lan.https / "secret" / f"{digits}.cfg").write_text(
        "#!version:1.0.0.1\n# line 1\n"
        "account.1.enable = 1\naccount.1.user_name = 201\naccount.1.auth_name = u201\n"
        f"account.1.password = p#w\naccount.1.sip_server.1.address = {BOX}\naccount.1.display_name = Ann Ö\n"
        "sip.notify_reboot_enable = 0\n"
    )
    lan.start_box(MACS["yealink"], [f"66,tftp://{BOX}/"], "")
    lan.start_phone("yealink")
    state = lan.wait(_is("registered"))
    assert state["url_from"] == "tftp_server_name"
    assert state["settings"]["account.1.password"] == "p#w"
    assert state["account"]["display_name"] == "Ann Ö"
    assert _asked(state) == [
        (f"tftp://{BOX}/{digits}.boot", "404"),
        (f"tftp://{BOX}/y000000000000.boot", "404"),
        (f"tftp://{BOX}/y000000000108.cfg", "200"),
        (f"tftp://{BOX}/{digits}.cfg", "404"),
        (f"tftp://{BOX}/ca.pem", "200"),
        (f"https://{BOX}/secret/{digits}.boot", "404"),
        (f"https://{BOX}/secret/y000000000000.boot", "404"),
        (f"https://{BOX}/secret/y000000000108.cfg", "404"),
        (f"https://{BOX}/secret/{digits}.cfg", "200"),
        (f"tftp://{BOX}/ca.pem", "200"),
    ]
    assert state["refused"] == []
    lan.send_check_sync("check-sync;reboot=false")
    again = lan.wait(lambda now: now["resyncs"] == 1 and now["step"] == "registered")
    assert again["boots"] == 1
    assert again["registered_at"] == state["registered_at"]


@pytest.mark.feature("G3", "G4")
def test_yealink_refuses_https_from_an_authority_it_was_not_given(lan: Lan) -> None:
    lan.start_box(MACS["yealink"], [f"66,https://{BOX}/"], "")
    lan.start_phone("yealink")
    state = lan.wait(_is("waiting"))
    assert _asked(state)[0][1].startswith("curl: (60)")
    assert len(state["files"]) == 1


@pytest.mark.feature("G1", "G2", "G6")
def test_snom_finds_the_box_by_pnp_and_fetches_again_when_told(lan: Lan) -> None:
    certificate = base64.b64encode(lan.certificate_der).decode()
    page = lan.https / "snom.xml"
    start = f'<settings><certificates><certificate type="base64">{certificate}</certificate></certificates>'
    page.write_text(f"{start}<phone-settings><language perm=''>Nederlands</language></phone-settings></settings>")
    lan.start_box(MACS["snom"], [], f"https://{BOX}/snom.xml?mac={{mac}}")
    lan.start_phone("snom")
    state = lan.wait(_is("waiting"))
    assert state["url_from"] == "pnp"
    assert _asked(state) == [(f"https://{BOX}/snom.xml?mac=000413000002", "200")]
    page.write_text(
        f'{start}<phone-settings e="2"><user_host idx="1" perm="">{BOX}</user_host>'
        '<user_name idx="1" perm="">202</user_name><user_pass idx="1" perm="">a&lt;b</user_pass>'
        f'<setting_server perm="">https://{BOX}/snom.xml</setting_server></phone-settings></settings>'
    )
    lan.send_check_sync("check-sync;reboot=false")
    state = lan.wait(_is("registered"))
    assert state["settings"]["user_pass[1]"] == "a<b"
    assert state["boots"] == 1
    lan.send_check_sync("check-sync;reboot=true")
    assert lan.wait(lambda now: now["boots"] == 2 and now["step"] == "registered")["account"]["user"] == "202"


@pytest.mark.feature("G2", "G3")
def test_grandstream_reads_aliases_and_registers_again_when_its_cable_is_back(lan: Lan) -> None:
    (lan.tftp / "cfgc074ad000003.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><gs_provision version="1"><config version="2">'
        '<item name="account.1"><part name="enable">Yes</part><part name="sip.userId">203</part>'
        f'<part name="sip.server.1.address">{BOX}</part><part name="sip.subscriber.password">x</part></item>'
        "</config></gs_provision>"
    )
    lan.start_box(MACS["grandstream"], [f"66,tftp://{BOX}/"], "")
    lan.start_phone("grandstream")
    first = lan.wait(_is("registered"))
    assert [name.rsplit("/", 1)[-1] for name, _ in _asked(first)] == ["cfgc074ad000003", "cfgc074ad000003.xml"]
    lan.cable("down")
    time.sleep(1.5)  # no event tells that the phone saw it; longer than its look at its cable
    lan.cable("up")
    again = lan.wait(lambda now: now["registered_at"] > first["registered_at"])
    assert again["boots"] == 1


@pytest.mark.feature("G2", "G3")
def test_panasonic_prefers_option_160_and_walks_its_three_files(lan: Lan) -> None:
    start = "# Panasonic SIP Phone Standard Format File #\r\n"
    (lan.tftp / "KX-HDV230.cfg").write_bytes(
        (
            f'{start}CFG_STANDARD_FILE_PATH="tftp://{BOX}/Config{{MAC}}.cfg"\r\n'
            f'CFG_PRODUCT_FILE_PATH="tftp://{BOX}/{{MODEL}}-all.cfg"\r\n\r\n'
        ).encode()
    )
    (lan.tftp / "ConfigBCC342000004.cfg").write_bytes(
        (
            f'{start}PHONE_NUMBER_1="204"\r\nSIP_RGSTR_ADDR_1="{BOX}"\r\nSIP_PASS_1="secret"\r\n'
            f'SIP_SVCDOMAIN_1="{BOX}"\r\nDISPLAY_NAME_1="Own"\r\n\r\n'
        ).encode()
    )
    (lan.tftp / "KX-HDV230-all.cfg").write_bytes(f'{start}DISPLAY_NAME_1="All"\r\n\r\n'.encode())
    lan.start_box(MACS["panasonic"], ["66,tftp://192.168.88.77/", "160,tftp://box.test/"], "")
    lan.start_phone("panasonic")
    state = lan.wait(_is("registered"))
    assert state["url_from"] == "option_160"
    assert state["account"]["display_name"] == "Own"
    assert [name.rsplit("/", 1)[-1] for name, _ in _asked(state)] == [
        "KX-HDV230.cfg",
        "ConfigBCC342000004.cfg",
        "KX-HDV230-all.cfg",
    ]


def _certificates(folder: Path) -> tuple[bytes, Path]:
    """An authority (DER) and a file with the box's certificate and key below it."""
    authority_key, box_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Small box authority")])
    now = datetime.datetime.fromtimestamp(time.time(), tz=datetime.UTC)

    def build(subject: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType) -> x509.Certificate:
        builder = x509.CertificateBuilder(name, subject, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - datetime.timedelta(days=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=2))
        return builder.add_extension(extension, critical=False).sign(authority_key, hashes.SHA256())

    authority = build(name, authority_key, x509.BasicConstraints(ca=True, path_length=0))
    box_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, BOX)])
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(BOX))])
    box = build(box_name, box_key, addresses)
    server = folder / "server.pem"
    server.write_bytes(
        box.public_bytes(serialization.Encoding.PEM)
        + box_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return authority.public_bytes(serialization.Encoding.DER), server


def _pem(der: bytes) -> bytes:
    return x509.load_der_x509_certificate(der).public_bytes(serialization.Encoding.PEM)

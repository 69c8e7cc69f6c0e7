"""The real phone-facing servers on loopback: TFTP, the enrolment application, nginx before it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest

from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.certificate_authority import ensure_certificates
from provisioning.drivers import ALL_DRIVERS
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.phone_profile import BoxAddress, PhoneProfile
from provisioning.publish import publish
from provisioning.serve import Part, make_parts
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server
from tests.contract.test_phone_drivers import a_profile

START_SECONDS = 10
STARTED_PARTS = ("tftp", "enrolment", "fetch-watch", "inventory")  # the others look at the LAN; lan_scenario.py has one


@dataclass(frozen=True, kw_only=True)
class Servers:
    """Where the servers answer, and what they serve."""

    paths: Paths
    tftp_port: int
    http_port: int
    https_port: int
    profiles: tuple[PhoneProfile, ...]

    def fetch(self, url: str, *arguments: str, data_limit: int = 20) -> tuple[int, bytes]:
        """GET as a phone that trusts the box's authority; returns status and body."""
        command = ["curl", "-sS", "-m", str(data_limit), "-w", "\n%{http_code}", *arguments]
        command += ["--cacert", str(self.paths.certificates / "ca.pem"), url]
        body, _, status = subprocess.run(command, capture_output=True, check=True).stdout.rpartition(b"\n")
        return int(status), body


@pytest.fixture
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    # Short, because the name of a socket may have 108 characters.
    root = tmp_path_factory.mktemp("b")
    paths = Paths(root)
    if shutil.which("nginx") is None:
        pytest.fail("nginx is not installed")
    profiles = tuple(
        replace(
            a_profile(driver, driver.models[0].name),
            box=BoxAddress(ip="127.0.0.1"),
            token=Secret(f"{driver.brand}-0123456789abcdefABCDEF"),
        )
        for driver in ALL_DRIVERS
    )
    publish(paths, profiles)
    ensure_certificates(paths, "127.0.0.1", datetime.now(tz=UTC))  # noqa: TID251
    http_port, https_port, tftp_port = free_port(), free_port(), free_port(socket.SOCK_DGRAM)
    web = WebServer(
        paths=paths,
        address="127.0.0.1",
        http_port=http_port,
        https_port=https_port,
        worker_user=default_worker_user(),
    )
    configuration = prepare_web_server(web)
    facts = NetworkFacts(
        interface="lo",
        address="127.0.0.1",
        prefix_length=8,
        router="127.0.0.1",
        dns="127.0.0.1",
        dhcp_role=DhcpRole.NEIGHBOUR,
    )
    stop = threading.Event()
    parts = [part for part in make_parts(paths, facts, stop, tftp_port) if part.name in STARTED_PARTS]
    threads = [_start(part) for part in parts]
    nginx = subprocess.Popen(["nginx", "-c", str(configuration), "-p", str(paths.web_server)])
    try:
        _wait_for_port(https_port)
        yield Servers(paths=paths, tftp_port=tftp_port, http_port=http_port, https_port=https_port, profiles=profiles)
    finally:
        stop.set()
        nginx.terminate()
        nginx.wait(timeout=START_SECONDS)
        for thread in threads:
            thread.join(timeout=START_SECONDS)


def _start(part: Part) -> threading.Thread:
    runs = threading.Event()
    thread = threading.Thread(target=part.run, args=(runs.set,), name=part.name)
    thread.start()
    assert runs.wait(START_SECONDS), f"{part.name} did not start"
    return thread


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Return a port of loopback that nobody has now."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for_port(port: int) -> None:
    for _ in range(START_SECONDS * 50):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.02).close()
            return
        except OSError:
            threading.Event().wait(0.02)
    pytest.fail("nginx did not start")

"""Many who say nothing, half a request, or far too much: the others are served as before."""

from __future__ import annotations

import resource
import socket
import ssl
import statistics
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from provisioning.servers.https import MOST_CONSOLE_BYTES
from tests.edges.edged_box import MakeBox
from tests.integration.provisioning.conftest import Servers
from wizard.serve import serve

IDLE = 5_000
STRANGER = "127.0.0.66"
HALF_SENT = 1_000
LARGE = 50
LARGE_BYTES = 8_000_000
PHONES = 20
FETCH_SECONDS = 2.0  # the slowest of them, on a busy machine
MOST_DISK_BYTES = 40_000_000


@contextmanager
def room_for_many() -> Iterator[None]:
    """As many files as this process may have: each connection of a test is two of them, with nginx's own."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.fixture(autouse=True)
def many_files() -> Iterator[None]:
    """Before nginx starts, which takes over how many it may have."""
    with room_for_many():
        yield


@pytest.fixture
def many(many_files: None, servers: Servers, make_box: MakeBox) -> Servers:
    """The servers with the console behind them."""
    threading.Thread(target=serve, args=(make_box().app(), servers.paths.run / "web.sock"), daemon=True).start()
    return servers


def fetch_times(servers: Servers) -> list[float]:
    """Seconds that each of PHONES phones waits for its settings, all at once; it must get them."""
    profile = servers.profiles[0]
    (name,) = [path.name for path in (servers.paths.phone_files / profile.token.reveal()).iterdir()][:1]

    def fetch(_: int) -> float:
        began = time.monotonic()
        status, body = servers.fetch(f"https://127.0.0.1:{servers.https_port}/p/{profile.token.reveal()}/{name}")
        assert (status, bool(body)) == (200, True)
        return time.monotonic() - began

    with ThreadPoolExecutor(PHONES) as pool:
        return list(pool.map(fetch, range(PHONES)))


def console_time(servers: Servers) -> float:
    """Seconds until the login page is there."""
    began = time.monotonic()
    status, page = servers.fetch(f"https://127.0.0.1:{servers.https_port}/login")
    assert (status, b"<form" in page) == (200, True)
    return time.monotonic() - began


def served_as_before(servers: Servers) -> None:
    times = sorted([*fetch_times(servers), console_time(servers)])
    print(f"p50 {statistics.median(times):.3f} s, p95 {times[int(len(times) * 0.95)]:.3f} s, worst {times[-1]:.3f} s")
    assert times[-1] < FETCH_SECONDS


def connected(port: int, count: int) -> Iterator[socket.socket]:
    """Connect one after another: the server hangs up on who says nothing for a while, which all at once would take."""
    for _ in range(count):
        yield socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(STRANGER, 0))


@pytest.mark.feature("G8")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_thousands_of_idle_connections_keep_nobody_out(many: Servers, scheme: str) -> None:
    port = many.http_port if scheme == "http" else many.https_port
    with ExitStack() as closed:
        for connection in connected(port, IDLE):
            closed.callback(connection.close)
        served_as_before(many)


@pytest.mark.feature("G8")
@pytest.mark.parametrize("half", ["of a head", "of a body"])
def test_a_thousand_half_sent_requests_keep_nobody_waiting(many: Servers, half: str) -> None:
    head = b"POST /login HTTP/1.1\r\nHost: belbox.local\r\n"
    if half == "of a body":
        head += b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 200000\r\n\r\nuser_name="
    with ExitStack() as closed:
        context = ssl.create_default_context(cafile=str(many.paths.certificates / "ca.pem"))
        context.check_hostname = False
        for connection in connected(many.https_port, HALF_SENT):
            encrypted = closed.enter_context(context.wrap_socket(connection, server_hostname="belbox.local"))
            encrypted.sendall(head)
        served_as_before(many)
        assert disk_used(many.paths.web_server) < MOST_DISK_BYTES


@pytest.mark.feature("G8")
def test_large_bodies_without_a_login_fill_no_disk_and_keep_nobody_waiting(many: Servers) -> None:
    body = many.paths.root / "large"
    body.write_bytes(bytes(LARGE_BYTES))
    url = f"https://127.0.0.1:{many.https_port}"
    senders = [
        subprocess.Popen(
            [
                "curl",
                "-s",
                "-k",
                "-m",
                "20",
                "-o",
                "/dev/null",
                "-w",
                "%{http_code}\n",
                "--data-binary",
                f"@{body}",
                "-H",
                "Expect:",
                f"{url}{path}",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for path in ("/login", "/claim", "/setup/lines", "/enrol/x", "/boot/x") * (LARGE // 5)
    ]
    served_as_before(many)
    most = disk_used(many.paths.web_server)
    answers = [sender.communicate(timeout=30)[0].strip() for sender in senders]
    assert set(answers) <= {"413", "429", "000"}
    assert most < MOST_DISK_BYTES
    assert LARGE_BYTES > MOST_CONSOLE_BYTES


@pytest.mark.feature("G8")
def test_what_is_asked_for_in_vain_is_not_logged(many: Servers) -> None:
    before = disk_used(many.paths.web_server)
    url = f"https://127.0.0.1:{many.https_port}/p/{'x' * 32}/[1-2000].cfg"
    subprocess.run(["curl", "-s", "-k", "-o", "/dev/null", url], check=True)
    assert disk_used(many.paths.web_server) == before


@pytest.mark.feature("G8")
@pytest.mark.parametrize("version", ["-tls1", "-tls1_1"])
def test_nginx_speaks_no_tls_below_1_2(servers: Servers, version: str) -> None:
    command = ["openssl", "s_client", version, "-cipher", "ALL:@SECLEVEL=0", "-connect"]
    done = subprocess.run([*command, f"127.0.0.1:{servers.https_port}"], input="", capture_output=True, text=True)
    assert done.returncode != 0
    assert "alert protocol version" in done.stderr or "no protocols available" in done.stderr


def disk_used(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())

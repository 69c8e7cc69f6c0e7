"""The pages over the real server on a real unix socket."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from appliance.office.numbers import MacAddress
from appliance.operations.tries import MOST_TRIES
from provisioning.phone_identity import PhoneState
from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.virtual_office.units import CHECKOUT
from wizard.serve import serve

_SECONDS = 10.0
START_SECONDS = 40.0  # of a whole program, on a busy machine
STRANGER = MacAddress.parse("80:5e:c0:00:02:09")


@dataclass(frozen=True)
class Answer:
    """One whole answer."""

    status: int
    headers: Message
    body: bytes


class Connection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("belbox.local", timeout=_SECONDS)
        self._path = path

    def connect(self) -> None:
        wire = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        wire.settimeout(_SECONDS)
        try:
            wire.connect(str(self._path))
        except OSError:
            wire.close()
            raise
        self.sock = wire


@contextmanager
def opened(path: Path, method: str, target: str, body: str = "", **headers: str) -> Iterator[http.client.HTTPResponse]:
    """Ask, and leave the answer open to be read bit by bit."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    with closing(Connection(path)) as connection:
        connection.request(method, target, body or None, sent)
        with connection.getresponse() as answer:
            yield answer


def ask(path: Path, method: str, target: str, body: str = "", **headers: str) -> Answer:
    with opened(path, method, target, body, **headers) as answer:
        return Answer(answer.status, answer.headers, answer.read())


def wait_until_served(path: Path, seconds: float = _SECONDS) -> None:
    limit = time.monotonic() + seconds
    while True:
        try:
            assert ask(path, "GET", "/health").status == 200
            return
        except OSError:
            assert time.monotonic() < limit
            time.sleep(0.02)  # the socket's appearance gives no event


@pytest.fixture
def served(make_box: MakeBox, tmp_path: Path) -> tuple[EdgedBox, Path]:
    box, path = make_box(two_phones()), tmp_path / "run" / "web.sock"
    threading.Thread(target=serve, args=(box.app(), path), daemon=True).start()
    wait_until_served(path)
    return box, path


def read_until(stream: http.client.HTTPResponse, wanted: str) -> None:
    for line in stream:
        if wanted in line.decode():
            return
    raise AssertionError(f"the stream ended without {wanted}")


def logged_in_cookie(path: Path) -> str:
    answer = log_in(path, PASSWORD, "192.168.77.7")
    assert answer.status == 303
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def log_in(path: Path, password: str, source: str) -> Answer:
    page = ask(path, "GET", "/login")
    token = re.search(r'csrf_token" value="([^"]+)"', page.body.decode())
    assert token is not None
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    body = f"csrf_token={token[1]}&user_name={USER_NAME}&password={password.replace(' ', '+')}"
    return ask(path, "POST", "/login", body, Cookie=cookie, X_Forwarded_For=source)


def test_the_server_answers_and_hears_from_the_proxy_who_asks(served: tuple[EdgedBox, Path]) -> None:
    _, path = served
    answer = ask(path, "GET", "/health")
    assert (answer.status, answer.body) == (200, b"ok\n")
    for _ in range(MOST_TRIES + 1):
        assert log_in(path, "wrong", "192.168.77.66").status == 422
    assert log_in(path, PASSWORD, "192.168.77.66").status == 422, "whoever tries too often waits"
    assert log_in(path, PASSWORD, "192.168.77.7").status == 303, "and nobody else does"


@pytest.mark.feature("A9")
def test_a_phone_that_appears_is_sent_to_a_listening_page_at_once(served: tuple[EdgedBox, Path]) -> None:
    box, path = served
    cookie = logged_in_cookie(path)
    with opened(path, "GET", "/live/phones", Cookie=cookie) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        read_until(stream, "badge absent")
        box.see(STRANGER)
        read_until(stream, 'id="phone-805ec0000209"')
        box.see()
        read_until(stream, "badge seen")
        box.register()
        box.see(state=PhoneState.FETCHED)
        read_until(stream, "badge registered")


def test_a_stream_without_a_session_leads_to_the_login(served: tuple[EdgedBox, Path]) -> None:
    _, path = served
    assert ask(path, "GET", "/live/phones").headers["Location"] == "/login"


def test_more_listeners_than_places_still_leaves_room_for_pages(served: tuple[EdgedBox, Path]) -> None:
    _, path = served
    cookie = logged_in_cookie(path)
    with ExitStack() as open_pages:
        for _ in range(30):
            stream = open_pages.enter_context(opened(path, "GET", "/live/phones", Cookie=cookie))
            assert stream.readline() == b"retry: 2000\n"
        assert ask(path, "GET", "/setup/phones", Cookie=cookie).status == 200


def test_a_socket_left_by_a_killed_server_is_replaced(make_box: MakeBox) -> None:
    root = make_box().box.paths.root
    command = [sys.executable, "-m", "appliance.cli.main", "--root", str(root), "serve-web"]
    path = root / "run" / "web.sock"
    for _ in range(2):
        process = subprocess.Popen(command, cwd=CHECKOUT)
        try:
            wait_until_served(path, START_SECONDS)
        finally:
            process.kill()
            process.wait()
        assert path.exists()

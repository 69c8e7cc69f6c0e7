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

from tests.fakes import PASSWORD, USER_NAME, FakeServices, a_phone_view
from tests.unit.wizard.browser import an_app
from wizard.serve import serve

_SECONDS = 10.0


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


def wait_until_served(path: Path) -> None:
    limit = time.monotonic() + _SECONDS
    while True:
        try:
            assert ask(path, "GET", "/health").status == 200
            return
        except OSError:
            assert time.monotonic() < limit
            time.sleep(0.02)  # the socket's appearance gives no event


@pytest.fixture
def served(tmp_path: Path) -> tuple[FakeServices, Path]:
    services, path = FakeServices(), tmp_path / "run" / "web.sock"
    threading.Thread(target=serve, args=(an_app(services), path), daemon=True).start()
    wait_until_served(path)
    return services, path


def read_until(stream: http.client.HTTPResponse, wanted: str) -> None:
    for line in stream:
        if wanted in line.decode():
            return
    raise AssertionError(f"the stream ended without {wanted}")


def logged_in_cookie(path: Path) -> str:
    page = ask(path, "GET", "/login")
    token = re.search(r'csrf_token" value="([^"]+)"', page.body.decode())
    assert token is not None
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    body = f"csrf_token={token[1]}&user_name={USER_NAME}&password={PASSWORD.replace(' ', '+')}"
    answer = ask(path, "POST", "/login", body, Cookie=cookie, X_Forwarded_For="192.168.77.7")
    assert answer.status == 303
    return str(answer.headers["Set-Cookie"]).partition(";")[0]


def test_the_server_answers_and_hears_from_the_proxy_who_asks(served: tuple[FakeServices, Path]) -> None:
    services, path = served
    answer = ask(path, "GET", "/health")
    assert (answer.status, answer.body) == (200, b"ok\n")
    logged_in_cookie(path)
    assert services.asked == ["log_in from 192.168.77.7"]


@pytest.mark.feature("A9")
def test_a_phone_that_appears_is_sent_to_a_listening_page_at_once(served: tuple[FakeServices, Path]) -> None:
    services, path = served
    cookie = logged_in_cookie(path)
    with opened(path, "GET", "/live/phones", Cookie=cookie) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        read_until(stream, 'id="phone-none"')
        services.show_phones(a_phone_view())
        read_until(stream, 'id="phone-805ec0000201"')
        services.show_phones(a_phone_view(state="registered", extension_id="e201"))
        read_until(stream, "badge registered")


def test_a_stream_without_a_session_leads_to_the_login(served: tuple[FakeServices, Path]) -> None:
    _, path = served
    assert ask(path, "GET", "/live/phones").headers["Location"] == "/login"


def test_more_listeners_than_places_still_leaves_room_for_pages(served: tuple[FakeServices, Path]) -> None:
    services, path = served
    cookie = logged_in_cookie(path)
    with ExitStack() as open_pages:
        for _ in range(30):
            stream = open_pages.enter_context(opened(path, "GET", "/live/phones", Cookie=cookie))
            assert stream.readline() == b"retry: 2000\n"
        assert ask(path, "GET", "/setup/phones", Cookie=cookie).status == 200
    services.changed.set()


def test_a_socket_left_by_a_killed_server_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "web.sock"
    code = (
        "import sys; from pathlib import Path; from tests.fakes import FakeServices;"
        "from tests.unit.wizard.browser import an_app; from wizard.serve import serve;"
        "serve(an_app(FakeServices()), Path(sys.argv[1]))"
    )
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", code, str(path)])
        try:
            wait_until_served(path)
        finally:
            process.kill()
            process.wait()
        assert path.exists()

"""nginx before the console: events pass at once, over HTTPS and over the machine's own socket."""

from __future__ import annotations

import socket
import ssl
import threading

import pytest

from tests.integration.provisioning.conftest import Servers

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
EVENT = b"data: phone arrived\n\n"


@pytest.mark.feature("A1", "A9")
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_an_event_reaches_the_page_while_the_stream_stays_open(servers: Servers, scheme: str) -> None:
    page_has_it = threading.Event()
    seen: list[bytes] = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(servers.paths.run / "web.sock"))
        listener.listen(1)

        def console() -> None:
            connection, _ = listener.accept()
            with connection:
                seen.append(connection.recv(4096))
                connection.sendall(HEAD + EVENT)
                assert page_has_it.wait(10), "the event was kept in a buffer"

        serving = threading.Thread(target=console)
        serving.start()
        with _connected(servers, scheme) as page:
            page.sendall(b"GET /live HTTP/1.1\r\nHost: belbox.local\r\n\r\n")
            received = b""
            while EVENT.strip() not in received:
                received += page.recv(4096)
            page_has_it.set()
        serving.join()
    assert f"X-Forwarded-Proto: {scheme}\r\n".encode() in seen[0]
    assert b"Host: belbox.local\r\n" in seen[0]
    assert b"X-Real-IP: " in seen[0]


def _connected(servers: Servers, scheme: str) -> socket.socket:
    if scheme == "http":
        page = socket.socket(socket.AF_UNIX)
        page.connect(str(servers.paths.run / "console.sock"))
    else:
        context = ssl.create_default_context(cafile=str(servers.paths.certificates / "ca.pem"))
        plain = socket.create_connection(("127.0.0.1", servers.https_port))
        page = context.wrap_socket(plain, server_hostname="127.0.0.1")
    page.settimeout(10)
    return page

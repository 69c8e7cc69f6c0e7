"""The control socket of a virtual phone: JSON lines in, one line out for each, many clients, one thread."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MAXIMUM_REQUEST_BYTES = 65_536

Reply = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Later:
    """A reply that is not known yet: `look` is asked at every turn until it gives one, or time is over."""

    look: Callable[[], Reply | None]
    deadline: float  # time.monotonic()
    too_late: str


Answer = Reply | Later
Handler = Callable[[Mapping[str, Any]], Answer]


class ControlRefused(Exception):  # noqa: N818  (named for what it says)
    """The request cannot be done; the text goes back to the client."""


@dataclass
class _Client:
    connection: socket.socket
    received: bytes = b""
    waiting: list[Later] = field(default_factory=list)


class ControlSocket:
    """Serves one unix socket from the caller's own loop; `turn` never blocks longer than a local write."""

    def __init__(self, path: Path, handler: Handler) -> None:
        self._path = path
        self._handler = handler
        self._selector = selectors.DefaultSelector()
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._clients: dict[socket.socket, _Client] = {}

    def open(self) -> None:
        """Bind and listen; a socket file left by a dead process is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._listener.listen(16)
        self._listener.setblocking(False)
        self._selector.register(self._listener, selectors.EVENT_READ)

    def turn(self) -> None:
        """Take what has arrived, answer what can be answered now."""
        for key, _ in self._selector.select(timeout=0):
            if key.fileobj is self._listener:
                connection, _ = self._listener.accept()
                self._clients[connection] = _Client(connection)
                self._selector.register(connection, selectors.EVENT_READ)
            else:
                assert isinstance(key.fileobj, socket.socket)
                self._receive(self._clients[key.fileobj])
        for client in list(self._clients.values()):
            self._settle(client)

    def close(self) -> None:
        """Close every connection and remove the socket file."""
        for client in list(self._clients.values()):
            self._drop(client)
        self._selector.close()
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _receive(self, client: _Client) -> None:
        try:
            piece = client.connection.recv(MAXIMUM_REQUEST_BYTES)
        except ConnectionError:
            piece = b""
        if not piece or len(client.received) > MAXIMUM_REQUEST_BYTES:
            self._drop(client)
            return
        *lines, client.received = (client.received + piece).split(b"\n")
        for line in lines:
            answer = self._answer(line)
            if isinstance(answer, Later):
                client.waiting.append(answer)
            else:
                self._send(client, answer)

    def _answer(self, line: bytes) -> Answer:
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise ControlRefused("a request is a JSON object")
            return self._handler(request)
        except (ControlRefused, ValueError, KeyError, TypeError) as error:
            return {"ok": False, "error": f"{type(error).__name__}: {error}"}

    def _settle(self, client: _Client) -> None:
        for later in list(client.waiting):
            reply = later.look()
            if reply is None and time.monotonic() >= later.deadline:
                reply = {"ok": False, "error": later.too_late}
            if reply is not None:
                client.waiting.remove(later)
                self._send(client, reply)

    def _send(self, client: _Client, reply: Reply) -> None:
        try:
            client.connection.sendall(json.dumps(reply).encode() + b"\n")
        except OSError:
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        if self._clients.pop(client.connection, None) is not None:
            self._selector.unregister(client.connection)
            client.connection.close()
            client.waiting.clear()

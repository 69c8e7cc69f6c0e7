"""A wire between our manager client and the real switch that fails at one answer: refused, silent, cut or dead."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from enum import StrEnum


class Fault(StrEnum):
    """What happens at the chosen answer of the switch."""

    REFUSED = "refused"  # it says Error in place of what it said
    SILENT = "silent"  # nothing more comes on this connection
    CUT = "cut"  # this connection ends; a new one works
    DEAD = "dead"  # this connection ends, and no other is taken


class FaultyManager:
    """Listens on `port` of 127.0.0.1 and hands everything on, until the answer that is chosen by `fail_at`."""

    def __init__(self, switch_port: int) -> None:
        self._switch_port = switch_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._fault = Fault.CUT
        self._at = 0
        self._is_dead = False
        self.answers = 0
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where our client is to connect."""
        return int(self._listener.getsockname()[1])

    def fail_at(self, answer: int, fault: Fault) -> None:
        """Let the answer of this number from now on (counted from 1) go wrong; 0: none."""
        with self._lock:
            self.answers, self._at, self._fault, self._is_dead = 0, answer, fault, False

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                if self._is_dead:
                    connection.close()
                    continue
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._switch_port)) as switch:
            threading.Thread(target=_pump, args=(client, switch), daemon=True).start()
            greeting, rest = _until(switch, b"", b"\r\n")
            client.sendall(greeting)
            while True:
                message, rest = _until(switch, rest, b"\r\n\r\n")
                fault = self._fault_of(message)
                if fault is None:
                    client.sendall(message)
                elif fault is Fault.REFUSED:
                    action = re.search(rb"ActionID: (\d+)", message)
                    number = action.group(1) if action else b""
                    client.sendall(b"Response: Error\r\nActionID: " + number + b"\r\nMessage: not now\r\n\r\n")
                elif fault is Fault.SILENT:
                    while client.recv(65536):
                        pass
                    return
                else:
                    self._is_dead = fault is Fault.DEAD
                    return

    def _fault_of(self, message: bytes) -> Fault | None:
        if b"Response: " not in message:
            return None
        with self._lock:
            self.answers += 1
            return self._fault if self.answers == self._at else None


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65536):
            target.sendall(content)
        target.shutdown(socket.SHUT_WR)


def _until(source: socket.socket, buffer: bytes, end: bytes) -> tuple[bytes, bytes]:
    while end not in buffer:
        more = source.recv(65536)
        if not more:
            raise ConnectionResetError("the switch closed the connection")
        buffer += more
    message, _, rest = buffer.partition(end)
    return message + end, rest

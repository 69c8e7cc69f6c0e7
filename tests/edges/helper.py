"""A fake of the privileged helper: its socket, and what it was asked to restart."""

from __future__ import annotations

import json
import socket
import threading
from contextlib import suppress
from pathlib import Path

from appliance.system.helper import RestartableUnit, parse_request


class FakeHelper:
    """Listens on a unix socket and says that everything was restarted."""

    def __init__(self, path: Path) -> None:
        self.restarted: list[RestartableUnit] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._answer, daemon=True).start()

    def close(self) -> None:
        """Take no more requests."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _answer(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                with connection, connection.makefile("rb") as reader:
                    self.restarted.append(parse_request(reader.readline()))
                    connection.sendall(json.dumps({"ok": True}).encode() + b"\n")

"""The services that answer on a socket of their own, as parts of the status."""

from __future__ import annotations

import http.client
import socket
from pathlib import Path

from appliance.operations.status_part import Part, PartState, failed

ASK_SECONDS = 2.0


def service_part(name: str, path: Path) -> Part:
    """Ask a service for its health by the socket at `path`."""
    try:
        status = _get(path, "/health")
    except (OSError, http.client.HTTPException) as fault:
        return failed(name, "silent", "comes-back", fault=str(fault))
    if status != 200:
        return Part(name=name, state=PartState.WARNING, what="answers-code", remedy="log", facts={"code": str(status)})
    return Part(name=name, state=PartState.OK, what="answers")


def _get(path: Path, target: str) -> int:
    connection = _UnixConnection(path)
    try:
        connection.request("GET", target, headers={"Host": "belbox.local"})
        return connection.getresponse().status
    finally:
        connection.close()


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("belbox.local", timeout=ASK_SECONDS)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(ASK_SECONDS)
        self.sock.connect(str(self._path))

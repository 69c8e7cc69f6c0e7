"""The one door to root work: a fixed list of typed requests over a unix socket, never text to run.

Requests are one JSON line, `{"do": "restart", "unit": "dnsmasq"}`, answered by `{"ok": true}` or
`{"ok": false, "error": "..."}`. In the virtual office the supervisor answers the same requests.
"""

from __future__ import annotations

import json
import socket
import subprocess
from enum import StrEnum
from pathlib import Path

from appliance.errors import BelboxError, NotRunning

ANSWER_SECONDS = 30.0
LONGEST_REQUEST = 1_000  # bytes


class RestartableUnit(StrEnum):
    """The units that may be restarted by request."""

    SWITCH = "switch"
    DNSMASQ = "dnsmasq"
    NGINX = "nginx"
    PROVISIONING = "provisioning"
    PHONEBOOK = "phonebook"


def restart_unit(helper_socket: Path, unit: RestartableUnit) -> None:
    """Ask for a restart and wait until it is done; NotRunning if nobody answers."""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(ANSWER_SECONDS)
            connection.connect(str(helper_socket))
            connection.sendall(json.dumps({"do": "restart", "unit": unit.value}).encode() + b"\n")
            answer = json.loads(connection.makefile().readline() or "{}")
    except (OSError, ValueError) as fault:
        raise NotRunning("helper-silent", cause=fault) from fault
    if not answer.get("ok"):
        raise BelboxError("unit-not-restarted", unit=unit.value, value=str(answer.get("error", "")))


def serve_helper(helper_socket: Path) -> None:
    """Answer requests for ever, one at a time; only root and the group of the folder reach the socket."""
    helper_socket.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(helper_socket))
        helper_socket.chmod(0o660)
        listener.listen()
        while True:
            connection, _ = listener.accept()
            with connection:
                connection.settimeout(ANSWER_SECONDS)
                connection.sendall(json.dumps(_answer(connection)).encode() + b"\n")


def parse_request(line: bytes) -> RestartableUnit:
    """Return the unit of a restart request; ValueError for anything else."""
    request = json.loads(line)
    if not isinstance(request, dict) or request.keys() != {"do", "unit"} or request["do"] != "restart":
        raise ValueError("not a request that is known here")
    return RestartableUnit(request["unit"])


def _answer(connection: socket.socket) -> dict[str, object]:
    try:
        unit = parse_request(connection.makefile("rb").readline(LONGEST_REQUEST))
        done = subprocess.run(
            ["/usr/bin/systemctl", "restart", f"belbox-{unit.value}.service"],
            capture_output=True,
            text=True,
            timeout=ANSWER_SECONDS,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as fault:
        return {"ok": False, "error": str(fault)}
    if done.returncode:
        return {"ok": False, "error": done.stderr.strip()[:200]}
    return {"ok": True}

"""Addresses of the lines' hosts, asked here so that the switch never waits for a name server."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping
from pathlib import Path

from appliance.state_files import read_state, write_state


def resolve_hosts(hosts: Iterable[str], remembered: Path) -> Mapping[str, str]:
    """Return an IPv4 address for each host that has one; a name server's silence leaves the last good answer.

    A host that was never resolved is left out; the line then stays dark until a later apply.
    """
    known = read_state(remembered, dict[str, str]) or {}
    resolved: dict[str, str] = {}
    for host in hosts:
        address = _ask(host) or known.get(host)
        if address:
            resolved[host] = address
    if {host: known.get(host) for host in resolved} != resolved:
        write_state(remembered, {**known, **resolved}, 0o644)
    return resolved


def _ask(host: str) -> str | None:
    try:
        return str(ipaddress.IPv4Address(host))
    except ValueError:
        pass
    try:
        answers = socket.getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_DGRAM)
    except OSError:
        return None
    # The lowest of several, so that a name server's turning order does not look like a change.
    return min(str(answer[4][0]) for answer in answers)

"""Tells a phone that is not registered to fetch its settings again, or to start again, by one SIP NOTIFY."""

from __future__ import annotations

import re
import secrets
import socket

SIP_PORT = 5060
ANSWER_SECONDS = 2.0


def ask_to_resync(address: str, event: str, port: int = SIP_PORT, answer_seconds: float = ANSWER_SECONDS) -> int | None:
    """Send an event of the phone's brand; return the status code of its answer, or None when it gives none in time.

    Phones that are registered are told through the switch instead: many take a NOTIFY from there only.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.settimeout(answer_seconds)
        try:
            sender.connect((address, port))
            host, our_port = sender.getsockname()
            sender.send(_notify(address, port, host, our_port, event))
            answer = sender.recv(65535)
        except OSError:  # no route, refused, or no answer in time: to the caller the same
            return None
    match = re.match(rb"SIP/2\.0 (\d{3}) ", answer)
    return int(match[1]) if match else None


def _notify(address: str, port: int, host: str, our_port: int, event: str) -> bytes:
    lines = [
        f"NOTIFY sip:anonymous@{address}:{port} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{our_port};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 20",
        f"From: <sip:belbox@{host}>;tag={secrets.token_hex(6)}",
        f"To: <sip:anonymous@{address}>",
        f"Call-ID: {secrets.token_hex(12)}@{host}",
        "CSeq: 1 NOTIFY",
        f"Contact: <sip:belbox@{host}:{our_port}>",
        f"Event: {event}",
        "Subscription-State: terminated",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()

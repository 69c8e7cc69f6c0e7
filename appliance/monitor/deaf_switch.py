"""A switch that runs and does not answer: noticed by two questions, and started again."""

from __future__ import annotations

import logging
import secrets
import socket
from collections.abc import Callable

from appliance.errors import BelboxError

ASK_EVERY_SECONDS = 5.0
ANSWER_SECONDS = 2.0  # on loopback it answers in a millisecond, under full load in tens of them
DEAF_SECONDS = 20.0  # without any answer; a start takes 2 s, a reload of 1,000 extensions 0.3 s
STARTS_AGAIN_AFTER_SECONDS = 120.0  # one that stays deaf is not started again and again

_log = logging.getLogger(__name__)


def answers_sip(address: str, port: int, wait_seconds: float = ANSWER_SECONDS) -> bool:
    """Tell whether the switch answers an OPTIONS (RFC 3261 section 11) by UDP; any answer counts, 401 and 404 too."""
    branch, tag, call = (secrets.token_hex(8) for _ in range(3))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        try:
            connection.connect((address, port))
            own_address, own_port = connection.getsockname()
            connection.settimeout(wait_seconds)
            connection.send(
                (
                    f"OPTIONS sip:{address}:{port} SIP/2.0\r\n"
                    f"Via: SIP/2.0/UDP {own_address}:{own_port};branch=z9hG4bK{branch};rport\r\n"
                    "Max-Forwards: 70\r\n"
                    f"From: <sip:watch@{own_address}>;tag={tag}\r\n"
                    f"To: <sip:{address}>\r\n"
                    f"Call-ID: {call}@{own_address}\r\n"
                    "CSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
                ).encode()
            )
            return connection.recv(4096).startswith(b"SIP/2.0 ")
        except OSError:
            return False


class DeafSwitch:
    """Told often whether the manager interface answers; asks by SIP itself, and has a deaf switch started again.

    A switch that has ended is not deaf: its unit starts it again by itself, and a start here does no harm.
    """

    def __init__(self, answers_sip: Callable[[], bool], restart: Callable[[], None]) -> None:
        self._answers_sip = answers_sip
        self._restart = restart
        self._asked_at = self._heard_at = self._restarted_at = float("-inf")

    def check(self, answers_manager: bool, now: float) -> None:
        """Note what is so at `now` (seconds of a clock that never jumps), and restart the switch when it is time."""
        if self._heard_at == float("-inf"):
            self._heard_at = now
        if answers_manager and now - self._asked_at < ASK_EVERY_SECONDS:
            return
        self._asked_at = now
        if answers_manager and self._answers_sip():
            self._heard_at = now
            return
        if now - self._heard_at < DEAF_SECONDS or now - self._restarted_at < STARTS_AGAIN_AFTER_SECONDS:
            return
        self._restarted_at = now
        _log.error("the switch has not answered for %.0f s; it is started again", now - self._heard_at)
        try:
            self._restart()
        except BelboxError as fault:
            _log.error("the switch could not be started again: %s", fault)

"""The SIP side of one phone of a storm: registers, lights its lamps, notes when each changed."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Callable, Iterable
from typing import Unpack

from tests.bench.boot_storm.place import bound
from tests.switch_bench.phones import Phone
from tests.switch_bench.sip_socket import Place, SipSocket
from tests.switch_bench.sip_text import answer_challenge, method_of, new_id, status_of
from tests.switch_bench.telephone import Circumstances
from tests.virtual_office.sip_message import SipMessage

SUBSCRIPTIONS_AT_ONCE = 4  # of one phone; the next goes out when one is answered
AGAIN_SECONDS = 5.0  # after a refusal or silence
EXPIRES_SECONDS = 3600
_STATE = re.compile(r"<state[^>]*>(\w+)</state>")
IDLE = "terminated"  # RFC 4235


class Lamp:
    """What one key shows."""

    def __init__(self, number: str) -> None:
        self.number = number
        self.state = ""
        self.changed_at = 0.0
        self.notified = 0


class _OwnSocket(SipSocket):
    """The same, on the phone's own interface."""

    interface = ""

    async def open(self) -> None:
        ready = bound(socket.SOCK_DGRAM, self.interface, self.address, self.port)
        ready.setblocking(False)
        ready.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=ready)


class StormPhone(Phone):
    """Everything here happens on the network thread, but `begin`."""

    def __init__(self, name: str, address: str, interface: str, **given: Unpack[Circumstances]) -> None:
        super().__init__(name, address, **given)
        own = _OwnSocket(address, self.port, self._request)
        own.interface = interface
        self.socket: SipSocket = own
        self.lamps: dict[str, Lamp] = {}  # by Call-ID
        self.registered_at = 0.0
        self.refused: list[str] = []
        self._unwatched: list[str] = []

    def begin(self, numbers: Iterable[str]) -> None:
        """Register, then watch."""
        self.open()
        self._unwatched = list(numbers)
        self.thread.do(self._register_now)

    def _register_now(self) -> None:
        uri = f"sip:{self.domain}"
        headers = [("From", f"<{self.uri}>;tag={new_id()}"), ("To", f"<{self.uri}>"), ("Contact", self.contact)]

        def done(code: int) -> None:
            if 200 <= code < 300:
                self.registered_at = self.registered_at or time.monotonic()
                for _ in range(SUBSCRIPTIONS_AT_ONCE):
                    self._watch_next()
            else:
                self.refused.append(f"REGISTER {code}")
                asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._register_now)

        self._ask("REGISTER", uri, headers, new_id(), done)

    def _watch_next(self) -> None:
        if not self._unwatched:
            return
        number = self._unwatched.pop(0)
        uri = f"sip:{number}@{self.domain}"
        call_id = new_id()
        self.lamps[call_id] = Lamp(number)
        headers = [("From", f"<{self.uri}>;tag={new_id()}"), ("To", f"<{uri}>"), ("Contact", self.contact)]
        headers += [("Event", "dialog"), ("Accept", "application/dialog-info+xml")]

        def done(code: int) -> None:
            if code >= 300:
                self.refused.append(f"SUBSCRIBE {number} {code}")
                del self.lamps[call_id]
                self._unwatched.append(number)
                asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._watch_next)
            else:
                self._watch_next()

        self._ask("SUBSCRIBE", uri, headers, call_id, done)

    def _ask(
        self, method: str, uri: str, headers: list[tuple[str, str]], call_id: str, done: Callable[[int], None]
    ) -> None:
        """Ask with a digest once challenged."""

        def send(sequence: int, authorization: str | None) -> None:
            def answered(response: SipMessage) -> None:
                code = status_of(response)
                if code == 401 and authorization is None:
                    challenge = response.get("www-authenticate")
                    send(sequence + 1, answer_challenge(challenge, method, uri, self.user, self.password))
                elif code >= 200:
                    done(code)

            own = [*headers, ("Call-ID", call_id), ("CSeq", f"{sequence} {method}"), ("Expires", str(EXPIRES_SECONDS))]
            if authorization is not None:
                own.append(("Authorization", authorization))
            self.socket.ask(method, uri, own, self.server, answered)

        send(1, None)

    def _outside_calls(self, request: SipMessage, place: Place) -> None:
        lamp = self.lamps.get(request.get("call-id")) if method_of(request) == "NOTIFY" else None
        if lamp is not None and (told := _STATE.search(request.body)):
            lamp.notified += 1
            if lamp.state != told.group(1):
                lamp.state, lamp.changed_at = told.group(1), time.monotonic()
        self.socket.answer(request, place, 200)

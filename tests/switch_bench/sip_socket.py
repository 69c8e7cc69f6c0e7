"""A UDP socket that speaks SIP's transactions (RFC 3261 section 17): repeats, and repeats noticed."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.switch_bench.sip_text import (
    Header,
    branch_of,
    method_of,
    new_id,
    status_of,
    write_request,
    write_response,
)
from tests.virtual_office.sip_message import SipMessage, read_message

Place = tuple[str, int]

T1_SECONDS = 0.5  # RFC 3261 section 17.1.1.1
T2_SECONDS = 4.0
GIVE_UP_SECONDS = 64 * T1_SECONDS
REMEMBERED_REQUESTS = 4000

TIMED_OUT = SipMessage(first_line="SIP/2.0 408 Request Timeout", headers=(), body="")


class Repeat:
    """Sends something now and again, at growing intervals, until it is stopped or given up."""

    def __init__(self, send: Callable[[], None], give_up: Callable[[], None] = lambda: None) -> None:
        self._send = send
        self._give_up = give_up
        self._interval = T1_SECONDS
        self._spent = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._again()

    def stop(self) -> None:
        """Send it no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _again(self) -> None:
        if self._spent >= GIVE_UP_SECONDS:
            self._timer = None
            self._give_up()
            return
        self._send()
        self._timer = asyncio.get_running_loop().call_later(self._interval, self._again)
        self._spent += self._interval
        self._interval = min(2 * self._interval, T2_SECONDS)


@dataclass(slots=True)
class _Asked:
    """A request of ours, until its final response."""

    method: str
    on_response: Callable[[SipMessage], None]
    repeat: Repeat | None = None
    is_final: bool = False


class SipSocket(asyncio.DatagramProtocol):
    """One address and port. While `is_deaf`, nothing comes in and nothing goes out, as with a cut cable."""

    def __init__(self, address: str, port: int, on_request: Callable[[SipMessage, Place], None]) -> None:
        self.address = address
        self.port = port
        self.is_deaf = False
        self._on_request = on_request
        self._asked: dict[tuple[str, str], _Asked] = {}
        # What was answered to a request, empty while nothing was.
        self._answers: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Bind; OSError where somebody else has the place."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(self.address, self.port))

    def close(self) -> None:
        """Close the socket and forget every request under way."""
        for asked in self._asked.values():
            if asked.repeat is not None:
                asked.repeat.stop()
        self._asked.clear()
        if self._transport is not None:
            self._transport.close()

    def send(self, message: bytes, place: Place) -> None:
        """Send once."""
        if not self.is_deaf and self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message, place)

    def ask(
        self,
        method: str,
        uri: str,
        headers: Iterable[Header],
        place: Place,
        on_response: Callable[[SipMessage], None],
        body: str = "",
    ) -> str:
        """Send a request until it is answered; every response is handed on, a made-up 408 if none comes.

        Returns the branch. The final response of an INVITE may come more than once, to be acknowledged again.
        """
        branch = f"z9hG4bK{new_id()}"
        message = write_request(method, uri, [("Via", self.via(branch)), ("Max-Forwards", "70"), *headers], body)
        asked = _Asked(method, on_response)
        self._asked[branch, method] = asked

        def give_up() -> None:
            self._asked.pop((branch, method), None)
            on_response(TIMED_OUT)

        asked.repeat = Repeat(lambda: self.send(message, place), give_up)
        return branch

    def via(self, branch: str) -> str:
        """Return the Via value of a request of ours."""
        return f"SIP/2.0/UDP {self.address}:{self.port};branch={branch};rport"

    def answer(
        self,
        request: SipMessage,
        place: Place,
        code: int,
        tag: str = "",
        headers: Iterable[Header] = (),
        body: str = "",
    ) -> bytes:
        """Answer a request, and the same again if the request comes again; return what was sent."""
        response = write_response(request, code, tag or new_id(), headers, body)
        self._answers[branch_of(request), method_of(request)] = response
        self.send(response, place)
        return response

    def datagram_received(self, data: bytes, addr: Place) -> None:
        """Sort out what came: a response of somebody, a request again, a request."""
        if self.is_deaf or not data.strip():
            return
        message = read_message(data.decode(errors="replace"))
        if message.first_line.startswith("SIP/2.0"):
            self._response(message)
            return
        method = method_of(message)
        key = (branch_of(message), method)
        if method != "ACK":
            if key in self._answers:
                if self._answers[key]:
                    self.send(self._answers[key], addr)
                return
            self._answers[key] = b""
            if len(self._answers) > REMEMBERED_REQUESTS:
                self._answers.popitem(last=False)
        self._on_request(message, addr)

    def _response(self, message: SipMessage) -> None:
        method = message.get("cseq").split()[-1]
        key = (branch_of(message), method)
        asked = self._asked.get(key)
        if asked is None:
            return
        if asked.repeat is not None:
            asked.repeat.stop()
        if status_of(message) >= 200:
            if method != "INVITE":
                del self._asked[key]
            elif not asked.is_final:
                asked.is_final = True
                asyncio.get_running_loop().call_later(GIVE_UP_SECONDS, lambda: self._asked.pop(key, None))
        asked.on_response(message)

"""What a phone and a line have in common: an address that speaks SIP, calls, and a diary."""

from __future__ import annotations

import asyncio
import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from typing import NotRequired, TypedDict, Unpack

from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import Diary, What
from tests.switch_bench.network_thread import ANSWER_SECONDS, NetworkThread
from tests.switch_bench.sip_socket import Place, SipSocket
from tests.switch_bench.sip_text import Header, answer_challenge, method_of, new_id, status_of, tag_of
from tests.switch_bench.voice import PCMA, PCMU
from tests.virtual_office.sip_message import SipMessage

SIP_PORT = 5060


class Circumstances(TypedDict):
    """What every telephone of a bench is given."""

    server: Place
    thread: NetworkThread
    diary: Diary
    call_numbers: Iterator[int]
    tone_hz: int
    port: NotRequired[int]


class Telephone(ABC):
    """One address on loopback; `server` is the switch. Subclasses say who calls and what a call gets."""

    user = ""
    password = ""
    payloads: tuple[int, ...] = (PCMA, PCMU)  # the codecs it speaks, the best first

    def __init__(self, name: str, address: str, **given: Unpack[Circumstances]) -> None:
        self.name = name
        self.address = address
        self.server = given["server"]
        self.thread = given["thread"]
        self.diary = given["diary"]
        self.tone_hz = given["tone_hz"]
        self.options_answered = 0
        self.port = given.get("port", SIP_PORT)
        self._call_numbers = given["call_numbers"]
        self.socket = SipSocket(address, self.port, self._request)
        self._calls: list[Call] = []
        self._dialogs: dict[tuple[str, str], Call] = {}

    def open(self) -> None:
        """Take the address."""
        asyncio.run_coroutine_threadsafe(self.socket.open(), self.thread.loop).result(ANSWER_SECONDS)

    def close(self) -> None:
        """Leave the address; calls are dropped without a word."""

        def close() -> None:
            for call in self._calls:
                call.drop()
            self.socket.close()

        self.thread.do(close)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call of this telephone, the oldest first."""
        return tuple(self._calls)

    @property
    def is_ringing(self) -> bool:
        """Whether it rings now."""
        return any(call.state is CallState.RINGING and call.invite is not None for call in self._calls)

    def wait_for(self, what: What, *, after: int | None = None, seconds: float = 5.0, **facts: str) -> Call:
        """Wait for such an event at this telephone and return the call it belongs to."""
        event = self.diary.wait_for(self.name, what, after=after, call=None, seconds=seconds, **facts)
        return next(call for call in self._calls if call.number == event.call)

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: str = "") -> int:
        """Send a request outside any call, with the password if it is asked for and known; return the final code."""
        uri = f"sip:{target.replace('#', '%23')}@{self.domain}"
        call_id, tag = new_id(), new_id()
        final: Future[int] = Future()

        def send(sequence: int, authorization: tuple[Header, ...]) -> None:
            def answered(response: SipMessage) -> None:
                code = status_of(response)
                if code == 401 and not authorization and self.password:
                    challenge = response.get("www-authenticate")
                    value = answer_challenge(challenge, method, uri, self.user, self.password)
                    send(2, (("Authorization", value),))
                elif code >= 200:
                    final.set_result(code)

            own = [("From", f"<{self.uri}>;tag={tag}"), ("To", f"<{uri}>"), ("Call-ID", call_id)]
            own += [("CSeq", f"{sequence} {method}"), ("Contact", self.contact)]
            self.socket.ask(method, uri, [*own, *(headers or {}).items(), *authorization], self.server, answered, body)

        self.thread.do(lambda: send(1, ()))
        return final.result(ANSWER_SECONDS)

    def hang_up_all(self) -> None:
        """End every call that goes on."""
        for call in self._calls:
            if not call.ended_with:
                call.hang_up()

    def forget_calls(self) -> None:
        """Let go of every call that is over and acknowledged."""

        def forget() -> None:
            self._calls = [call for call in self._calls if not call.is_settled]
            self._dialogs = {key: call for key, call in self._dialogs.items() if not call.is_settled}

        self.thread.do(forget)

    @property
    def domain(self) -> str:
        """Host and port of the switch."""
        return f"{self.server[0]}:{self.server[1]}"

    @property
    def uri(self) -> str:
        """Who this telephone says it is."""
        return f"sip:{self.user}@{self.domain}"

    @property
    def contact(self) -> str:
        """Where it can be reached."""
        return f"<sip:{self.user or 'line'}@{self.address}:{self.port}>"

    def _place(self, target: str, local: str, headers: Mapping[str, str]) -> Call:
        def place() -> Call:
            call = Call(self, next(self._call_numbers), self.server)
            self._keep(call)
            call.place_call(target, local, tuple(headers.items()))
            return call

        return self.thread.do(place)

    @abstractmethod
    def _incoming(self, call: Call, invite: SipMessage) -> None:
        """Take a new call; on the network thread."""

    def _outside_calls(self, request: SipMessage, place: Place) -> None:
        """Answer a request that belongs to no call."""
        if method_of(request) == "OPTIONS":
            self.options_answered += 1
        if method_of(request) == "NOTIFY":
            self.diary.write(self.name, What.NOTIFIED, event=request.get("event"), body=request.body)
        self.socket.answer(request, place, 200)

    def _request(self, request: SipMessage, place: Place) -> None:
        method = method_of(request)
        tag = tag_of(request.get("to"))
        call = self._dialogs.get((request.get("call-id"), tag))
        if call is None and method == "CANCEL":
            call = next((call for call in reversed(self._calls) if call.call_id == request.get("call-id")), None)
        if call is not None:
            call.request(request, place)
        elif method == "INVITE" and not tag:
            self.socket.answer(request, place, 100)
            call = Call(self, next(self._call_numbers), place)
            call.call_id = request.get("call-id")
            self._keep(call)
            self._incoming(call, request)
        elif method in {"INVITE", "BYE", "CANCEL", "REFER", "INFO", "UPDATE"}:
            self.socket.answer(request, place, 481)
        elif method != "ACK":
            self._outside_calls(request, place)

    def _keep(self, call: Call) -> None:
        self._calls.append(call)
        self._dialogs[call.call_id, call.local_tag] = call


def call_numbers() -> Iterator[int]:
    """Count the calls of a bench."""
    return itertools.count(1)

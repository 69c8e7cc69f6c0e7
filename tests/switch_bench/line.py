"""The telephone company at the other end of a trunk: what it was asked, and what it answers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Unpack

from tests.switch_bench.behaviour import ANSWERS, Behaviour, Refuses
from tests.switch_bench.call import Call
from tests.switch_bench.diary import What
from tests.switch_bench.sip_socket import Place
from tests.switch_bench.sip_text import method_of, read_session, uri_of
from tests.switch_bench.telephone import Circumstances, Telephone
from tests.virtual_office.sip_message import SipAddress, SipMessage, read_address

ALL_CHANNELS_BUSY = 503


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """One call that the office sent out by this line; `at` is monotonic time in seconds."""

    at: float
    number: str
    caller: SipAddress
    asserted: str
    privacy: str
    codecs: tuple[str, ...]
    message: SipMessage
    call: Call


class Line(Telephone):
    """A provider that works until told otherwise: it registers whoever asks, answers OPTIONS and every call.

    `registers_with`: the code a REGISTER gets, `retry_after`: seconds that go with a refusal (0: none). `channels`: how
    many calls fit, None for as many as come.
    """

    user = "line"

    def __init__(self, name: str, address: str, **rest: Unpack[Circumstances]) -> None:
        super().__init__(name, address, **rest)
        self.back_at = 0.0
        self.at_rest()

    def at_rest(self) -> None:
        """Work again, forget what was said, and begin a new record."""
        self.behaviour: Behaviour = ANSWERS
        self.registers_with = 200
        self.retry_after = 0
        self.answers_options = True
        self.channels: int | None = None
        self._by_number: dict[str, Behaviour] = {}
        self._script: Iterator[Behaviour] = iter(())
        self._invites: list[Invite] = []
        self.come_back()
        self.forget_calls()

    @property
    def answers_switch(self) -> bool:
        """Whether OPTIONS get an answer."""
        return self.answers_options and not self.socket.is_deaf

    def wait_registered(self, after: int | None = None, seconds: float = 5.0) -> None:
        """Wait until the switch has registered here; Asterisk lets a second pass after its start."""
        self.diary.wait_for(self.name, What.REGISTERED, after=after, seconds=seconds)

    @property
    def invites(self) -> tuple[Invite, ...]:
        """Every call the office sent here since the record was begun, whatever became of it."""
        return tuple(self._invites)

    def behave(self, behaviour: Behaviour, number: str | None = None) -> None:
        """Say what every call gets, or every call to one number."""
        if number is None:
            self.behaviour = behaviour
        else:
            self._by_number[number] = behaviour

    def script(self, behaviours: Sequence[Behaviour]) -> None:
        """Say what the next calls get, one after the other, before anything else that was said."""
        self._script = iter(behaviours)

    def go_dark(self) -> None:
        """The cable is cut: nothing comes and nothing goes."""
        self.socket.is_deaf = True

    def come_back(self) -> None:
        """The cable is mended; `back_at`: since when, in time.monotonic()."""
        if self.socket.is_deaf:
            self.back_at = time.monotonic()
        self.socket.is_deaf = False

    def call(
        self,
        did: str,
        caller: str = "+32475000001",
        *,
        name: str = "",
        anonymous: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Call:
        """Call a number of the office; anonymous: the number is in P-Asserted-Identity alone (RFC 3323, 3325)."""
        asserted = f"<sip:{caller}@{self.address}>"
        if anonymous:
            hidden = {"P-Asserted-Identity": asserted, "Privacy": "id"}
            return self._place(did, '"Anonymous" <sip:anonymous@anonymous.invalid>', {**hidden, **(headers or {})})
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '" ' if name else ""
        return self._place(did, f"{shown}{asserted}", headers or {})

    def _incoming(self, call: Call, invite: SipMessage) -> None:
        session = read_session(invite.body)
        number = read_address(uri_of(invite)).number
        in_use = sum(not other.ended_with for other in self.calls if other is not call)
        behaviour = next(self._script, None) or self._by_number.get(number, self.behaviour)
        if self.channels is not None and in_use >= self.channels:
            behaviour = Refuses(code=ALL_CHANNELS_BUSY)
        call.receive(invite, behaviour)
        self._invites.append(
            Invite(
                at=call.began_at,
                number=number,
                caller=read_address(invite.get("from")),
                asserted=invite.get("p-asserted-identity"),
                privacy=invite.get("privacy"),
                codecs=session.codecs if session else (),
                message=invite,
                call=call,
            )
        )

    def _outside_calls(self, request: SipMessage, place: Place) -> None:
        method = method_of(request)
        if method == "REGISTER":
            self._registers(request, place)
        elif method != "OPTIONS" or self.answers_options:
            super()._outside_calls(request, place)

    def _registers(self, request: SipMessage, place: Place) -> None:
        if self.registers_with != 200:
            again = [("Retry-After", str(self.retry_after))] if self.retry_after else []
            self.socket.answer(request, place, self.registers_with, headers=again)
            self.diary.write(self.name, What.REGISTRATION_REFUSED, code=str(self.registers_with))
            return
        expires = request.get("expires") or "120"
        headers = [("Contact", f"{request.get('contact').split(';expires')[0]};expires={expires}")]
        self.socket.answer(request, place, 200, headers=headers)
        self.diary.write(self.name, What.UNREGISTERED if expires == "0" else What.REGISTERED)

"""One call as one telephone sees it, made or received, with what the test can do to it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

from tests.switch_bench.behaviour import Answers, Behaviour, Ignores, Progresses, Redirects, Refuses, Rings
from tests.switch_bench.diary import Event, What
from tests.switch_bench.sip_socket import Place, Repeat
from tests.switch_bench.sip_text import (
    DIGITS_PAYLOAD,
    Header,
    answer_challenge,
    contact_of,
    describe_session,
    method_of,
    new_id,
    read_session,
    status_of,
    tag_of,
    uri_of,
    write_request,
)
from tests.switch_bench.voice import Voice
from tests.virtual_office.sip_message import SipAddress, SipMessage, read_address

if TYPE_CHECKING:
    from tests.switch_bench.telephone import Telephone

ALLOW = "INVITE, ACK, CANCEL, BYE, OPTIONS, NOTIFY, INFO, REFER"  # no UPDATE: changes come as INVITE, seen in one place
_MIRRORED = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


class CallState(StrEnum):
    """How far a call is."""

    CALLING = "calling"
    RINGING = "ringing"
    PROGRESS = "progress"
    ANSWERED = "answered"
    ENDED = "ended"


def _address(target: str, domain: str) -> str:
    """Return the URI of a dialled text: `tel:112` as it stands (RFC 3966), `112;user=phone` with its parameter."""
    if target.startswith("tel:"):
        return target
    number, _, parameters = target.partition(";")
    return f"sip:{number}@{domain}{';' if parameters else ''}{parameters}"


HUNG_UP_HERE = "hung up here"
HUNG_UP_THERE = "hung up there"
GIVEN_UP = "given up by the caller"


class Call:
    """`ended_with`: a SIP code ("486"), HUNG_UP_HERE, HUNG_UP_THERE or GIVEN_UP; empty while it goes on.

    `shown`: name and number of the other side as this telephone would show them now. `invite`: the first message of
    a call received. `reasons`: the Reason headers with which the other side ended it. `code`: the last SIP code got.
    """

    def __init__(self, telephone: Telephone, number: int, place: Place) -> None:
        self.telephone = telephone
        self.number = number
        self.state = CallState.CALLING
        self.code = 0
        self.ended_with = ""
        self.reasons: tuple[str, ...] = ()
        self.shown = SipAddress(name="", number="", host="")
        self.asserted = ""
        self.invite: SipMessage | None = None
        self.response: SipMessage | None = None
        self.digits = ""
        self.local_tag = new_id()
        self.began_at = time.monotonic()
        self.call_id = f"{new_id()}@{telephone.address}"
        self._first_event = telephone.diary.last
        self._place = place
        self._remote_uri = ""
        self._local, self._remote = "", ""
        self._sequence = 1
        self._voice: Voice | None = None
        self._repeat: Repeat | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._was_challenged = False
        self._branch = ""
        self._headers: tuple[Header, ...] = ()

    # What a test asks and does, from its own thread.

    def wait_for(self, what: What, seconds: float = 5.0, **facts: str) -> Event:
        """Return the first such event of this call, as soon as it is there."""
        return self.telephone.diary.wait_for(
            None, what, after=self._first_event, call=self.number, seconds=seconds, **facts
        )

    def events(self, what: What | None = None) -> tuple[Event, ...]:
        """Every event of this call so far."""
        return self.telephone.diary.events(what=what, after=self._first_event, call=self.number)

    def wait_ended(self, seconds: float = 5.0) -> str:
        """Wait for the end and return `ended_with`."""
        return self.wait_for(What.ENDED, seconds).facts["ended_with"]

    def answer(self) -> None:
        """Take a call that rings here."""
        self.telephone.thread.do(lambda: self._answer(Answers()))

    def hang_up(self) -> None:
        """End it, however far it is: BYE, CANCEL or 603; nothing if it is over."""
        self.telephone.thread.do(self.end)

    def send_digits(self, digits: str) -> None:
        """Press keys in an answered call."""
        self.telephone.thread.do(lambda: self._require_voice().press(digits))

    def transfer(self, target: str) -> None:
        """Blind transfer to a number at the same server; what comes of it are events TRANSFER."""
        self.telephone.thread.do(lambda: self._refer(f"<sip:{target}@{self.telephone.domain}>"))

    def transfer_to_call(self, other: Call) -> None:
        """Attended transfer: the other sides of this call and of another call of this phone get each other."""
        to_tag = tag_of(other._remote)
        replaces = f"{other.call_id.replace('@', '%40')}%3Bto-tag%3D{to_tag}%3Bfrom-tag%3D{other.local_tag}"
        target = f"<{other._remote_uri.split(';')[0]}?Replaces={replaces}>"
        self.telephone.thread.do(lambda: self._refer(target))

    def hold(self, held: bool = True) -> None:
        """Put the other side on hold, or take it back, and wait until the switch has agreed."""
        after = self.telephone.diary.last
        direction = "sendonly" if held else "sendrecv"
        self.telephone.thread.do(lambda: self._reinvite(direction))
        self.telephone.diary.wait_for(
            self.telephone.name, What.HOLDS, after=after, call=self.number, direction=direction, code="200"
        )

    def level(self, frequency_hz: int) -> float:
        """Return how strong a tone is in what this telephone has heard in the last half second, 0 to 32767."""
        voice = self._voice
        return self.telephone.thread.do(lambda: voice.level(frequency_hz)) if voice else 0.0

    def header(self, name: str) -> str:
        """Return a header of the INVITE that came, or of the response that answered or ended a call made."""
        message = self.invite or self.response
        return message.get(name) if message else ""

    @property
    def is_settled(self) -> bool:
        """Whether nothing more can come of it."""
        return self.state is CallState.ENDED and self._repeat is None

    def hears_sound(self, seconds: float = 0.5) -> str:
        """Return the codec in which something else than silence came in all the while, empty if it did not."""
        voice = self._voice
        return self.telephone.thread.do(lambda: voice.sound_in(seconds)) if voice else ""

    @property
    def packets_heard(self) -> int:
        """RTP packets with sound that came in."""
        return self._voice.packets_in if self._voice else 0

    # Everything below runs on the network thread.

    def place_call(self, target: str, local: str, headers: tuple[Header, ...]) -> None:
        """Send the INVITE."""
        self._remote_uri = _address(target, self.telephone.domain)
        self._local, self._remote = f"{local};tag={self.local_tag}", f"<{self._remote_uri}>"
        self._headers = headers
        self._voice = self._new_voice()
        self._send_invite(())

    def receive(self, invite: SipMessage, behaviour: Behaviour) -> None:
        """Take a call that came and do as told with it."""
        self.invite = invite
        self.call_id = invite.get("call-id")
        self._local = f"{invite.get('to')};tag={self.local_tag}"
        self._remote = invite.get("from")
        self._remote_uri, _ = contact_of(invite)
        self.shown = self._identity(invite)
        self._write(
            What.INVITED,
            called=read_address(uri_of(invite)).number,
            number=self.shown.number,
            name=self.shown.name,
            alert_info=invite.get("alert-info"),
            call_info=invite.get("call-info"),
        )
        match behaviour:
            case Rings():
                self._ring()
            case Answers():
                if behaviour.early_sound:
                    self._early_sound()
                elif behaviour.after_seconds:
                    self._ring()
                self._later(behaviour.after_seconds, lambda: self._answer(behaviour))
            case Refuses():
                if behaviour.after_seconds:
                    self._ring()
                self._later(behaviour.after_seconds, lambda: self._refuse(behaviour.code, behaviour.headers))
            case Progresses():
                self._early_sound()
            case Redirects():
                self._refuse(302, (("Contact", f"<sip:{behaviour.to}@{self.telephone.domain}>"),))
            case Ignores():
                pass

    def request(self, request: SipMessage, place: Place) -> None:
        """Take a request inside this call."""
        match method_of(request):
            case "ACK":
                self._stop_repeating()
            case "CANCEL":
                self.telephone.socket.answer(request, place, 200, self.local_tag)
                if self.state in {CallState.RINGING, CallState.PROGRESS, CallState.CALLING}:
                    self.reasons = request.all("reason")
                    self.ended_with, self.state = GIVEN_UP, CallState.ENDED  # before the news of it
                    self._write(What.STOPPED_RINGING, reason=" | ".join(self.reasons))
                    self._final(487)
                    self._over(GIVEN_UP)
            case "BYE":
                self.telephone.socket.answer(request, place, 200, self.local_tag)
                self.reasons = request.all("reason")
                if self.state is not CallState.ENDED:
                    self._over(HUNG_UP_THERE)
            case "INVITE":
                self._changed(request, place)
            case "NOTIFY":
                self.telephone.socket.answer(request, place, 200, self.local_tag)
                self._transfer_goes(request)
            case "REFER":
                self.telephone.socket.answer(request, place, 603, self.local_tag)
            case _:
                self.telephone.socket.answer(request, place, 200, self.local_tag)

    def end(self) -> None:
        """End the call from here."""
        if self.state is CallState.ENDED:
            return
        if self.state is CallState.ANSWERED:
            self._ask("BYE")
            self._over(HUNG_UP_HERE)
        elif self.invite is not None:
            self._refuse(603, ())
        else:
            self._cancel()

    def drop(self) -> None:
        """Forget the call without a word."""
        self._stop_repeating()
        for timer in self._timers:
            timer.cancel()
        if self._voice is not None:
            self._voice.close()

    # Calls made.

    def _send_invite(self, extra: tuple[Header, ...]) -> None:
        assert self._voice is not None
        body = describe_session(self.telephone.address, self._voice.port, (*self.telephone.payloads, DIGITS_PAYLOAD))
        headers = (*self._dialog_headers("INVITE"), *self._headers, *extra)
        self._branch = self.telephone.socket.ask(
            "INVITE", self._remote_uri, headers, self._place, self._invite_response, body
        )

    def _invite_response(self, response: SipMessage) -> None:
        code = status_of(response)
        if code == 100:
            return
        if code in {401, 407}:
            self._acknowledge_refusal(response)
            if not self._was_challenged and self.telephone.password:
                self._was_challenged = True
                self._sequence += 1
                self._send_invite((self._authorization(response, "INVITE", self._remote_uri),))
                return
        elif code >= 300 and response.headers:
            self._acknowledge_refusal(response)
        if code >= 300:
            if self.state is not CallState.ENDED:
                self.code, self.response = code, response
                self.reasons = response.all("reason")
                self._over(str(code))
            return
        self._remote = response.get("to")
        if code >= 200:
            self._answered_there(response)
            return
        self._early(response, code)

    def _early(self, response: SipMessage, code: int) -> None:
        self._listen(response)
        what = What.PROGRESS if code == 183 else What.HEARS_RINGING
        state = CallState.PROGRESS if code == 183 else CallState.RINGING
        self._take_identity(response)
        if self.code != code and self.state is not CallState.ENDED:
            self.code, self.state = code, state
            self._write(what, number=self.shown.number, name=self.shown.name)

    def _answered_there(self, response: SipMessage) -> None:
        self._remote_uri, self._place = contact_of(response)
        self._acknowledge(response)
        if self.state is CallState.ENDED:  # it was given up here a moment before
            if self.code != 200:
                self.code = 200
                self._ask("BYE")
            return
        if self.state is CallState.ANSWERED:
            return  # the same response again
        self.code, self.response, self.state = 200, response, CallState.ANSWERED
        self._listen(response)
        self._take_identity(response)
        self._write(What.ANSWERED, number=self.shown.number, name=self.shown.name)

    def _cancel(self) -> None:
        if self.state is not CallState.CALLING or self.code:
            self._send_cancel()
        else:
            # RFC 3261 section 9.1: not before a provisional response; on loopback that is there within milliseconds.
            self._later(0.1, self._send_cancel)
        self._over(GIVEN_UP)

    def _send_cancel(self) -> None:
        headers = [("Via", self.telephone.socket.via(self._branch)), ("Max-Forwards", "70")]
        headers += [("From", self._local), ("To", f"<{self._remote_uri}>"), ("Call-ID", self.call_id)]
        headers += [("CSeq", f"{self._sequence} CANCEL")]
        self.telephone.socket.send(write_request("CANCEL", self._remote_uri, headers), self._place)

    def _acknowledge(self, response: SipMessage) -> None:
        headers = [("Via", self.telephone.socket.via(f"z9hG4bK{new_id()}")), ("Max-Forwards", "70")]
        headers += [("From", response.get("from")), ("To", response.get("to")), ("Call-ID", self.call_id)]
        headers += [("CSeq", f"{response.get('cseq').split()[0]} ACK")]
        self.telephone.socket.send(write_request("ACK", self._remote_uri, headers), self._place)

    def _acknowledge_refusal(self, response: SipMessage) -> None:
        headers = [("Via", response.get("via")), ("Max-Forwards", "70"), ("From", response.get("from"))]
        headers += [("To", response.get("to")), ("Call-ID", self.call_id)]
        headers += [("CSeq", f"{response.get('cseq').split()[0]} ACK")]
        self.telephone.socket.send(write_request("ACK", self._remote_uri, headers), self._place)

    # Calls received.

    def _ring(self) -> None:
        self.state = CallState.RINGING
        self._respond(180)
        self._write(What.RINGS, number=self.shown.number, name=self.shown.name)

    def _early_sound(self) -> None:
        self.state = CallState.PROGRESS
        self._respond(183, body=self._accept_session())

    def _answer(self, behaviour: Answers) -> None:
        if self.state in {CallState.ANSWERED, CallState.ENDED}:
            return
        self.state, self.code = CallState.ANSWERED, 200
        self._final(200, body=self._accept_session())
        self._write(What.ANSWERED, number=self.shown.number, name=self.shown.name)
        if behaviour.presses:
            self._later(behaviour.presses_after_seconds, lambda: self._press(behaviour.presses))
        if behaviour.hangs_up_after_seconds is not None:
            self._later(behaviour.hangs_up_after_seconds, self.end)

    def _refuse(self, code: int, extra: tuple[Header, ...]) -> None:
        if self.state in {CallState.ANSWERED, CallState.ENDED}:
            return
        self.code, self.state, self.ended_with = code, CallState.ENDED, str(code)
        self._final(code, extra)
        self._write(What.REFUSED, code=str(code))
        self._over(str(code))

    def _respond(self, code: int, extra: tuple[Header, ...] = (), body: str = "") -> bytes:
        assert self.invite is not None
        own = [] if any(name == "Contact" for name, _ in extra) else [("Contact", self.telephone.contact)]
        headers = [*own, ("Allow", ALLOW), *extra]
        return self.telephone.socket.answer(self.invite, self._place, code, self.local_tag, headers, body)

    def _final(self, code: int, extra: tuple[Header, ...] = (), body: str = "") -> None:
        """RFC 3261 section 13.3.1.4 and 17.2.1: until it is acknowledged."""
        response = self._respond(code, extra, body)
        self._stop_repeating()
        sent = iter((True,))

        def again() -> None:
            if not next(sent, False):
                self.telephone.socket.send(response, self._place)

        self._repeat = Repeat(again)

    def _accept_session(self) -> str:
        assert self.invite is not None
        offered = read_session(self.invite.body)
        if self._voice is None:
            self._voice = self._new_voice()
        if offered is None:
            return describe_session(
                self.telephone.address, self._voice.port, (*self.telephone.payloads, DIGITS_PAYLOAD)
            )
        self._voice.talk_to(offered)
        payloads = [payload for payload in offered.payloads if payload in self.telephone.payloads][:1]
        if offered.digits_payload == DIGITS_PAYLOAD:
            payloads.append(DIGITS_PAYLOAD)
        return describe_session(
            self.telephone.address, self._voice.port, payloads, _MIRRORED.get(offered.direction, "sendrecv")
        )

    # Both.

    def _changed(self, request: SipMessage, place: Place) -> None:
        """An INVITE inside the call: hold, another codec, another person at the other end."""
        offered = read_session(request.body)
        if self.state is not CallState.ANSWERED or self._voice is None:
            self.telephone.socket.answer(request, place, 481, self.local_tag)
            return
        payloads, direction = [*self.telephone.payloads, DIGITS_PAYLOAD], "sendrecv"
        if offered is not None:
            self._voice.talk_to(offered)
            payloads = [
                payload for payload in offered.payloads if payload in {*self.telephone.payloads, DIGITS_PAYLOAD}
            ]
            direction = _MIRRORED[offered.direction]
            if offered.direction != "sendrecv":
                self._write(What.HELD, direction=offered.direction)
        body = describe_session(self.telephone.address, self._voice.port, payloads, direction)
        headers = [("Contact", self.telephone.contact), ("Allow", ALLOW)]
        response = self.telephone.socket.answer(request, place, 200, self.local_tag, headers, body)
        self._stop_repeating()
        self._repeat = Repeat(lambda: self.telephone.socket.send(response, place))
        if self._take_identity(request):
            self._write(What.SHOWS, number=self.shown.number, name=self.shown.name)

    def _refer(self, target: str) -> None:
        self._ask("REFER", ("Refer-To", target), ("Referred-By", f"<{self.telephone.uri}>"))

    def _transfer_goes(self, request: SipMessage) -> None:
        if not request.get("event").startswith("refer"):
            return
        code = int([*request.body.split(), "SIP", "0"][1])
        self._write(What.TRANSFER, code=str(code))
        if code == 200:
            self.end()

    def _reinvite(self, direction: str) -> None:
        body = describe_session(
            self.telephone.address, self._require_voice().port, (*self.telephone.payloads, DIGITS_PAYLOAD), direction
        )
        self._sequence += 1

        def answered(response: SipMessage) -> None:
            code = status_of(response)
            if 200 <= code < 300:
                self._acknowledge(response)
                self._listen(response)
            elif code >= 300 and response.headers:
                self._acknowledge_refusal(response)
            if code >= 200:
                self._write(What.HOLDS, direction=direction, code=str(code))

        headers = self._dialog_headers("INVITE")
        self.telephone.socket.ask("INVITE", self._remote_uri, headers, self._place, answered, body)

    def _ask(self, method: str, *extra: Header) -> None:
        """Send a request inside the call, with the password if it is asked for."""
        self._sequence += 1
        uri = self._remote_uri

        def answered(response: SipMessage) -> None:
            if status_of(response) in {401, 407} and self.telephone.password:
                self._sequence += 1
                authorization = self._authorization(response, method, uri)
                headers = (*self._dialog_headers(method), *extra, authorization)
                self.telephone.socket.ask(method, uri, headers, self._place, self._asked(method))
            else:
                self._asked(method)(response)

        self.telephone.socket.ask(method, uri, (*self._dialog_headers(method), *extra), self._place, answered)

    def _asked(self, method: str) -> Callable[[SipMessage], None]:
        def done(response: SipMessage) -> None:
            if method == "REFER" and status_of(response) >= 300:
                self._write(What.TRANSFER, code=str(status_of(response)))

        return done

    def _authorization(self, response: SipMessage, method: str, uri: str) -> Header:
        proxy = status_of(response) == 407
        challenge = response.get("proxy-authenticate" if proxy else "www-authenticate")
        value = answer_challenge(challenge, method, uri, self.telephone.user, self.telephone.password)
        return ("Proxy-Authorization" if proxy else "Authorization", value)

    def _dialog_headers(self, method: str) -> tuple[Header, ...]:
        return (
            ("From", self._local),
            ("To", self._remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{self._sequence} {method}"),
            ("Contact", self.telephone.contact),
            ("Allow", ALLOW),
        )

    def _listen(self, message: SipMessage) -> None:
        session = read_session(message.body)
        if session is not None and self._voice is not None and self.state is not CallState.ENDED:
            self._voice.talk_to(session)

    def _take_identity(self, message: SipMessage) -> bool:
        """Return whether another name or number is shown from now on."""
        before = self.shown
        if message.get("p-asserted-identity") or message.get("remote-party-id"):
            self.shown = self._identity(message)
        return self.shown != before

    def _identity(self, message: SipMessage) -> SipAddress:
        """Who a phone shows: the network's word before the caller's own."""
        self.asserted = message.get("p-asserted-identity") or message.get("remote-party-id")
        return read_address(self.asserted or message.get("from"))

    def _new_voice(self) -> Voice:
        return Voice(self.telephone.address, self.telephone.tone_hz, self._digit, self.telephone.payloads)

    def _digit(self, digit: str) -> None:
        self.digits += digit
        self._write(What.DIGIT, digit=digit)

    def _press(self, digits: str) -> None:
        if self.state is CallState.ANSWERED:
            self._require_voice().press(digits)

    def _require_voice(self) -> Voice:
        if self._voice is None or self.state is CallState.ENDED:
            raise ValueError(f"there is no sound in call {self.number} ({self.state})")
        return self._voice

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        if seconds <= 0:
            act()
        else:
            self._timers.append(asyncio.get_running_loop().call_later(seconds, act))

    def _over(self, how: str) -> None:
        self.ended_with = how  # before the state, which another thread looks at
        self.state = CallState.ENDED
        if self._voice is not None:
            self._voice.close()
        self._write(What.ENDED, ended_with=how)

    def _stop_repeating(self) -> None:
        if self._repeat is not None:
            self._repeat.stop()
            self._repeat = None

    def _write(self, what: What, **facts: str) -> None:
        self.telephone.diary.write(self.telephone.name, what, self.number, **facts)

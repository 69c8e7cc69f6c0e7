"""The SIP side of a virtual phone: pjsua2 with a null sound device, everything on one thread.

pjsua2 in Python lives on three rules kept here: every object is referenced until its end was reported,
nothing is destroyed inside one of its callbacks, and the library is polled (`threadCnt` 0, `mainThreadOnly`).
"""

from __future__ import annotations

import re
import tempfile
import time
import wave
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pjsua2

from tests.virtual_office.sip_message import SipMessage, read_address, read_message
from tests.virtual_office.sip_phone_call import Lamp, PhoneAccount, PhoneCall, operation
from tests.virtual_office.sip_phone_events import Diary
from tests.virtual_office.sip_phone_notify import NotifyWatch
from tests.virtual_office.sip_phone_setup import (
    Registration,
    account_config,
    endpoint_config,
    steady_tone,
    uri_end_of,
    user_part,
)
from tests.virtual_office.sip_phone_tones import levels_in_wav

CODECS = ("PCMA/8000", "PCMU/8000", "G722/16000")
POLL_MILLISECONDS = 20


class NoSuchCall(Exception):  # noqa: N818
    """The call number given was never used."""


@dataclass(kw_only=True)
class Behaviour:
    """What the phone does by itself with an incoming call."""

    auto_answer_after: float | None = None  # seconds; None leaves it ringing
    answer_code: int = 200
    reject: int | None = None  # e.g. 486
    obeys_answer_after: bool = True  # Call-Info: answer-after=0, Alert-Info: info=alert-autoanswer (paging)
    notify_status: str = "200 OK"  # the answer to a NOTIFY outside a dialog


class SipEngine:
    """One phone: one account, several calls. `turn()` must be called all the time."""

    def __init__(self, *, address: str, port: int, tone_hz: float, log: Path) -> None:
        self.diary = Diary()
        self.behaviour = Behaviour()
        self._address = address
        self._port = port
        self._tone_hz = tone_hz
        self._log = log
        self._endpoint = pjsua2.Endpoint()
        self._account: PhoneAccount | None = None
        self._registration: Registration | None = None
        self._secure_ready: set[str] = set()
        self._calls: dict[int, PhoneCall] = {}
        self._lamps: list[Lamp] = []
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._notify = NotifyWatch(log, address, port)
        self._tone: Any = None

    def start(self) -> None:
        """Open the SIP port and the null sound device; the phone can call and be called at its address."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_bytes(b"")
        self._endpoint.libCreate()
        self._endpoint.libInit(endpoint_config(self._log))
        transport = pjsua2.TransportConfig()
        transport.boundAddress = self._address
        transport.port = self._port
        self._endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.audDevManager().setNullDev()
        self._endpoint.libStart()
        self._choose_codecs(())
        self._tone = steady_tone(self._tone_hz)
        self._account = PhoneAccount(self.diary, self._incoming)
        self._account.create(account_config(None, self._address, self._port))

    def turn(self) -> None:
        """One round: SIP events, what is due, what has ended."""
        self._endpoint.libHandleEvents(POLL_MILLISECONDS)
        now = time.monotonic()
        due = [act for at, act in self._due if at <= now]
        self._due = [entry for entry in self._due if entry[0] > now]
        for act in due:
            act()
        for message in self._notify.new(self.behaviour.notify_status):
            self.diary.write("notify", what=message.get("event"), sender=message.get("from"), body=message.body)

    def stop(self) -> None:
        """Hang up, unregister, close the library. The process should leave by os._exit afterwards."""
        self._endpoint.hangupAllCalls()
        if self._account is not None:
            if self._registration is not None:
                self._attempt_unregister()
            self._account.shutdown()
        self._calls.clear()
        self._lamps.clear()
        self._tone = None
        self._endpoint.libDestroy()

    def register(self, registration: Registration) -> None:
        """Register, or register anew; the outcome is an event `registered` or `registration_failed`."""
        assert self._account is not None
        if registration == self._registration:
            self.register_again()
            return
        if self._registration is not None:
            # The library would send both at once; answered the other way round, the old one takes the new one away.
            self._attempt_unregister()
        self._open_secure_transport(registration)
        self._choose_codecs(registration.codecs)
        self._registration = registration
        self._account.modify(account_config(registration, self._address, self._port))

    def register_again(self) -> None:
        """Send a REGISTER now; when one is still under way its outcome counts instead."""
        assert self._account is not None
        try:
            self._account.setRegistration(True)
        except pjsua2.Error as error:
            if "PJSIP_EBUSY" not in error.info():
                raise

    def unregister(self) -> None:
        """Take the registration away; the outcome is an event `unregistered`."""
        assert self._account is not None
        self._account.setRegistration(False)
        self._registration = None

    def _attempt_unregister(self) -> None:
        assert self._account is not None
        try:
            self._account.setRegistration(False)
        except pjsua2.Error:
            return  # not registered at this moment: nothing to take away
        limit = time.monotonic() + 1.0
        mark = len(self.diary.since(0))
        while self.diary.first("unregistered", mark, {}) is None and time.monotonic() < limit:
            self._endpoint.libHandleEvents(POLL_MILLISECONDS)

    def _open_secure_transport(self, registration: Registration) -> None:
        if registration.transport in ("udp", *self._secure_ready):
            return
        transport = pjsua2.TransportConfig()
        transport.boundAddress = self._address
        kind = pjsua2.PJSIP_TRANSPORT_TCP
        if registration.transport == "tls":
            kind = pjsua2.PJSIP_TRANSPORT_TLS
            if registration.ca_file:
                transport.tlsConfig.CaListFile = registration.ca_file
                transport.tlsConfig.verifyServer = True
        self._endpoint.transportCreate(kind, transport)
        self._secure_ready.add(registration.transport)

    def _choose_codecs(self, wanted: Iterable[str]) -> None:
        order = [codec for name in wanted for codec in CODECS if codec.lower().startswith(name.lower())] or CODECS
        for codec in self._endpoint.codecEnum2():
            plain = codec.codecId.rsplit("/", 1)[0]
            priority = 200 - 10 * list(order).index(plain) if plain in order else 0
            self._endpoint.codecSetPriority(codec.codecId, priority)

    def call(self, target: str) -> int:
        """Call a `sip:` address, or a number at the registrar's domain; returns the call's number."""
        assert self._account is not None
        uri = self._uri(target)
        call = PhoneCall(self.diary, self._tone, self._account)
        number = self._keep(call, "outgoing")
        call.record["number"] = read_address(uri).number
        call.makeCall(uri, pjsua2.CallOpParam(True))
        return number

    def answer(self, number: int, code: int = 200) -> None:
        """Answer an incoming call with a SIP code."""
        self._call(number).answer(operation(code))

    def hang_up(self, number: int) -> None:
        """End a call; one that is over already is left as it is."""
        call = self._call(number)
        if not call.is_over:
            call.hangup(pjsua2.CallOpParam())

    def hold(self, number: int, held: bool) -> None:
        """Put a call on hold, or take it back."""
        operation = pjsua2.CallOpParam(True)
        if held:
            self._call(number).setHold(operation)
        else:
            operation.opt.flag = pjsua2.PJSUA_CALL_UNHOLD
            self._call(number).reinvite(operation)

    def transfer(self, number: int, target: str) -> None:
        """Blind transfer (REFER) of a call to a number at the same server, or to a `sip:` address."""
        call = self._call(number)
        host = read_address(call.getInfo().remoteUri).host
        uri = target if target.startswith("sip:") else f"sip:{user_part(target)}@{host}"
        call.xfer(uri, pjsua2.CallOpParam(True))

    def send_dtmf(self, number: int, digits: str) -> None:
        """Send digits by RFC 4733 events."""
        self._call(number).dialDtmf(digits)

    def watch(self, number: str) -> None:
        """Light a lamp for a number at the registrar; each change is an event `lamp`."""
        assert self._account is not None
        config = pjsua2.BuddyConfig()
        config.uri = self._uri(number)
        config.subscribe = True
        lamp = Lamp(self.diary, number)
        lamp.create(self._account, config)
        self._lamps.append(lamp)

    def calls(self) -> list[dict[str, Any]]:
        """Every call of this phone's life, the oldest first."""
        return [call.look() for call in self._calls.values()]

    def start_listening(
        self, number: int, seconds: float
    ) -> tuple[float, Callable[[Iterable[float]], dict[str, float] | None]]:
        """Record what a call brings in.

        Returns when it will be done (monotonic), and what then tells the levels, or None while the file is
        not complete.
        """
        sound = self._call(number).audio()
        folder = tempfile.TemporaryDirectory(prefix="heard-")
        recording = Path(folder.name) / "heard.wav"
        recorder = pjsua2.AudioMediaRecorder()
        recorder.createRecorder(str(recording))
        sound.startTransmit(recorder)
        kept = [recorder]

        def levels(frequencies_hz: Iterable[float]) -> dict[str, float] | None:
            kept.clear()  # destroying the recorder completes the file, a little later, on the sound thread
            try:
                levels = levels_in_wav(recording, frequencies_hz)
            except (EOFError, wave.Error):
                return None
            folder.cleanup()
            return levels

        del recorder
        return time.monotonic() + seconds, levels

    def _uri(self, target: str) -> str:
        if re.match(r"sips?:", target):
            return target
        if self._registration is None:
            raise ValueError("a bare number can only be called by a registered phone")
        domain = self._registration.domain or self._registration.server
        return f"sip:{user_part(target)}@{domain}{uri_end_of(self._registration)}"

    def _incoming(self, call_id: int, whole_message: str) -> None:
        assert self._account is not None
        call = PhoneCall(self.diary, self._tone, self._account, call_id)
        self._keep(call, "incoming")
        invite = read_message(whole_message)
        call.describe_caller(invite)
        self.diary.write("incoming", **call.look())
        if self.behaviour.reject is not None:
            self._soon(0.0, call, self.behaviour.reject)
            return
        self._soon(0.0, call, 180)
        if self.behaviour.obeys_answer_after and _asks_to_be_answered(invite):
            self._soon(0.0, call, 200)
        elif self.behaviour.auto_answer_after is not None:
            self._soon(self.behaviour.auto_answer_after, call, self.behaviour.answer_code)

    def _soon(self, seconds: float, call: PhoneCall, code: int) -> None:
        """Answer outside the callback that announced the call; a call that ended meanwhile is left alone."""

        def act() -> None:
            if not call.is_over:
                call.answer(operation(code))

        self._due.append((time.monotonic() + seconds, act))

    def _call(self, number: int) -> PhoneCall:
        if number not in self._calls:
            raise NoSuchCall(f"no call {number}")
        return self._calls[number]

    def _keep(self, call: PhoneCall, direction: str) -> int:
        number = len(self._calls) + 1
        call.record["call"] = number
        call.record["direction"] = direction
        self._calls[number] = call
        return number


def _asks_to_be_answered(invite: SipMessage) -> bool:
    asked = " ".join((*invite.all("call-info"), *invite.all("alert-info"))).replace(" ", "").lower()
    return "answer-after=0" in asked or "alert-autoanswer" in asked

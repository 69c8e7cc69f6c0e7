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
from urllib.parse import quote

import pjsua2

from tests.virtual_office.sip_message import SipMessage, read_address, read_message
from tests.virtual_office.sip_phone_call import PhoneAccount, PhoneCall, operation
from tests.virtual_office.sip_phone_events import Diary
from tests.virtual_office.sip_phone_notify import NotifyWatch
from tests.virtual_office.sip_phone_tones import levels_in_wav

CODECS = ("PCMA/8000", "PCMU/8000", "G722/16000")
CLOCK_HZ = 16_000  # G.722 is a wide-band codec
TONE_AMPLITUDE = 12_000  # of 32767
POLL_MILLISECONDS = 20
RETRY_SECONDS = 3
APPEND = 0x1108  # pjlib's PJ_O_APPEND


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


@dataclass(frozen=True, kw_only=True)
class Registration:
    """An account as typed into, or delivered to, a phone."""

    server: str
    user: str
    password: str
    auth_user: str | None = None
    display_name: str = ""
    port: int = 5060
    expires: int = 120
    domain: str | None = None
    transport: str = "udp"
    srtp: str = "off"
    ca_file: str | None = None
    codecs: tuple[str, ...] = ()


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
        self._due: list[tuple[float, Callable[[], None]]] = []
        self._notify = NotifyWatch(log, address, port)
        self._tone: Any = None

    def start(self) -> None:
        """Open the SIP port and the null sound device; the phone can call and be called at its address."""
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._log.write_bytes(b"")
        self._endpoint.libCreate()
        self._endpoint.libInit(_endpoint_config(self._log))
        transport = pjsua2.TransportConfig()
        transport.boundAddress = self._address
        transport.port = self._port
        self._endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.audDevManager().setNullDev()
        self._endpoint.libStart()
        self._choose_codecs(())
        self._tone = _steady_tone(self._tone_hz)
        self._account = PhoneAccount(self.diary, self._incoming)
        self._account.create(self._account_config(None))

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
        self._tone = None
        self._endpoint.libDestroy()

    def register(self, registration: Registration) -> None:
        """Register, or register anew; the outcome is an event `registered` or `registration_failed`."""
        assert self._account is not None
        if registration == self._registration:
            self.register_again()
            return
        self._open_secure_transport(registration)
        self._choose_codecs(registration.codecs)
        self._registration = registration
        self._account.modify(self._account_config(registration))

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

    def _account_config(self, registration: Registration | None) -> Any:
        config = pjsua2.AccountConfig()
        config.natConfig.contactRewriteUse = 0
        config.natConfig.viaRewriteUse = 0
        config.natConfig.sdpNatRewriteUse = 0
        config.mediaConfig.transportConfig.boundAddress = self._address
        config.mediaConfig.transportConfig.port = 10_000
        if registration is None:
            config.idUri = f"sip:phone@{self._address}:{self._port}"
            return config
        domain = registration.domain or registration.server
        uri_end = _uri_end(registration)
        name = registration.display_name.replace("\\", "\\\\").replace('"', '\\"')
        name = " ".join(name.split())
        shown = f'"{name}" ' if name else ""
        config.idUri = f"{shown}<sip:{_user_part(registration.user)}@{domain}>"
        config.regConfig.registrarUri = f"sip:{domain}{uri_end}"
        if domain != registration.server:
            config.sipConfig.proxies.append(f"sip:{registration.server}{uri_end};lr")
        config.regConfig.timeoutSec = registration.expires
        config.regConfig.retryIntervalSec = RETRY_SECONDS
        config.regConfig.firstRetryIntervalSec = 1
        config.regConfig.randomRetryIntervalSec = 0
        config.sipConfig.authCreds.append(
            pjsua2.AuthCredInfo("digest", "*", registration.auth_user or registration.user, 0, registration.password)
        )
        config.mediaConfig.srtpUse = {
            "off": pjsua2.PJMEDIA_SRTP_DISABLED,
            "optional": pjsua2.PJMEDIA_SRTP_OPTIONAL,
            "mandatory": pjsua2.PJMEDIA_SRTP_MANDATORY,
        }[registration.srtp]
        config.mediaConfig.srtpSecureSignaling = 0
        return config

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
        if not re.match(r"sips?:", target):
            if self._registration is None:
                raise ValueError("a bare number can only be called by a registered phone")
            domain = self._registration.domain or self._registration.server
            target = f"sip:{_user_part(target)}@{domain}{_uri_end(self._registration)}"
        call = PhoneCall(self.diary, self._tone, self._account)
        number = self._keep(call, "outgoing")
        call.record["number"] = read_address(target).number
        call.makeCall(target, pjsua2.CallOpParam(True))
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
        uri = target if target.startswith("sip:") else f"sip:{_user_part(target)}@{host}"
        call.xfer(uri, pjsua2.CallOpParam(True))

    def send_dtmf(self, number: int, digits: str) -> None:
        """Send digits by RFC 4733 events."""
        self._call(number).dialDtmf(digits)

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


def _endpoint_config(log: Path) -> Any:
    config = pjsua2.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.uaConfig.maxCalls = 4  # what the published wheel is built for
    config.uaConfig.userAgent = "Belbox virtual phone"
    config.medConfig.clockRate = CLOCK_HZ
    config.medConfig.sndClockRate = CLOCK_HZ
    config.medConfig.noVad = True
    config.medConfig.ecTailLen = 0
    config.logConfig.level = 4
    config.logConfig.msgLogging = 1
    config.logConfig.consoleLevel = 0
    config.logConfig.filename = str(log)
    config.logConfig.fileFlags = APPEND
    return config


def _steady_tone(frequency_hz: float) -> Any:
    generator = pjsua2.ToneGenerator()
    generator.createToneGenerator(CLOCK_HZ, 1)
    tone = pjsua2.ToneDesc()
    tone.freq1 = int(frequency_hz)
    tone.on_msec = 1000
    tone.volume = TONE_AMPLITUDE
    generator.play(pjsua2.ToneDescVector([tone]), True)
    return generator


def _user_part(user: str) -> str:
    # RFC 3261 section 25.1: unreserved and user-unreserved characters stay as they are.
    return quote(user, safe="-_.!~*'()&=+$,;?/")


def _uri_end(registration: Registration) -> str:
    port = "" if registration.port == 5060 and registration.transport != "tls" else f":{registration.port}"
    return port if registration.transport == "udp" else f"{port};transport={registration.transport}"


def _asks_to_be_answered(invite: SipMessage) -> bool:
    asked = " ".join((*invite.all("call-info"), *invite.all("alert-info"))).replace(" ", "").lower()
    return "answer-after=0" in asked or "alert-autoanswer" in asked

"""The box's own test phone: a real SIP phone (pjsua2) that registers, calls, speaks, listens and dials.

pjsua2 keeps global state and one endpoint for a process, so each test call is a process of its own
(`belbox test-call`). Source: PJSUA2 documentation, "Endpoint", "Call", "Media".
"""

from __future__ import annotations

import math
import struct
import tempfile
import time
import wave
from collections.abc import Callable, Mapping
from pathlib import Path

import pjsua2

from appliance.errors import NotRunning
from appliance.test_phone.account import TestPhoneAccount
from appliance.test_phone.result import TestCallOutcome, TestCallResult

TONE_HZ = 600  # between the digits' frequencies (ITU-T Q.23) and inside every codec's band
CLOCK_HZ = 16_000  # G.722's
TONE_LEVEL = 8_000  # of 32,767
POLL_MILLISECONDS = 20
WHOLE_FILE_SECONDS = 2.0


def place_test_call(
    account: TestPhoneAccount,
    number: str,
    *,
    ring_seconds: float,
    listen_seconds: float = 0.0,
    digits: str = "",
    headers: Mapping[str, str] | None = None,
) -> TestCallResult:
    """Register, call `number`, and look what comes of it; NotRunning if the switch does not let us in.

    `headers` go with the INVITE. With `listen_seconds`, an answered call is listened to while our tone plays; with
    `digits`, those are sent and the digits that come back are kept.
    """
    phone = _TestPhone(account)
    try:
        return phone.call(number, ring_seconds, listen_seconds, digits, headers or {})
    finally:
        phone.close()


class _TestPhone:
    def __init__(self, account: TestPhoneAccount) -> None:
        self._account = account
        self._endpoint = pjsua2.Endpoint()
        self._endpoint.libCreate()
        settings = pjsua2.EpConfig()
        settings.uaConfig.threadCnt = 0  # all callbacks on this thread, in libHandleEvents
        settings.uaConfig.userAgent = "Belbox test phone"
        settings.medConfig.clockRate = CLOCK_HZ
        settings.medConfig.noVad = True
        settings.logConfig.level = 0
        settings.logConfig.consoleLevel = 0
        self._endpoint.libInit(settings)
        transport = pjsua2.TransportConfig()
        transport.boundAddress = account.address
        transport.port = 0
        self._endpoint.transportCreate(pjsua2.PJSIP_TRANSPORT_UDP, transport)
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        self._sip = _Account()
        sip = pjsua2.AccountConfig()
        sip.idUri = f"sip:{account.user}@{account.server}"
        sip.regConfig.registrarUri = f"sip:{account.server}:{account.port}"
        sip.regConfig.timeoutSec = 60
        sip.regConfig.retryIntervalSec = 0
        credentials = pjsua2.AuthCredInfo("digest", "*", account.user, 0, account.password.reveal())
        sip.sipConfig.authCreds.append(credentials)
        sip.mediaConfig.transportConfig.boundAddress = account.address
        self._sip.create(sip)

    def call(
        self, number: str, ring_seconds: float, listen_seconds: float, digits: str, headers: Mapping[str, str]
    ) -> TestCallResult:
        if not self._until(lambda: self._sip.code != 0, 5.0) or self._sip.code != 200:
            raise NotRunning("test-phone-not-let-in", code=str(self._sip.code or "-"))
        call = _Call(self._sip)
        started = time.monotonic()
        options = pjsua2.CallOpParam(True)
        for name, value in headers.items():
            header = pjsua2.SipHeader()
            header.hName, header.hValue = name, value
            options.txOption.headers.append(header)
        call.makeCall(f"sip:{number}@{self._account.server}:{self._account.port}", options)
        self._until(lambda: call.is_up or call.is_over, ring_seconds)
        level = None
        if call.is_up and (listen_seconds or digits):
            level = self._talk(call, listen_seconds, digits)
        outcome = _outcome(call)
        if not call.is_over:
            call.hangup(pjsua2.CallOpParam(True))
            self._until(lambda: call.is_over, 3.0)
        ringing = call.rang_at - started if call.rang_at else None
        return TestCallResult(
            outcome=outcome, code=call.code, seconds_to_ring=ringing, tone_level=level, digits=call.digits
        )

    def close(self) -> None:
        # Without this the switch keeps a contact of a phone that is gone until it expires.
        self._sip.setRegistration(False)
        self._until(lambda: self._sip.code == 0, 1.0)
        self._sip.shutdown()
        self._endpoint.libDestroy()

    def _talk(self, call: _Call, listen_seconds: float, digits: str) -> float | None:
        self._until(lambda: call.has_media, 3.0)
        media = call.getAudioMedia(-1)
        level: float | None = None
        if digits:
            call.dialDtmf(digits)
            self._until(lambda: len(call.digits) >= len(digits) or call.is_over, 10.0)
        if listen_seconds and not call.is_over:
            tone = pjsua2.ToneGenerator()
            tone.createToneGenerator(CLOCK_HZ, 1)
            description = pjsua2.ToneDesc()
            description.freq1, description.freq2 = TONE_HZ, 0
            description.on_msec, description.off_msec = 1000, 0
            description.volume = TONE_LEVEL
            tones = pjsua2.ToneDescVector()
            tones.append(description)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "heard.wav"
                recorder = pjsua2.AudioMediaRecorder()
                recorder.createRecorder(str(path))
                tone.play(tones, True)
                tone.startTransmit(media)
                media.startTransmit(recorder)
                self._until(lambda: call.is_over, listen_seconds)
                if not call.is_over:
                    tone.stopTransmit(media)
                    media.stopTransmit(recorder)
                # Destroying the recorder completes the file, a little later, on the sound thread.
                del recorder
                level = 0.0
                if self._until(lambda: _is_whole(path), WHOLE_FILE_SECONDS):
                    level = tone_level(path, TONE_HZ)
        return level

    def _until(self, is_so: Callable[[], bool], seconds: float) -> bool:
        limit = time.monotonic() + seconds
        while not is_so() and time.monotonic() < limit:
            self._endpoint.libHandleEvents(POLL_MILLISECONDS)
        return is_so()


def tone_level(path: Path, frequency: int) -> float:
    """Return the level of one frequency in a 16-bit mono WAV file, 0 to 32,767 (Goertzel's algorithm).

    The loudest second counts: what was heard before the far end began is silence.
    """
    with wave.open(str(path)) as file:
        rate = file.getframerate()
        raw = file.readframes(file.getnframes())
    samples = struct.unpack(f"<{len(raw) // 2}h", raw)
    window = rate // 2
    blocks = [samples[start : start + window] for start in range(0, len(samples) - window + 1, window)]
    return max((_goertzel(block, frequency, rate) for block in blocks), default=0.0)


def _goertzel(samples: tuple[int, ...], frequency: int, rate: int) -> float:
    factor = 2 * math.cos(2 * math.pi * frequency / rate)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    power = before * before + last * last - factor * before * last
    return 2 * math.sqrt(max(power, 0.0)) / len(samples)


def _is_whole(path: Path) -> bool:
    try:
        with wave.open(str(path)) as file:
            return bool(file.getnframes())
    except (EOFError, wave.Error):
        return False


def _outcome(call: _Call) -> TestCallOutcome:
    if call.was_up:
        return TestCallOutcome.ANSWERED
    if call.code in {486, 600}:  # RFC 3261: Busy Here, Busy Everywhere
        return TestCallOutcome.BUSY
    if call.is_over and call.code >= 300:
        return TestCallOutcome.REFUSED
    if call.rang_at is not None:
        return TestCallOutcome.RANG
    return TestCallOutcome.NO_ANSWER if not call.is_over else TestCallOutcome.FAILED


class _Account(pjsua2.Account):  # type: ignore[misc]  # pjsua2 has no types
    def __init__(self) -> None:
        super().__init__()
        self.code = 0

    def onRegState(self, prm: pjsua2.OnRegStateParam) -> None:  # noqa: N802  (pjsua2's name)
        self.code = prm.code if prm.expiration else 0 if prm.code == 200 else prm.code


class _Call(pjsua2.Call):  # type: ignore[misc]  # pjsua2 has no types
    def __init__(self, account: _Account) -> None:
        super().__init__(account)
        self.code = 0
        self.rang_at: float | None = None
        self.is_up = False
        self.was_up = False
        self.is_over = False
        self.has_media = False
        self.digits = ""

    def onCallState(self, prm: pjsua2.OnCallStateParam) -> None:  # noqa: N802
        info = self.getInfo()
        self.code = info.lastStatusCode
        if info.state == pjsua2.PJSIP_INV_STATE_EARLY and self.rang_at is None:
            self.rang_at = time.monotonic()
        self.is_up = info.state == pjsua2.PJSIP_INV_STATE_CONFIRMED
        self.was_up = self.was_up or self.is_up
        self.is_over = info.state == pjsua2.PJSIP_INV_STATE_DISCONNECTED

    def onCallMediaState(self, prm: pjsua2.OnCallMediaStateParam) -> None:  # noqa: N802
        self.has_media = any(
            media.type == pjsua2.PJMEDIA_TYPE_AUDIO and media.status == pjsua2.PJSUA_CALL_MEDIA_ACTIVE
            for media in self.getInfo().media
        )

    def onDtmfDigit(self, prm: pjsua2.OnDtmfDigitParam) -> None:  # noqa: N802
        self.digits += prm.digit

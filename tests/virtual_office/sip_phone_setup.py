"""How pjsua2 is set up for a virtual phone: library, account, tone, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pjsua2

CLOCK_HZ = 16_000  # G.722 is a wide-band codec
TONE_AMPLITUDE = 12_000  # of 32767
RETRY_SECONDS = 3
APPEND = 0x1108  # pjlib's PJ_O_APPEND


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


def endpoint_config(log: Path) -> Any:
    """The library, polled by its caller, with every message in the log."""
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


def steady_tone(frequency_hz: float) -> Any:
    """A generator that never stops."""
    generator = pjsua2.ToneGenerator()
    generator.createToneGenerator(CLOCK_HZ, 1)
    tone = pjsua2.ToneDesc()
    tone.freq1 = int(frequency_hz)
    tone.on_msec = 1000
    tone.volume = TONE_AMPLITUDE
    generator.play(pjsua2.ToneDescVector([tone]), True)
    return generator


def user_part(user: str) -> str:
    """A user or number as it stands in an address."""
    # RFC 3261 section 25.1: unreserved and user-unreserved characters stay as they are.
    return quote(user, safe="-_.!~*'()&=+$,;?/")


def uri_end_of(registration: Registration) -> str:
    """The port and transport at the end of an address at the registrar."""
    port = "" if registration.port == 5060 and registration.transport != "tls" else f":{registration.port}"
    return port if registration.transport == "udp" else f"{port};transport={registration.transport}"


def account_config(registration: Registration | None, address: str, port: int) -> Any:
    """An account for a registrar, or without one for direct calls."""
    config = pjsua2.AccountConfig()
    config.natConfig.contactRewriteUse = 0
    config.natConfig.viaRewriteUse = 0
    config.natConfig.sdpNatRewriteUse = 0
    config.mediaConfig.transportConfig.boundAddress = address
    config.mediaConfig.transportConfig.port = 10_000
    if registration is None:
        config.idUri = f"sip:phone@{address}:{port}"
        return config
    domain = registration.domain or registration.server
    uri_end = uri_end_of(registration)
    name = registration.display_name.replace("\\", "\\\\").replace('"', '\\"')
    name = " ".join(name.split())
    shown = f'"{name}" ' if name else ""
    config.idUri = f"{shown}<sip:{user_part(registration.user)}@{domain}>"
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

"""Codes of six digits that an app on a mobile makes every half minute (TOTP, RFC 6238, SHA-1 as all apps have it)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import struct
from datetime import datetime
from urllib.parse import quote

SECRET_BYTES = 20  # RFC 4226 section 4, R6: 160 bits
STEP_SECONDS = 30
DIGITS = 6
_STEPS_AROUND = (0, -1, 1)  # RFC 6238 section 5.2: one step back and forth for a clock that is off


def new_secret() -> str:
    """Return a secret in base32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, time_step: int) -> str:
    """Return the code of a time step (RFC 4226 section 5.3)."""
    made = hmac.digest(base64.b32decode(secret), struct.pack(">Q", time_step), hashlib.sha1)
    offset = made[-1] & 0xF
    number = struct.unpack(">I", made[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def time_step_of(secret: str, typed: str, now: datetime) -> int | None:
    """Return the time step whose code was typed; None if it is of none that may be typed now."""
    step = int(now.timestamp()) // STEP_SECONDS
    code = "".join(typed.split())
    wanted = (one for one in (step + away for away in _STEPS_AROUND) if one >= 0)
    return next((one for one in wanted if hmac.compare_digest(code_at(secret, one).encode(), code.encode())), None)


def address_of(secret: str, user_name: str, issuer: str) -> str:
    """Return what a QR code tells an app (https://github.com/google/google-authenticator/wiki/Key-Uri-Format)."""
    label = quote(f"{issuer}:{user_name}")
    return f"otpauth://totp/{label}?secret={secret}&issuer={quote(issuer)}&digits={DIGITS}&period={STEP_SECONDS}"

"""Voicemail boxes: where a caller leaves a message."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.office.numbers import ExtensionNumber
from appliance.office.secret import Secret

COMPANY_VOICEMAIL_NUMBER = ExtensionNumber("999")  # exists from the start (Connect 1 manual, 6.5)
LISTEN_NUMBER = "1233"  # dialled to listen to one's own messages (Connect 1 and PBXOnline manuals)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailBox:
    """`pin` opens the box from a phone that is not its owner's."""

    pin: Secret

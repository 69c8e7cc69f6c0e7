"""An extension: a short internal number and the person behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.country import Country, Language
from appliance.office.forwarding import Forwarding
from appliance.office.ids import check_id
from appliance.office.night import NightChoice
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.secret import Secret
from appliance.office.voicemail import VoicemailBox, VoicemailRules

DEFAULT_RING_SECONDS = 20  # five rings at the European ringing rhythm of 1 s on, 3 s off (ETSI ES 201 970)
SECONDS_PER_RING = 4
ANONYMOUS = "anonymous"
NUMERIC_USER = re.compile(r"[0-9]{4,12}")  # for devices that can only be given digits


class SecureCalling(StrEnum):
    """Whether calls between the box and an extension's phones are encrypted: signalling by TLS, sound by SRTP."""

    AUTO = "auto"  # on the phones that can
    ALWAYS = "always"  # a phone that cannot makes no calls
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`ring_seconds` is how long its phones ring before the voicemail box, or the end, takes the call.

    `permission_id` None is the office's standard permission. `outgoing_number`: a number of the office that is shown
    outside, `is_anonymous` none; neither is the office's rule. `country`: the one whose national numbers this person
    dials without a country code. `answers_at_once`: the phone answers by itself, as an intercom. `email`: told when the
    extension's last phone goes offline, if `mails_when_offline`. `lamp_box_ids`: further boxes whose messages light its
    message lamp (`company` is the company's).
    """

    id: str
    number: ExtensionNumber
    name: str
    sip_password: Secret
    ring_seconds: int = DEFAULT_RING_SECONDS
    voicemail: VoicemailBox | None = None
    voicemail_rules: VoicemailRules = VoicemailRules()
    forwarding: Forwarding = Forwarding()
    has_call_waiting: bool = True
    do_not_disturb: bool = False
    night: NightChoice = NightChoice.OFF
    permission_id: str | None = None
    outgoing_number: PhoneNumber | None = None
    is_anonymous: bool = False
    country: Country | None = None
    language: Language | None = None
    music_id: str | None = None
    filter_ids: tuple[str, ...] = ()
    lamp_box_ids: tuple[str, ...] = ()
    login_pin: Secret | None = None
    numeric_user: str | None = None
    answers_at_once: bool = False
    email: str | None = None
    mails_when_offline: bool = False
    secure_calling: SecureCalling = SecureCalling.AUTO
    has_video: bool = False
    description: str = ""

    def __post_init__(self) -> None:
        check_id(self.id)

    @property
    def sip_user(self) -> str:
        """The name its phones register with; made from the id unless it has digits of its own."""
        return self.numeric_user or f"ext-{self.id}"

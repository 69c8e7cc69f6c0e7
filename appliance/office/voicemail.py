"""Voicemail boxes: where a caller leaves a message, what is said first, and who is told."""

from __future__ import annotations

import re
from dataclasses import dataclass

from appliance.office.destination import Destination
from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import InvalidValueError
from appliance.office.secret import Secret

COMPANY_VOICEMAIL_NUMBER = ExtensionNumber("999")  # as delivered (Connect 1 manual, 6.4.4)
LISTEN_NUMBER = "1233"  # dialled to listen to one's own messages (Connect 1 and PBXOnline manuals)
MOST_EMAILS = 5
COMPANY_BOX = "company"  # what stands for the company's box beside the ids of the others
# RFC 5321 section 4.1.2 without quoted local parts; nothing in it means anything to the switch's file.
_EMAIL = re.compile(r"(?=.{3,128}\Z)[A-Za-z0-9.!#$%&'*+/=?^_`{}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def check_email(text: str) -> str:
    """Return an e-mail address; raise InvalidValueError."""
    if not _EMAIL.fullmatch(text):
        raise InvalidValueError("email-form", value=text)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailBox:
    """`pin` opens the box from a phone that is not its owner's.

    `greeting_id`, `busy_greeting_id`: the prompts a caller hears first; None is the switch's own words, and for busy
    the same as for no answer. `takes_messages` False: the caller hears the greeting and goes to `after_greeting`.
    `attaches_recording`, `deletes_after_mail`, `says_time`, `says_caller`: of the e-mail and of listening.
    """

    pin: Secret
    emails: tuple[str, ...] = ()
    attaches_recording: bool = True
    deletes_after_mail: bool = False
    says_time: bool = True
    says_caller: bool = True
    greeting_id: str | None = None
    busy_greeting_id: str | None = None
    takes_messages: bool = True
    after_greeting: Destination | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyVoicemail(VoicemailBox):
    """The company's box; `number` is dialled to leave a message, and typed to listen."""

    number: ExtensionNumber = COMPANY_VOICEMAIL_NUMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class VoicemailRules:
    """When an extension's callers are sent to its box."""

    all_calls: bool = False
    busy: bool = True
    no_answer: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedVoicemail:
    """A box of a department; `number` lets a phone send calls to it."""

    id: str
    name: str
    box: VoicemailBox
    number: ExtensionNumber | None = None

    def __post_init__(self) -> None:
        check_id(self.id)

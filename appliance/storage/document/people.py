"""Extensions and voicemail boxes as tables."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from appliance.office.country import Country, Language
from appliance.office.extension import NUMERIC_USER, Extension, SecureCalling
from appliance.office.forwarding import Forwarding
from appliance.office.names import check_name, check_text
from appliance.office.night import NightChoice
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import InvalidValueError
from appliance.office.trunk import check_sip_password
from appliance.office.voicemail import (
    COMPANY_BOX,
    MOST_EMAILS,
    SharedVoicemail,
    VoicemailBox,
    VoicemailRules,
    check_email,
)
from appliance.storage.document.destinations import DESTINATION, FORWARD, PHONE_NUMBER
from appliance.storage.document.kinds import Count, Flag, Several, Words, choice, newer, reference, words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.reading import Row, shown
from appliance.storage.document.tables import Group, IdKey, Key, SecretKey, Table

MOST_RING_SECONDS = 300
RING_SECONDS = Count(1, MOST_RING_SECONDS)
NAME = words(check_name)
ANY_TEXT = words(str)  # what checks it is the value that it becomes
TEXT = newer(check_text)
SHORT_NUMBER = words(ExtensionNumber)
_SWITCH = "voicemail"


def matching(pattern: str, rule: str) -> Callable[[str], str]:
    """Return a check: the text itself if the pattern fits the whole of it; it raises InvalidValueError."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text, re.ASCII):
            raise InvalidValueError(rule, value=shown(text))
        return text

    return check


_check_pin = matching(r"[0-9]{4,10}", "pin-form")
_check_numeric_user = matching(NUMERIC_USER.pattern, "numeric-user-form")
_BOX_ON_LAMP = Words(
    lambda text, reading: text if text == COMPANY_BOX else reading.names.id_of("shared_voicemail", text),
    lambda one, writing: one if one == COMPANY_BOX else writing.name_of("shared_voicemail", one),
)


def _few(emails: Iterator[str]) -> tuple[str, ...]:
    given = tuple(emails)
    if len(given) > MOST_EMAILS:
        raise InvalidValueError("emails-many", value=str(len(given)), most=str(MOST_EMAILS))
    return given


BOX = Table(
    VoicemailBox,
    SecretKey("pin", _check_pin, "pin", make=lambda secrets: secrets.pin()),
    Key("emails", Several(words(check_email), collect=_few)),
    Key("attaches_recording", Flag()),
    Key("deletes_after_mail", Flag()),
    Key("says_time", Flag()),
    Key("says_caller", Flag()),
    Key("greeting", reference("prompt"), "greeting_id"),
    Key("busy_greeting", reference("prompt"), "busy_greeting_id"),
    Key("takes_messages", Flag()),
    Key("after_greeting", DESTINATION),
)


class _OwnBox:
    """`voicemail = false` is no box; whoever is not said to have none has one."""

    group = Group("voicemail", BOX, prefix="voicemail_")

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        read = self.group.read(row, defaults)  # looked at in any case: a fault in it is a fault
        if not row.has(_SWITCH):
            return read
        try:
            has_box = Flag().read(row.value(_SWITCH), row.place_of(_SWITCH))
        except InvalidValueError as fault:
            row.place_of(_SWITCH).note_fault(fault)
            return {}
        return read if has_box else {}

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        return {_SWITCH: False} if thing.voicemail is None else self.group.write(thing, writing, defaults)


EXTENSION = Table(
    Extension,
    IdKey("number", lambda number, _: f"e{number}"),
    Key("number", SHORT_NUMBER),
    Key("name", NAME),
    SecretKey("sip_password", check_sip_password, "sip_password", make=lambda secrets: secrets.password()),
    Key("ring_seconds", RING_SECONDS),
    _OwnBox(),
    Group(
        "voicemail_rules",
        Table(VoicemailRules, Key("all_calls", Flag()), Key("busy", Flag()), Key("no_answer", Flag())),
        prefix="voicemail_",
    ),
    Group(
        "forwarding",
        Table(
            Forwarding,
            Key("always", FORWARD),
            Key("busy", FORWARD),
            Key("no_answer", FORWARD),
            Key("unreachable", FORWARD),
            Key("ring_seconds", RING_SECONDS),
        ),
        prefix="forward_",
    ),
    Key("has_call_waiting", Flag()),
    Key("do_not_disturb", Flag()),
    Key("night", choice(NightChoice)),
    Key("permission", reference("permission"), "permission_id"),
    Key("outgoing_number", PHONE_NUMBER),
    Key("is_anonymous", Flag()),
    Key("country", choice(Country)),
    Key("language", choice(Language)),
    Key("music", reference("music"), "music_id"),
    Key("filters", Several(reference("call_filter")), "filter_ids"),
    Key("lamp_boxes", Several(_BOX_ON_LAMP), "lamp_box_ids"),
    SecretKey("login_pin", _check_pin, "login_pin"),
    Key("numeric_user", words(_check_numeric_user)),
    Key("answers_at_once", Flag()),
    Key("email", words(check_email)),
    Key("mails_when_offline", Flag()),
    Key("secure_calling", choice(SecureCalling)),
    Key("has_video", Flag()),
    Key("description", TEXT),
)

SHARED_VOICEMAIL = Table(
    SharedVoicemail,
    IdKey(),
    Key("name", NAME),
    Key("number", SHORT_NUMBER),
    Group("box", BOX),
)

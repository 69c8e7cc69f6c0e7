"""Extensions and voicemail boxes as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from appliance.office.call_plan import PlanUse
from appliance.office.country import Country, Language
from appliance.office.declared.destinations import ForwardTo, SendsCallsTo
from appliance.office.declared.keys import Column, IdKey, Key, SecretKey, Walk
from appliance.office.declared.kinds import (
    Choice,
    Flag,
    Leaf,
    PublicNumber,
    Reference,
    ShortNumber,
    Single,
    Text,
    text_of,
)
from appliance.office.declared.known_names import Writing
from appliance.office.declared.lists import Several
from appliance.office.declared.moving import Move
from appliance.office.declared.reading import Row, Spot
from appliance.office.declared.shared_kinds import EMAIL, NAME, RING_SECONDS, TEXT, matching
from appliance.office.declared.tables import Nested, Table
from appliance.office.extension import NUMERIC_USER, Extension, SecureCalling
from appliance.office.forwarding import Forwarding
from appliance.office.night import NightChoice
from appliance.office.problems import InvalidValueError
from appliance.office.team import Team
from appliance.office.trunk import check_sip_password
from appliance.office.voicemail import (
    COMPANY_BOX,
    MOST_EMAILS,
    CompanyVoicemail,
    SharedVoicemail,
    VoicemailBox,
    VoicemailRules,
)

_SWITCH = "voicemail"
_check_pin = matching(r"[0-9]{4,10}", "pin-form")
_check_numeric_user = matching(NUMERIC_USER.pattern, "numeric-user-form")


@dataclass(frozen=True, slots=True)
class BoxOnLamp(Single[str]):
    """A box whose messages light an extension's lamp: the company's, or a shared one."""

    def read(self, value: object, spot: Spot) -> str:
        """Return the box's id."""
        text = text_of(value)
        return text if text == COMPANY_BOX else spot.reading.names.id_of("shared_voicemail", text)

    def write(self, value: str, writing: Writing) -> str:
        """Return its number, or its id."""
        return value if value == COMPANY_BOX else writing.name_of("shared_voicemail", value)

    def moved(self, value: str, move: Move) -> str:
        """Return which box lights the lamp now; NothingLeftError."""
        return value if value == COMPANY_BOX else move.named("shared_voicemail", value)


def _few(emails: Iterator[str]) -> tuple[str, ...]:
    given = tuple(emails)
    if len(given) > MOST_EMAILS:
        raise InvalidValueError("emails-many", value=str(len(given)), most=str(MOST_EMAILS))
    return given


BOX = Table(
    VoicemailBox,
    SecretKey("pin", _check_pin, "pin", make=lambda secrets: secrets.pin()),
    Key("emails", Several(EMAIL, collect=_few)),
    Key("attaches_recording", Flag()),
    Key("deletes_after_mail", Flag()),
    Key("says_time", Flag()),
    Key("says_caller", Flag()),
    Key("greeting", Reference("prompt"), "greeting_id"),
    Key("busy_greeting", Reference("prompt"), "busy_greeting_id"),
    Key("takes_messages", Flag()),
    Key("after_greeting", SendsCallsTo(PlanUse.CALL_PLAN), applies=lambda box: not box.takes_messages),
)

COMPANY_BOX_TABLE = Table(CompanyVoicemail, Key("number", ShortNumber()), *BOX.parts)


class _OwnBox:
    """`voicemail = false` is no box; whoever is not said to have none has one."""

    group = Nested("voicemail", BOX, prefix="voicemail_")

    def read(self, row: Row, defaults: Mapping[str, object]) -> Mapping[str, object]:
        read = self.group.read(row, defaults)  # looked at in any case: a fault in it is a fault
        if not row.has(_SWITCH):
            return read
        try:
            has_box = Flag().read(row.value(_SWITCH), row.spot_of(_SWITCH))
        except InvalidValueError as fault:
            row.spot_of(_SWITCH).note_fault(fault)
            return {}
        return read if has_box else {}

    def write(self, thing: Any, writing: Writing, defaults: Mapping[str, object]) -> Mapping[str, object]:
        if thing.voicemail is None:
            return {_SWITCH: False}
        switch = {_SWITCH: True} if writing.with_defaults else {}
        return {**switch, **self.group.write(thing, writing, defaults)}

    def columns(self, defaults: Mapping[str, object]) -> Iterator[Column]:
        yield Column(_SWITCH, Flag(), default=True)
        yield from self.group.columns(defaults)

    def leaves(self, thing: Any, walk: Walk, defaults: Mapping[str, object]) -> Iterator[Leaf]:
        if thing.voicemail is not None:
            yield from self.group.leaves(thing, replace(walk, owner=(_SWITCH, thing.id)), defaults)

    def moved(self, thing: Any, move: Move, defaults: Mapping[str, object]) -> Mapping[str, object]:
        return {} if thing.voicemail is None else self.group.moved(thing, move, defaults)


EXTENSION = Table(
    Extension,
    IdKey("number", lambda number, _: f"e{number}"),
    Key("number", ShortNumber()),
    Key("name", NAME),
    SecretKey("sip_password", check_sip_password, "sip_password", make=lambda secrets: secrets.password()),
    Key("ring_seconds", RING_SECONDS),
    _OwnBox(),
    Nested(
        "voicemail_rules",
        Table(VoicemailRules, Key("all_calls", Flag()), Key("busy", Flag()), Key("no_answer", Flag())),
        prefix="voicemail_",
    ),
    Nested(
        "forwarding",
        Table(
            Forwarding,
            Key("always", ForwardTo()),
            Key("busy", ForwardTo()),
            Key("no_answer", ForwardTo()),
            Key("unreachable", ForwardTo()),
            Key("ring_seconds", RING_SECONDS),
        ),
        prefix="forward_",
    ),
    Key("has_call_waiting", Flag()),
    Key("do_not_disturb", Flag()),
    Key("night", Choice(NightChoice)),
    Key("permission", Reference("permission"), "permission_id"),
    Key("outgoing_number", PublicNumber(is_ours=True)),
    Key("is_anonymous", Flag()),
    Key("country", Choice(Country)),
    Key("language", Choice(Language)),
    Key("music", Reference("music"), "music_id"),
    Key("filters", Several(Reference("call_filter")), "filter_ids"),
    Key("lamp_boxes", Several(BoxOnLamp()), "lamp_box_ids"),
    SecretKey("login_pin", _check_pin, "login_pin"),
    Key("numeric_user", Text(_check_numeric_user, longest=32)),
    Key("answers_at_once", Flag()),
    Key("email", EMAIL),
    Key("mails_when_offline", Flag()),
    Key("secure_calling", Choice(SecureCalling)),
    Key("has_video", Flag()),
    Key("description", TEXT),
)

TEAM = Table(
    Team,
    IdKey(),
    Key("name", NAME),
    Key("members", Several(Reference("extension")), "member_ids", absent=lambda _: ()),
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
    Key("when_closed", SendsCallsTo(PlanUse.OPENING_HOURS)),
)

SHARED_VOICEMAIL = Table(
    SharedVoicemail,
    IdKey(),
    Key("name", NAME),
    Key("number", ShortNumber()),
    Nested("box", BOX),
)

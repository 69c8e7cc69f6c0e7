"""The office as a place, its lines and numbers, and what belongs to all of it, as tables."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from appliance.office.backup_route import BackupRoute
from appliance.office.behaviour import BackupCheck, Behaviour, ForwardShows
from appliance.office.call_plan import PlanUse
from appliance.office.calling_permission import CallingPermission
from appliance.office.country import Country, Language, NumberKind
from appliance.office.declared.destinations import ANONYMOUS, BackupTo, SendsCallsTo
from appliance.office.declared.keys import IdKey, Key, SecretKey
from appliance.office.declared.kinds import Choice, Count, Flag, PublicNumber, Reference, ShortNumber, Text
from appliance.office.declared.known_names import Writing
from appliance.office.declared.lists import OrNone, Several
from appliance.office.declared.reading import Spot, shown
from appliance.office.declared.shared_kinds import ANY_TEXT, EMAIL, NAME, TEXT, WAIT_SECONDS, matching
from appliance.office.declared.tables import Inline, Rows, Table
from appliance.office.mail_server import (
    LAST_PORT,
    MailServer,
    Security,
    check_mail_password,
    check_mail_username,
)
from appliance.office.music import Music
from appliance.office.night import NightMode, NightSetting
from appliance.office.number import Number
from appliance.office.outbound_route import OutboundRoute, RouteTrunk, check_beginning
from appliance.office.parking import Parking
from appliance.office.prefix_codes import DiallingPrefix, ForwardingPrefix
from appliance.office.problems import InvalidValueError
from appliance.office.prompt import MOST_TEXT_LETTERS, Prompt, check_prompt_text
from appliance.office.ring_tone import RingTone
from appliance.office.site import Site
from appliance.office.speed_dial import SpeedDial
from appliance.office.trunk import (
    Codec,
    NumberFormat,
    Transport,
    Trunk,
    check_host,
    check_sip_password,
    check_sip_user,
)

NEVER = "never"
MOST_CHANNELS = 1000
MOST_MILLICENTS = 10_000_000
_DIGEST = Text(matching(r"[0-9a-f]{64}", "recording-name-form"), longest=64)  # SHA-256


# Read once: looking for them opens every file of the time zone database.
_time_zones = cache(available_timezones)


def _time_zone(text: str) -> str:
    if text not in _time_zones():
        raise InvalidValueError("time-zone-unknown", value=shown(text))
    return text


def _is_whole(trunk: Trunk) -> Iterator[tuple[str, InvalidValueError]]:
    if trunk.registers and not trunk.username:
        yield "username", InvalidValueError("missing", value="username")
    if not trunk.codecs:
        yield "codecs", InvalidValueError("missing", value="codecs")


SITE = Table(
    Site,
    Key("company_name", NAME),
    Key("country", Choice(Country)),
    Key("time_zone", Text(_time_zone)),
    Key("language", Choice(Language)),
    Key("company_number", PublicNumber(is_ours=True)),
    Key("shows_company_name", Flag()),
    Key("shows_personal_numbers", Flag()),
    Key("permission", Reference("permission"), "permission_id"),
    Key("allowed_numbers", Several(PublicNumber())),
)

TRUNK = Table(
    Trunk,
    IdKey(),
    Key("name", NAME),
    Key("host", Text(check_host, longest=253)),
    Key("port", Count(1, LAST_PORT)),
    Key("username", Text(lambda text: check_sip_user(text) if text else "", longest=64)),
    SecretKey("password", check_sip_password, "password"),
    Key("registers", Flag()),
    Key("answers_options", Flag()),
    Key("channels", Count(1, MOST_CHANNELS)),
    Key("transport", Choice(Transport)),
    Key("encrypts_media", Flag()),
    Key("codecs", Several(Choice(Codec))),
    Key("called_format", Choice(NumberFormat)),
    Key("shown_format", Choice(NumberFormat)),
    check=_is_whole,
)

NUMBER = Table(
    Number,
    IdKey("number", lambda number, reading: f"n{reading.phone_number(number).e164[1:]}"),
    Key("number", PublicNumber()),
    Key("destination", SendsCallsTo(PlanUse.NUMBER)),
    Key("label", TEXT),
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
    Key("when_closed", SendsCallsTo(PlanUse.OPENING_HOURS)),
    Key("public_holidays", Reference("public_holidays"), "public_holidays_id"),
    Key("closures", Several(Reference("closure")), "closure_ids"),
    Key("schedule", Reference("schedule"), "schedule_id"),
    Key("mode_key", Reference("mode_key"), "mode_key_id"),
    Key("call_filters", Several(Reference("call_filter")), "filter_ids"),
    Key("caller_rules", Several(Reference("caller_rule")), "caller_rule_ids"),
    Key("caller_rules_last", Flag()),
    Key("backup_route", Reference("backup_route"), "backup_route_id"),
    Key("ring_tone", Choice(RingTone)),
    Key("language", Choice(Language)),
)

BACKUP_ROUTE = Table(
    BackupRoute,
    IdKey(),
    Key("name", NAME),
    Key("destination", BackupTo()),
    Key("watched", Several(Reference("extension")), "watched_extension_ids"),
)

SPEED_DIAL = Table(
    SpeedDial,
    IdKey("short", lambda short, _: f"s{short}"),
    Key("short", ShortNumber()),
    Key("name", NAME),
    Key("number", PublicNumber()),
    blamed="short",
)

PROMPT = Table(
    Prompt,
    IdKey(),
    Key("name", NAME),
    Key("text", Text(check_prompt_text, longest=MOST_TEXT_LETTERS, has_lines=True, is_newer=True)),
    Key("language", Choice(Language)),
    Key("recording", _DIGEST, "audio", is_made=True),
)

MUSIC = Table(Music, IdKey(), Key("name", NAME), Key("recordings", Several(_DIGEST), is_made=True))

PERMISSION = Table(
    CallingPermission,
    IdKey(),
    Key("name", NAME),
    Key("kinds", Several(Choice(NumberKind), collect=frozenset)),
    Key("exceptions", Several(PublicNumber())),
)


class _RouteTrunk(Table[RouteTrunk]):
    """`"line1"`, or `{ trunk = "line1", millicents_per_minute = 1200 }`."""

    def read(self, value: object, spot: Spot, kept: object = None) -> RouteTrunk:
        return super().read({"trunk": value} if isinstance(value, str) else value, spot, kept)

    def write(self, thing: RouteTrunk, writing: Writing) -> Any:
        written = super().write(thing, writing)
        return written["trunk"] if len(written) == 1 else Inline(written)


_ROUTE_TRUNK = _RouteTrunk(
    RouteTrunk, Key("trunk", Reference("trunk"), "trunk_id"), Key("millicents_per_minute", Count(0, MOST_MILLICENTS))
)
OUTBOUND_ROUTE = Table(
    OutboundRoute,
    IdKey(),
    Key("name", NAME),
    Key("beginnings", Several(Text(check_beginning, longest=16))),
    Rows("trunks", _ROUTE_TRUNK, "trunks", item="trunk"),
    Key("cheapest_first", Flag()),
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
)

DIALLING_PREFIX = Table(
    DiallingPrefix,
    Key("prefix", ANY_TEXT),
    Key("number", OrNone(Reference("number"), ANONYMOUS), "number_id"),
    blamed="prefix",
)

FORWARDING_PREFIX = Table(
    ForwardingPrefix, Key("prefix", ANY_TEXT), Key("number", Reference("number"), "number_id"), blamed="prefix"
)

PARKING = Table(
    Parking,
    Key("name", NAME),
    Key("first", ShortNumber()),
    Key("last", ShortNumber()),
    Key("timeout_seconds", WAIT_SECONDS),
    Key("timeout", SendsCallsTo(PlanUse.PARKING)),
    blamed="last",
)

NIGHT = Table(
    NightMode,
    Key("setting", Choice(NightSetting)),
    Key("destination", SendsCallsTo(PlanUse.OPENING_HOURS)),
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
    Key("public_holidays", Reference("public_holidays"), "public_holidays_id"),
)

BEHAVIOUR = Table(
    Behaviour,
    Key("backup_check", Choice(BackupCheck)),
    Key("return_seconds", OrNone(WAIT_SECONDS, NEVER)),
    Key("confirms_backup", Flag()),
    Key("confirms_plans", Flag()),
    Key("forward_number", Reference("number"), "forward_number_id"),
    Key("forward_shows", Choice(ForwardShows)),
)

MAIL = Table(
    MailServer,
    Key("host", Text(check_host, longest=253)),
    Key("port", Count(1, LAST_PORT)),
    Key("security", Choice(Security)),
    Key("username", Text(check_mail_username)),
    SecretKey(
        "password",
        check_mail_password,
        "password",
        # Kept for the same account only: another server must not be shown it.
        is_kept=lambda kept, values: (kept.host, kept.username) == (values.get("host"), values.get("username", "")),
    ),
    Key("sender", EMAIL),
    blamed="security",
)

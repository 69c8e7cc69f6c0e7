"""The office as a place, its lines and numbers, and what belongs to all of it, as tables."""

from __future__ import annotations

from zoneinfo import available_timezones

from appliance.office.backup_route import BackupRoute
from appliance.office.behaviour import BackupCheck, Behaviour, ForwardShows
from appliance.office.calling_permission import CallingPermission
from appliance.office.country import Country, Language, NumberKind
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
from appliance.office.prompt import Prompt, check_prompt_text
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
from appliance.office.voicemail import check_email
from appliance.storage.document.calls import WAIT_SECONDS
from appliance.storage.document.destinations import ANONYMOUS, BACKUP_DESTINATION, DESTINATION, OWN_NUMBER, PHONE_NUMBER
from appliance.storage.document.kinds import Count, Flag, OrNone, Several, choice, newer, reference, words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.people import ANY_TEXT, NAME, SHORT_NUMBER, TEXT, matching
from appliance.storage.document.reading import Place, shown
from appliance.storage.document.tables import IdKey, Inline, Key, Rows, SecretKey, Table

NEVER = "never"
MOST_CHANNELS = 1000
MOST_MILLICENTS = 10_000_000
_DIGEST = words(matching(r"[0-9a-f]{64}", "recording-name-form"))  # SHA-256


def _time_zone(text: str) -> str:
    if text not in available_timezones():
        raise InvalidValueError("time-zone-unknown", value=shown(text))
    return text


def _logs_in_by_name(trunk: Trunk, place: Place) -> None:
    if trunk.registers and not trunk.username:
        place.below("username").note("missing", value="username")


SITE = Table(
    Site,
    Key("company_name", NAME),
    Key("country", choice(Country)),
    Key("time_zone", words(_time_zone)),
    Key("language", choice(Language)),
    Key("company_number", PHONE_NUMBER),
    Key("shows_company_name", Flag()),
    Key("shows_personal_numbers", Flag()),
    Key("permission", reference("permission"), "permission_id"),
    Key("allowed_numbers", Several(PHONE_NUMBER)),
)

TRUNK = Table(
    Trunk,
    IdKey(),
    Key("name", NAME),
    Key("host", words(check_host)),
    Key("port", Count(1, LAST_PORT)),
    Key("username", words(lambda text: check_sip_user(text) if text else "")),
    SecretKey("password", check_sip_password, "password"),
    Key("registers", Flag()),
    Key("answers_options", Flag()),
    Key("channels", Count(1, MOST_CHANNELS)),
    Key("transport", choice(Transport)),
    Key("encrypts_media", Flag()),
    Key("codecs", Several(choice(Codec))),
    Key("called_format", choice(NumberFormat)),
    Key("shown_format", choice(NumberFormat)),
    check=_logs_in_by_name,
)

NUMBER = Table(
    Number,
    IdKey("number", lambda number, reading: f"n{reading.phone_number(number).e164[1:]}"),
    Key("number", PHONE_NUMBER),
    Key("destination", DESTINATION),
    Key("label", TEXT),
    Key("opening_hours", reference("opening_hours"), "opening_hours_id"),
    Key("when_closed", DESTINATION),
    Key("public_holidays", reference("public_holidays"), "public_holidays_id"),
    Key("closures", Several(reference("closure")), "closure_ids"),
    Key("schedule", reference("schedule"), "schedule_id"),
    Key("mode_key", reference("mode_key"), "mode_key_id"),
    Key("call_filters", Several(reference("call_filter")), "filter_ids"),
    Key("caller_rules", Several(reference("caller_rule")), "caller_rule_ids"),
    Key("caller_rules_last", Flag()),
    Key("backup_route", reference("backup_route"), "backup_route_id"),
    Key("ring_tone", choice(RingTone)),
    Key("language", choice(Language)),
)

BACKUP_ROUTE = Table(
    BackupRoute,
    IdKey(),
    Key("name", NAME),
    Key("destination", BACKUP_DESTINATION),
    Key("watched", Several(reference("extension")), "watched_extension_ids"),
)

SPEED_DIAL = Table(
    SpeedDial,
    IdKey("short", lambda short, _: f"s{short}"),
    Key("short", SHORT_NUMBER),
    Key("name", NAME),
    Key("number", PHONE_NUMBER),
    blamed="short",
)

PROMPT = Table(
    Prompt,
    IdKey(),
    Key("name", NAME),
    Key("text", newer(check_prompt_text)),
    Key("language", choice(Language)),
    Key("recording", _DIGEST, "audio"),
)

MUSIC = Table(Music, IdKey(), Key("name", NAME), Key("recordings", Several(_DIGEST)))

PERMISSION = Table(
    CallingPermission,
    IdKey(),
    Key("name", NAME),
    Key("kinds", Several(choice(NumberKind), collect=frozenset)),
    Key("exceptions", Several(PHONE_NUMBER)),
)


class _RouteTrunk:
    """`"line1"`, or `{ trunk = "line1", millicents_per_minute = 1200 }`."""

    table = Table(
        RouteTrunk,
        Key("trunk", reference("trunk"), "trunk_id"),
        Key("millicents_per_minute", Count(0, MOST_MILLICENTS)),
    )

    def read(self, value: object, place: Place) -> RouteTrunk:
        return self.table.read({"trunk": value} if isinstance(value, str) else value, place)

    def write(self, value: RouteTrunk, writing: Writing) -> object:
        written = self.table.write(value, writing)
        return written["trunk"] if len(written) == 1 else Inline(written)


OUTBOUND_ROUTE = Table(
    OutboundRoute,
    IdKey(),
    Key("name", NAME),
    Key("beginnings", Several(words(check_beginning))),
    Rows("trunks", _RouteTrunk(), "trunks", item="trunk"),
    Key("cheapest_first", Flag()),
    Key("opening_hours", reference("opening_hours"), "opening_hours_id"),
)

DIALLING_PREFIX = Table(
    DiallingPrefix,
    Key("prefix", ANY_TEXT),
    Key("number", OrNone(OWN_NUMBER, ANONYMOUS), "number_id"),
    blamed="prefix",
)

FORWARDING_PREFIX = Table(
    ForwardingPrefix, Key("prefix", ANY_TEXT), Key("number", OWN_NUMBER, "number_id"), blamed="prefix"
)

PARKING = Table(
    Parking,
    Key("name", NAME),
    Key("first", SHORT_NUMBER),
    Key("last", SHORT_NUMBER),
    Key("timeout_seconds", WAIT_SECONDS),
    Key("timeout", DESTINATION),
    blamed="last",
)

NIGHT = Table(
    NightMode,
    Key("setting", choice(NightSetting)),
    Key("destination", DESTINATION),
    Key("opening_hours", reference("opening_hours"), "opening_hours_id"),
    Key("public_holidays", reference("public_holidays"), "public_holidays_id"),
)

BEHAVIOUR = Table(
    Behaviour,
    Key("backup_check", choice(BackupCheck)),
    Key("return_seconds", OrNone(WAIT_SECONDS, NEVER)),
    Key("confirms_backup", Flag()),
    Key("confirms_plans", Flag()),
    Key("forward_number", OWN_NUMBER, "forward_number_id"),
    Key("forward_shows", choice(ForwardShows)),
)

MAIL = Table(
    MailServer,
    Key("host", words(check_host)),
    Key("port", Count(1, LAST_PORT)),
    Key("security", choice(Security)),
    Key("username", words(check_mail_username)),
    SecretKey(
        "password",
        check_mail_password,
        "password",
        # Kept for the same account only: another server must not be shown it.
        is_kept=lambda kept, values: (kept.host, kept.username) == (values.get("host"), values.get("username", "")),
    ),
    Key("sender", words(check_email)),
    blamed="security",
)

"""What happens to calls: ring groups, call plans, attendants, mode keys, filters and rules, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from appliance.office.auto_attendant import KEYS, AutoAttendant, KeyDoes, Menu, MenuKey, TypedCode
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    CheckOpeningHours,
    GoTo,
    PlanUse,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.caller import CallerRule, CallFilter
from appliance.office.country import Language
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightChoice
from appliance.office.problems import InvalidValueError
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.ring_tone import RingTone
from appliance.storage.document.destinations import CALLER, DESTINATION, PHONE_NUMBER
from appliance.storage.document.kinds import Count, Flag, Several, choice, reference, words
from appliance.storage.document.known_names import Writing
from appliance.storage.document.people import NAME, RING_SECONDS, SHORT_NUMBER, TEXT
from appliance.storage.document.reading import Row, Unread, shown
from appliance.storage.document.tables import IdKey, Key, OneOf, Rows, Table

MOST_WAIT_SECONDS = 3600
MOST_TRIES = 10
WAIT_SECONDS = Count(1, MOST_WAIT_SECONDS)
_SECONDS = Key("seconds", RING_SECONDS, is_always_written=True)

RING_GROUP = Table(
    RingGroup,
    IdKey("number", lambda number, _: f"g{number}"),
    Key("number", SHORT_NUMBER),
    Key("name", NAME),
    # A group without people is a group in the making.
    Key("members", Several(reference("extension")), "member_ids", absent=lambda _: ()),
    Key("outside_members", Several(PHONE_NUMBER)),
    Key("policy", choice(HuntPolicy)),
    Key("ring_seconds", RING_SECONDS),
    Key("wait_seconds", WAIT_SECONDS),
    Key("no_answer", DESTINATION),
    Key("unreachable", DESTINATION),
    Key("gives_busy_tone", Flag()),
    Key("night", choice(NightChoice)),
    Key("ring_tone", choice(RingTone)),
    Key("outgoing_number", PHONE_NUMBER),
)

STEP = OneOf(
    {
        "ring": Table(RingExtension, Key("ring", reference("extension"), "extension_id"), _SECONDS),
        "group": Table(RingTheGroup, Key("group", reference("ring_group"), "ring_group_id"), _SECONDS),
        "call": Table(CallNumber, Key("call", PHONE_NUMBER, "number"), _SECONDS),
        "speed_dial": Table(CallSpeedDial, Key("speed_dial", reference("speed_dial"), "speed_dial_id"), _SECONDS),
        "say": Table(SayPrompt, Key("say", reference("prompt"), "prompt_id")),
        "mode_key": Table(CheckModeKey, Key("mode_key", reference("mode_key"), "mode_key_id")),
        "caller_rule": Table(CheckCallerRule, Key("caller_rule", reference("caller_rule"), "caller_rule_id")),
        "hours": Table(
            CheckOpeningHours,
            Key("hours", reference("opening_hours"), "opening_hours_id"),
            Key("when_closed", DESTINATION),
        ),
        "go_to": Table(GoTo, Key("go_to", DESTINATION, "destination")),
    },
    rule="step-form",
)

CALL_PLAN = Table(
    CallPlan,
    IdKey(),
    Key("name", NAME),
    Key("number", SHORT_NUMBER),
    Key("usable_in", Several(choice(PlanUse), collect=frozenset)),
    Rows("steps", STEP, "steps", item="step"),
)


@dataclass(frozen=True, slots=True)
class _MenuKeys:
    """`[attendant.menu.key.1]`: a table for each key of the telephone."""

    table: Table[MenuKey]

    def read(self, row: Row, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        if not row.has("key"):
            return {}
        tables = row.value("key")
        if not isinstance(tables, dict):
            row.place_of("key").note("not-a-table", value="key")
            return {}
        read: dict[str, MenuKey] = {}
        for position, (key, table) in enumerate(tables.items(), start=1):
            place = row.place_of("key").row(position, key)
            if len(key) != 1 or key not in KEYS:
                place.note("menu-key-form", value=shown(key))
                continue
            try:
                read[key] = self.table.read(table, place)
            except InvalidValueError as fault:
                place.note_fault(fault)
            except Unread:
                pass
        return {"keys": read}

    def write(self, thing: Any, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        return {"key": {key: self.table.write(does, writing) for key, does in thing.keys.items()}} if thing.keys else {}


MENU = Table(
    Menu,
    Key("greeting", reference("prompt"), "greeting_id"),
    Key("timeout_seconds", Count(1, 60)),
    Key("tries", Count(1, MOST_TRIES)),
    Key("timeout", DESTINATION),
    _MenuKeys(
        Table(
            MenuKey,
            Key("does", choice(KeyDoes)),
            Key("go_to", DESTINATION, "destination"),
            Key("prompt", reference("prompt"), "prompt_id"),
            Key("label", TEXT),
        )
    ),
    Rows(
        "code",
        Table(
            TypedCode,
            Key("code", words(str)),
            Key("go_to", DESTINATION, "destination"),
            Key("label", TEXT),
            blamed="code",
        ),
        "codes",
        item="code",
        called="code",
    ),
)

ATTENDANT = Table(
    AutoAttendant,
    IdKey(),
    Key("name", NAME),
    Key("number", SHORT_NUMBER),
    Key("reception", DESTINATION),
    Key("opening_hours", reference("opening_hours"), "opening_hours_id"),
    Key("public_holidays", reference("public_holidays"), "public_holidays_id"),
    Key("night", choice(NightChoice)),
    Key("language", choice(Language)),
    Key("menu", MENU),
    Key("closed_menu", MENU),
)

CALL_FILTER = Table(
    CallFilter,
    IdKey(),
    Key("name", NAME),
    Key("callers", Several(CALLER)),
    Key("opening_hours", reference("opening_hours"), "opening_hours_id"),
    Key("destination", DESTINATION),
)

CALLER_RULE = Table(
    CallerRule, IdKey(), Key("name", NAME), Key("callers", Several(CALLER)), Key("destination", DESTINATION)
)

MODE_KEY = Table(
    ModeKey,
    IdKey("number", lambda number, _: f"k{number}"),
    Key("number", SHORT_NUMBER),
    Key("name", NAME),
    Key("red", DESTINATION),
    Key("green", DESTINATION),
    blamed="number",
)

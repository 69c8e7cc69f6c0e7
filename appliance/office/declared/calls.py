"""What happens to calls: ring groups, call plans, attendants, mode keys, filters and rules, as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
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
from appliance.office.caller import CallerRule, CallFilter, FilterPeriod
from appliance.office.country import Language
from appliance.office.declared.destinations import Caller, SendsCallsTo
from appliance.office.declared.keys import Column, IdKey, Key, MapOf, Walk
from appliance.office.declared.kinds import Choice, Count, Flag, Leaf, PublicNumber, Reference, ShortNumber
from appliance.office.declared.known_names import Writing
from appliance.office.declared.lists import Several
from appliance.office.declared.moving import Move, NothingLeftError
from appliance.office.declared.reading import AlreadyReported, Row, shown
from appliance.office.declared.shared_kinds import ANY_TEXT, NAME, RING_SECONDS, TEXT, WAIT_SECONDS
from appliance.office.declared.tables import OneOf, Rows, Table
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightChoice
from appliance.office.problems import InvalidValueError
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.ring_tone import RingTone

MOST_TRIES = 10
_FORWARDS = frozenset({KeyDoes.FORWARD, KeyDoes.FORWARD_ANNOUNCED})
_SECONDS = Key("seconds", RING_SECONDS, is_always_written=True)

RING_GROUP = Table(
    RingGroup,
    IdKey("number", lambda number, _: f"g{number}"),
    Key("number", ShortNumber()),
    Key("name", NAME),
    # A group without people is a group in the making.
    Key("members", Several(Reference("extension")), "member_ids", absent=lambda _: ()),
    Key("outside_members", Several(PublicNumber())),
    Key("policy", Choice(HuntPolicy)),
    Key("ring_seconds", RING_SECONDS),
    Key("wait_seconds", WAIT_SECONDS),
    Key("no_answer", SendsCallsTo(PlanUse.CALL_PLAN)),
    Key("unreachable", SendsCallsTo(PlanUse.CALL_PLAN)),
    Key("gives_busy_tone", Flag()),
    Key("night", Choice(NightChoice)),
    Key("ring_tone", Choice(RingTone)),
    Key("outgoing_number", PublicNumber(is_ours=True)),
)

STEP = OneOf(
    {
        "ring": Table(RingExtension, Key("ring", Reference("extension"), "extension_id"), _SECONDS),
        "group": Table(RingTheGroup, Key("group", Reference("ring_group"), "ring_group_id"), _SECONDS),
        "call": Table(CallNumber, Key("call", PublicNumber(), "number"), _SECONDS),
        "speed_dial": Table(CallSpeedDial, Key("speed_dial", Reference("speed_dial"), "speed_dial_id"), _SECONDS),
        "say": Table(SayPrompt, Key("say", Reference("prompt"), "prompt_id")),
        "mode_key": Table(CheckModeKey, Key("mode_key", Reference("mode_key"), "mode_key_id")),
        "caller_rule": Table(CheckCallerRule, Key("caller_rule", Reference("caller_rule"), "caller_rule_id")),
        "hours": Table(
            CheckOpeningHours,
            Key("hours", Reference("opening_hours"), "opening_hours_id"),
            Key("when_closed", SendsCallsTo(PlanUse.OPENING_HOURS)),
        ),
        "go_to": Table(GoTo, Key("go_to", SendsCallsTo(PlanUse.CALL_PLAN), "destination")),
    },
    rule="step-form",
)

CALL_PLAN = Table(
    CallPlan,
    IdKey(),
    Key("name", NAME),
    Key("number", ShortNumber()),
    Key("usable_in", Several(Choice(PlanUse), collect=frozenset)),
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
            row.spot_of("key").note("not-a-table", value="key")
            return {}
        read: dict[str, MenuKey] = {}
        for position, (key, table) in enumerate(tables.items(), start=1):
            spot = row.spot_of("key").row(position, key)
            if len(key) != 1 or key not in KEYS:
                spot.note("menu-key-form", value=shown(key))
                continue
            try:
                read[key] = self.table.read(table, spot)
            except InvalidValueError as fault:
                spot.note_fault(fault)
            except AlreadyReported:
                pass
        return {"keys": read}

    def write(self, thing: Any, writing: Writing, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        return {"key": {key: self.table.write(does, writing) for key, does in thing.keys.items()}} if thing.keys else {}

    def columns(self, _defaults: Mapping[str, object]) -> Iterator[Column]:
        yield Column("key", MapOf(tuple(KEYS), self.table))

    def leaves(self, thing: Any, walk: Walk, _defaults: Mapping[str, object]) -> Iterator[Leaf]:
        for key, does in thing.keys.items():
            yield from self.table.leaves(does, walk.below("key", key), walk.owner)

    def moved(self, thing: Any, move: Move, _defaults: Mapping[str, object]) -> Mapping[str, object]:
        keys: dict[str, MenuKey] = {}
        for key, does in thing.keys.items():
            with suppress(NothingLeftError):
                keys[key] = self.table.moved(does, move)
        return {} if keys == thing.keys else {"keys": keys}


_CHOSEN = SendsCallsTo(PlanUse.ATTENDANT, by_itself=False)
MENU = Table(
    Menu,
    Key("greeting", Reference("prompt"), "greeting_id"),
    Key("timeout_seconds", Count(1, 60)),
    Key("tries", Count(1, MOST_TRIES)),
    Key("timeout", SendsCallsTo(PlanUse.ATTENDANT)),
    _MenuKeys(
        Table(
            MenuKey,
            Key("does", Choice(KeyDoes)),
            Key("go_to", _CHOSEN, "destination", applies=lambda key: key.does in _FORWARDS),
            Key("prompt", Reference("prompt"), "prompt_id"),
            Key("label", TEXT),
        )
    ),
    Rows(
        "code",
        Table(
            TypedCode,
            Key("code", ANY_TEXT),
            Key("go_to", _CHOSEN, "destination"),
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
    Key("number", ShortNumber()),
    Key("reception", SendsCallsTo(PlanUse.ATTENDANT)),
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
    Key("public_holidays", Reference("public_holidays"), "public_holidays_id"),
    Key("night", Choice(NightChoice)),
    Key("language", Choice(Language)),
    Key("menu", MENU),
    Key("closed_menu", MENU),
)

_FILTER_PERIOD = Table(
    FilterPeriod,
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
    Key("destination", SendsCallsTo(PlanUse.CALLER_RULE)),
)

CALL_FILTER = Table(
    CallFilter,
    IdKey(),
    Key("name", NAME),
    Key("callers", Several(Caller())),
    Key("opening_hours", Reference("opening_hours"), "opening_hours_id"),
    Key("destination", SendsCallsTo(PlanUse.CALLER_RULE)),
    Rows("period", _FILTER_PERIOD, "periods", item="period"),
)

CALLER_RULE = Table(
    CallerRule,
    IdKey(),
    Key("name", NAME),
    Key("callers", Several(Caller())),
    Key("destination", SendsCallsTo(PlanUse.CALLER_RULE)),
)

MODE_KEY = Table(
    ModeKey,
    IdKey("number", lambda number, _: f"k{number}"),
    Key("number", ShortNumber()),
    Key("name", NAME),
    Key("red", SendsCallsTo(PlanUse.MODE_KEY)),
    Key("green", SendsCallsTo(PlanUse.MODE_KEY)),
    blamed="number",
)

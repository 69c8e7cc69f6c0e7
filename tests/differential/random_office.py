"""Random offices and states of the world from a seed: few seconds, everything else as wild as allowed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu, MenuKey, TypedCode
from appliance.office.backup_route import BackupDestination, BackupRoute
from appliance.office.behaviour import BackupCheck, Behaviour
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    CheckOpeningHours,
    GoTo,
    PlanStep,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.caller import Anonymous, CallerNumber, CallerRule, CallerTest, CallFilter, FilterPeriod
from appliance.office.calling_permission import DEFAULT_KINDS, CallingPermission
from appliance.office.checks import check_office, has_errors
from appliance.office.circumstances import Circumstances
from appliance.office.country import Country, Language, NumberKind
from appliance.office.destination import (
    Destination,
    HangUp,
    PlayPrompt,
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToSharedVoicemail,
    ToSpeedDial,
    ToVoicemail,
)
from appliance.office.extension import Extension
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import ALL_NUMBERS
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightChoice, NightMode, NightSetting
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.outbound_route import OutboundRoute, RouteTrunk
from appliance.office.prompt import Prompt
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.schedule import (
    Closure,
    Handling,
    Once,
    OpeningHours,
    Period,
    PeriodPlan,
    PublicHolidays,
    Schedule,
    ScheduleEvent,
    TimeTest,
    Weekday,
    Weekly,
    Yearly,
)
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.speed_dial import SpeedDial
from appliance.office.team import Team
from appliance.office.trunk import Trunk
from appliance.office.voicemail import SharedVoicemail, VoicemailBox, VoicemailRules
from tests.offices import company_box

_T = TypeVar("_T")

NUMBERS = tuple(PhoneNumber(f"+322555100{digit}") for digit in (1, 2, 3))
MOBILES = tuple(PhoneNumber(f"+3247012345{digit}") for digit in range(4))
GROUP_MOBILE = MOBILES[2]  # rings as long as it is let; the others give up by themselves
CALLED_MOBILES = (MOBILES[0], MOBILES[1], MOBILES[3])
OUTSIDE_SECONDS = 1
BACKUPS: tuple[BackupDestination, ...] = (ToOutsideNumber(MOBILES[0]), ToVoicemail(), ToSharedVoicemail("sales"))
REFUSALS: tuple[Destination, ...] = (HangUp(), PlayPrompt("closed"))
FORWARDS: tuple[Destination, ...] = (ToVoicemail(), ToExtension("e203"), ToOutsideNumber(MOBILES[3]))
CALLERS = ("+32470999888", "+3225550042", "+31201234567", "")
EXTENSIONS = ("201", "202", "203", "204", "205")
_PEOPLE = ("Jan", "Sandra", "Kees", "Tom & Co", 'Élise "E"')


@dataclass(frozen=True, slots=True)
class RandomCall:
    """A call in a state of the world: from outside to `number`, or from an extension to `dialled`."""

    number: PhoneNumber
    dialled: str
    now: Circumstances


def random_office(seed: int) -> Office:
    """Return an office without errors; the same for the same seed."""
    dice = random.Random(seed)
    while True:
        office = _Maker(dice).office()
        if not has_errors(check_office(office)):
            return office


def random_calls(office: Office, seed: int, count: int) -> tuple[RandomCall, ...]:
    """Return calls that make sense in the office."""
    dice = random.Random(f"{seed} calls")
    return tuple(_call(office, dice) for _ in range(count))


class _Maker:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.extension_ids = [f"e{number}" for number in EXTENSIONS]
        self.group_ids = ["g300", "g301"]
        self.plan_ids = ["plan-a", "plan-b", "plan-c"]
        self.attendant_ids = ["menu-a", "menu-b"]

    def chance(self, share: float) -> bool:
        return self.dice.random() < share

    def one(self, things: Sequence[_T]) -> _T:
        return self.dice.choice(things)

    def some(self, things: Sequence[_T], least: int = 0) -> tuple[_T, ...]:
        return tuple(self.dice.sample(things, self.dice.randint(least, len(things))))

    def seconds(self) -> int:
        return self.dice.randint(1, 3)

    def destination(self) -> Destination:
        kind = self.dice.randrange(12)
        if kind < 3:
            return ToExtension(self.one(self.extension_ids))
        if kind < 5:
            return ToRingGroup(self.one(self.group_ids))
        if kind < 6:
            return ToCallPlan(self.one(self.plan_ids))
        if kind < 7:
            return ToAttendant(self.one(self.attendant_ids))
        others: tuple[Destination, ...] = (
            ToVoicemail(),
            ToSharedVoicemail("sales"),
            ToOutsideNumber(self.one(CALLED_MOBILES)),
            PlayPrompt("closed"),
            HangUp(),
            ToSpeedDial("supplier"),
        )
        return self.one(others)

    def teams(self) -> tuple[Team, ...]:
        if self.chance(0.5):
            return ()
        members = self.some(self.extension_ids)
        return (
            Team(id="desk", name="Desk", member_ids=members, opening_hours_id="desk", when_closed=self.destination()),
        )

    def office(self) -> Office:
        return Office(
            site=Site(
                company_name="Random & Zonen; bvba",
                country=Country.BELGIUM,
                time_zone="Europe/Brussels",
                language=self.one(tuple(Language)),
                company_number=NUMBERS[0],
                shows_personal_numbers=self.chance(0.5),
            ),
            company_voicemail=company_box(
                self.box(may_be_mute=False), number=ExtensionNumber(self.one(("999", "998")))
            ),
            trunks=tuple(
                Trunk(id=name, name=f"Line {name}", host=f"203.0.113.{10 * index}", registers=False)
                for index, name in enumerate(("line1", "line2"), start=1)
            ),
            extensions=tuple(self.extension(index) for index in range(len(EXTENSIONS))),
            ring_groups=tuple(self.group(group_id) for group_id in self.group_ids),
            teams=self.teams(),
            call_plans=tuple(self.plan(plan_id) for plan_id in self.plan_ids),
            attendants=tuple(self.attendant(attendant_id) for attendant_id in self.attendant_ids),
            opening_hours=(self.hours("day"), self.hours("desk"), self.seldom()),
            public_holidays=(
                PublicHolidays(
                    id="belgium",
                    name="Holidays",
                    country=Country.BELGIUM,
                    destination=self.destination(),
                    extra=(date(2026, 7, 20),) if self.chance(0.5) else (),
                ),
            ),
            closures=(self.closure("summer"), self.closure("bridge")),
            schedules=(self.schedule(),),
            backup_routes=(
                BackupRoute(
                    id="mobile",
                    name="Mobile",
                    destination=self.one(BACKUPS),
                    watched_extension_ids=self.some(self.extension_ids),
                ),
            ),
            call_filters=(
                CallFilter(
                    id="nuisance",
                    name="Nuisance",
                    callers=self.callers(),
                    opening_hours_id=self.one((None, "desk", "seldom")),
                    destination=self.one(REFUSALS),
                    periods=self.filter_periods(),
                ),
            ),
            caller_rules=(
                CallerRule(id="dutch", name="Dutch", callers=self.callers(), destination=self.destination()),
            ),
            mode_keys=(
                ModeKey(
                    id="away",
                    name="Away",
                    number=ExtensionNumber("2001"),
                    red=self.destination(),
                    green=self.one((None, self.destination())),
                ),
            ),
            speed_dials=(
                SpeedDial(
                    id="supplier", name="Supplier", short=ExtensionNumber("7001"), number=PhoneNumber("+3225550077")
                ),
            ),
            shared_voicemails=(SharedVoicemail(id="sales", name="Sales box", box=self.box(may_be_mute=True)),),
            prompts=(
                Prompt(id="welcome", name="Welcome", text="Welcome."),
                Prompt(id="closed", name="Closed", text="We are closed."),
            ),
            permissions=(
                CallingPermission(
                    id="inland", name="Inland", kinds=frozenset({NumberKind.INSIDE, NumberKind.NATIONAL})
                ),
                CallingPermission(id="outside", name="Outside", kinds=frozenset({NumberKind.MOBILE})),
                CallingPermission(
                    id="all",
                    name="All",
                    kinds=DEFAULT_KINDS | {NumberKind.WORLD},
                    exceptions=(PhoneNumber("+3290012345"),),
                ),
            ),
            outbound_routes=self.routes(),
            numbers=tuple(self.number(index) for index in range(len(NUMBERS))),
            night=NightMode(
                setting=self.one(tuple(NightSetting)),
                destination=self.destination(),
                opening_hours_id="day",
                public_holidays_id=self.one((None, "belgium")),
            ),
            behaviour=Behaviour(backup_check=self.one(tuple(BackupCheck))),
        )

    def box(self, *, may_be_mute: bool) -> VoicemailBox:
        takes = not (may_be_mute and self.chance(0.4))
        return VoicemailBox(
            pin=Secret("4711"),
            takes_messages=takes,
            greeting_id=self.one((None, "closed")),
            busy_greeting_id=self.one((None, "welcome")),
            after_greeting=None if takes else self.one((None, ToOutsideNumber(MOBILES[1]), ToExtension("e201"))),
        )

    def extension(self, index: int) -> Extension:
        number = EXTENSIONS[index]
        return Extension(
            id=f"e{number}",
            number=ExtensionNumber(number),
            name=_PEOPLE[index],
            sip_password=Secret(f"password-of-{number}"),
            ring_seconds=self.seconds(),
            voicemail=self.box(may_be_mute=True) if self.chance(0.6) else None,
            voicemail_rules=VoicemailRules(
                all_calls=self.chance(0.1), busy=self.chance(0.6), no_answer=self.chance(0.7)
            ),
            night=self.one((NightChoice.OFF, NightChoice.OFF, NightChoice.FOLLOW, NightChoice.ON)),
            filter_ids=("nuisance",) if self.chance(0.2) else (),
            permission_id=self.one((None, None, "inland", "outside", "all")),
        )

    def group(self, group_id: str) -> RingGroup:
        return RingGroup(
            id=group_id,
            number=ExtensionNumber(group_id[1:]),
            name=f"Group {group_id}",
            member_ids=self.some(self.extension_ids),
            outside_members=(GROUP_MOBILE,) if self.chance(0.25) else (),
            policy=self.one(tuple(HuntPolicy)),
            ring_seconds=self.seconds(),
            wait_seconds=self.one((None, 4, 6)),
            no_answer=self.destination(),
            unreachable=self.one((None, self.destination())),
            gives_busy_tone=self.chance(0.3),
            night=self.one((NightChoice.OFF, NightChoice.OFF, NightChoice.FOLLOW)),
        )

    def plan(self, plan_id: str) -> CallPlan:
        steps: list[PlanStep] = []
        for _ in range(self.dice.randint(1, 4)):
            choices: tuple[PlanStep, ...] = (
                RingExtension(self.one(self.extension_ids), self.seconds()),
                RingExtension(self.one(self.extension_ids), self.seconds()),
                RingTheGroup(self.one(self.group_ids), self.seconds()),
                CallNumber(self.one(CALLED_MOBILES), self.seconds()),
                CallSpeedDial("supplier", self.seconds()),
                SayPrompt("welcome"),
                CheckModeKey("away"),
                CheckCallerRule("dutch"),
                CheckOpeningHours("desk", self.destination()),
            )
            steps.append(self.one(choices))
        if self.chance(0.7):
            steps.append(GoTo(self.destination()))
        return CallPlan(id=plan_id, name=plan_id.upper(), steps=tuple(steps))

    def menu(self) -> Menu:
        timeout = self.one((None, self.destination()))
        if self.chance(0.3):
            codes = tuple(TypedCode(code=code, destination=self.destination()) for code in ("500", "6001"))
            anything = (TypedCode(code="*", destination=self.destination(), label="Client {code}"),)
            return Menu(
                greeting_id="welcome",
                codes=codes + (anything if self.chance(0.5) else ()),
                timeout_seconds=1,
                tries=self.dice.randint(1, 2),
                timeout=timeout,
            )
        keys = {key: self.menu_key() for key in self.some("0123456789*#", 1)[:4]}
        return Menu(greeting_id="welcome", keys=keys, timeout_seconds=1, tries=self.dice.randint(1, 2), timeout=timeout)

    def menu_key(self) -> MenuKey:
        does = self.one((*[KeyDoes.FORWARD] * 4, KeyDoes.RECEPTION, KeyDoes.PLAY, KeyDoes.REPEAT, KeyDoes.HANG_UP))
        return MenuKey(
            does=does, destination=self.destination(), prompt_id="welcome", label=self.one(("", "Sales; ${X}"))
        )

    def attendant(self, attendant_id: str) -> AutoAttendant:
        return AutoAttendant(
            id=attendant_id,
            name=f"Attendant {attendant_id}",
            menu=self.menu(),
            reception=self.one((None, ToExtension(self.one(self.extension_ids)))),
            opening_hours_id=self.one((None, "day")),
            public_holidays_id=self.one((None, "belgium")),
            closed_menu=self.menu() if self.chance(0.4) else None,
            night=self.one((NightChoice.OFF, NightChoice.FOLLOW)),
            language=self.one((None, *Language)),
        )

    def hours(self, hours_id: str) -> OpeningHours:
        days = {day: (Period(8 * 60, 12 * 60), Period(13 * 60, 17 * 60)) for day in self.some(tuple(Weekday), 3)}
        plans = {}
        if self.chance(0.3):
            plans = {Weekday.TUESDAY: (PeriodPlan(Period(12 * 60, 13 * 60), self.destination()),)}
        return OpeningHours(id=hours_id, name=f"Hours {hours_id}", periods=days, plans=plans)

    def closure(self, closure_id: str) -> Closure:
        start = datetime(2026, self.dice.randint(1, 12), self.dice.randint(1, 28), self.dice.randint(0, 23))
        days = timedelta(days=self.dice.randint(1, 60))
        return Closure(
            id=closure_id,
            name=f"Closure {closure_id}",
            start=start,
            end=start + days,
            destination=self.destination(),
            yearly=self.chance(0.5),
        )

    def schedule(self) -> Schedule:
        tests: tuple[TimeTest, ...] = (
            Yearly(datetime(2020, 12, 31), datetime(2021, 1, 2)),
            Once(datetime(2026, 7, 20, 9), datetime(2026, 7, 21)),
            Weekly(self.some(tuple(Weekday), 1), Period(9 * 60, 18 * 60)),
            Weekly((Weekday.MONDAY,), Period(0, 600), first=date(2026, 1, 1), last=date(2026, 6, 30)),
        )
        events = []
        for position, test in enumerate(self.some(tests, 2)):
            handling = self.one(tuple(Handling))
            destination: Destination = HangUp()
            if handling is Handling.FORWARD:
                destination = self.one(FORWARDS)
            events.append(
                ScheduleEvent(
                    name=f"Event {position}",
                    test=test,
                    handling=handling,
                    destination=destination,
                    prompt_id=self.one((None, "closed")),
                )
            )
        default = self.one((Handling.OPEN, Handling.CLOSED))
        return Schedule(id="office", name="Schedule", events=tuple(events), default=default)

    def callers(self) -> tuple[CallerTest, ...]:
        tests: tuple[CallerTest, ...] = (
            Anonymous(),
            CallerNumber(CALLERS[0]),
            CallerNumber("+31", is_beginning=True),
            CallerNumber("+322", is_beginning=True),
        )
        return self.some(tests, 1)[:2]

    def seldom(self) -> OpeningHours:
        """Hours whose every period has a destination of its own; perhaps none at all."""
        plans = {day: (PeriodPlan(Period(10 * 60, 15 * 60), self.destination()),) for day in self.some(tuple(Weekday))}
        return OpeningHours(id="seldom", name="Seldom", periods={}, plans=plans)

    def filter_periods(self) -> tuple[FilterPeriod, ...]:
        return tuple(
            FilterPeriod(opening_hours_id=hours_id, destination=self.one((*REFUSALS, ToVoicemail())))
            for hours_id in self.some(("desk", "seldom"))
        )

    def routes(self) -> tuple[OutboundRoute, ...]:
        both = (
            RouteTrunk(trunk_id="line2", millicents_per_minute=900),
            RouteTrunk(trunk_id="line1", millicents_per_minute=1500),
        )
        every = (
            OutboundRoute(
                id="mobiles", name="Mobiles", beginnings=("+324",), trunks=both, cheapest_first=self.chance(0.5)
            ),
            OutboundRoute(
                id="by-day", name="By day", beginnings=("+",), trunks=tuple(reversed(both)), opening_hours_id="day"
            ),
        )
        return self.some(every)

    def number(self, index: int) -> Number:
        return Number(
            id=f"n{index}",
            number=NUMBERS[index],
            destination=self.destination(),
            opening_hours_id=self.one((None, "day", "desk")),
            when_closed=self.destination(),
            backup_route_id=self.one((None, "mobile")),
            filter_ids=self.one(((), ("nuisance",))),
            caller_rule_ids=self.one(((), ("dutch",))),
            caller_rules_last=self.chance(0.3),
            public_holidays_id=self.one((None, "belgium")),
            closure_ids=self.some(("summer", "bridge")),
            schedule_id=self.one((None, None, "office")),
            mode_key_id=self.one((None, None, "away")),
            label=self.one(("", "Sales [x]")),
            language=self.one((None, *Language)),
        )


def _call(office: Office, dice: random.Random) -> RandomCall:
    ids = [extension.id for extension in office.extensions]
    moment = datetime(2026, 1, 1) + timedelta(minutes=dice.randrange(365 * 24 * 60))
    if dice.random() < 0.5:  # by day, on a workday, more often than chance would have it
        moment = datetime(2026, 7, 20) + timedelta(days=dice.randrange(5), hours=9, minutes=dice.randrange(8 * 60))
    if dice.random() < 0.1:
        moment = dice.choice((datetime(2026, 12, 25, 11), datetime(2026, 3, 29, 3, 30), datetime(2026, 10, 25, 1, 30)))
    down = frozenset(dice.sample(ids, dice.choice((0, 0, 0, 1, 2, 5))))
    busy = (
        frozenset(dice.sample([one for one in ids if one not in down], k))
        if (k := dice.choice((0, 0, 1))) <= 5 - len(down)
        else frozenset()
    )
    forwards = {}
    if dice.random() < 0.5:
        targets = (*EXTENSIONS, "300", "999", "7001", MOBILES[3].e164, "+3290012345", "2001", "112", NUMBERS[1].e164)
        for case in dice.sample(tuple(ForwardCase), 2):
            forwards[(dice.choice(ids), case)] = dice.choice(targets)
    now = Circumstances(
        at=moment,
        caller=dice.choice(CALLERS),
        down=down,
        busy=busy,
        do_not_disturb=frozenset(dice.sample(ids, dice.choice((0, 0, 1)))),
        dark_lines=frozenset(dice.sample(["line1", "line2"], dice.choice((0, 0, 0, 1, 2)))),
        forwards=forwards,
        number_forwards={dice.choice(("n0", ALL_NUMBERS)): MOBILES[3].e164} if dice.random() < 0.05 else {},
        night=dice.choice(tuple(NightSetting)),
        red=frozenset(dice.sample(["away"], dice.choice((0, 1)))),
        outside_seconds=OUTSIDE_SECONDS,
        keys=tuple(dice.choice(("0", "1", "2", "5", "*", "500", "6001", "77")) for _ in range(dice.choice((0, 1, 2)))),
    )
    dialled = ""
    if dice.random() < 0.3:
        dialled = dice.choice((*EXTENSIONS, "300", "301", "2001", "7001", "0470123450", "003212", "090012345", "999"))
        caller_id = dice.choice(ids)
        if caller_id in now.down or dialled == "2001":
            dialled = ""
        else:
            now = replace(now, caller=None, calling_extension_id=caller_id)
    return RandomCall(dice.choice(NUMBERS), dialled, now)

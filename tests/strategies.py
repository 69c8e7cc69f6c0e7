"""Random offices without faults, for properties: `offices()` has every subject and every field, hostile texts included.

Calls never go round in them: each object sends calls only to objects made before it.
"""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, TypeVar

from hypothesis import strategies as st

from appliance.office.auto_attendant import KEYS, AutoAttendant, KeyDoes, Menu, MenuKey, TypedCode
from appliance.office.backup_route import BackupDestination, BackupRoute
from appliance.office.behaviour import BackupCheck, Behaviour, ForwardShows
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    CheckOpeningHours,
    GoTo,
    PlanStep,
    PlanUse,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.caller import Anonymous, CallerNumber, CallerRule, CallerTest, CallFilter, Everybody
from appliance.office.calling_permission import CallingPermission
from appliance.office.country import COUNTRY_PACKS, Country, Language, NumberKind
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
from appliance.office.dialled import emergency_forms
from appliance.office.extension import Extension
from appliance.office.forwarding import Forwarding
from appliance.office.mode_key import MODE_KEY_NUMBERS, ModeKey
from appliance.office.music import Music
from appliance.office.night import NightChoice, NightMode, NightSetting
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, MacAddress, PhoneNumber
from appliance.office.office import Office
from appliance.office.outbound_route import OutboundRoute, RouteTrunk
from appliance.office.parking import Parking
from appliance.office.phone import Brand, Phone
from appliance.office.prefix_codes import DiallingPrefix, ForwardingPrefix
from appliance.office.prompt import Prompt
from appliance.office.public_holidays import public_holidays
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.ring_tone import RingTone
from appliance.office.schedule import (
    Closure,
    Handling,
    Once,
    OnHoliday,
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
from appliance.office.site import Site
from appliance.office.speed_dial import SpeedDial
from appliance.office.trunk import Codec, NumberFormat, Transport, Trunk
from appliance.office.voicemail import COMPANY_BOX, SharedVoicemail, VoicemailBox, VoicemailRules
from tests.strategies_of_values import (
    FREE_FOUR_DIGITS,
    FREE_SHORT,
    MOST_OF_A_KIND,
    PARKING_SLOTS,
    emails,
    ids,
    names,
    passwords,
    periods,
    phone_numbers,
    pins,
    recordings,
    stretches,
    texts,
    tokens,
)

_T = TypeVar("_T")
Draw = Callable[[st.SearchStrategy[Any]], Any]


@st.composite
def offices(draw: Draw) -> Office:
    """Offices in which `check_office` finds no error."""
    return _Builder(draw, draw(st.sampled_from(Country))).office()


@dataclass
class _Builder:
    """Makes one office; what calls may be sent to grows as it is made."""

    draw: Draw
    country: Country
    targets: list[Destination] = field(default_factory=list)
    plans: dict[str, CallPlan] = field(default_factory=dict)

    def office(self) -> Office:
        short = iter(self.short_numbers())
        four = iter(self.several(st.sampled_from(FREE_FOUR_DIGITS), least=4, most=4))
        number_ids = self.ids(most=3)
        outside = self.several(phone_numbers(self.country), least=len(number_ids), most=len(number_ids))
        prompts = [self.prompt(one) for one in self.ids()]
        music = [Music(id=one, name=self.name(), recordings=self.few(recordings())) for one in self.ids()]
        permissions = [self.permission(one) for one in self.ids()]
        self.targets = [HangUp(), *(PlayPrompt(prompt.id) for prompt in prompts)]
        speed_dials = [
            SpeedDial(id=one, name=self.name(), short=ExtensionNumber(str(next(four))), number=self.phone_number())
            for one in self.ids()
        ]
        self.targets += [ToSpeedDial(one.id) for one in speed_dials]
        shared = [self.shared_voicemail(one, short, prompts) for one in self.ids()]
        early_hours = [self.hours(one) for one in self.ids(most=1)]
        filters = [self.call_filter(one, early_hours) for one in self.ids()]
        extensions = [
            self.extension(one, next(short), prompts, music, permissions, filters, shared, outside)
            for one in self.ids(most=3)
        ]
        users = self.several(st.text(string.digits, min_size=4, max_size=12), least=3, most=3)
        extensions = [
            replace(extension, numeric_user=user if self.flag() else None)
            for extension, user in zip(extensions, users, strict=False)
        ]
        company_box = self.box(prompts)
        self.targets += [ToExtension(one.id) for one in extensions]
        self.targets += [ToVoicemail(one.id) for one in extensions if one.voicemail]
        self.targets += [ToVoicemail(), *(ToSharedVoicemail(one.id) for one in shared)]
        groups: list[RingGroup] = []
        for one in self.ids():
            groups.append(self.ring_group(one, next(short), extensions, outside))
            self.targets.append(ToRingGroup(one))
        key_numbers = iter(self.several(st.sampled_from(MODE_KEY_NUMBERS), least=2, most=2))
        early_keys = [self.mode_key(one, next(key_numbers)) for one in self.ids(most=1)]
        early_rules = [self.caller_rule(one) for one in self.ids(most=1)]
        steps_to: dict[Any, Sequence[Any]] = {
            RingExtension: extensions,
            RingTheGroup: groups,
            CallNumber: (None,),
            CallSpeedDial: speed_dials,
            SayPrompt: prompts,
            CheckModeKey: early_keys,
            CheckCallerRule: early_rules,
            CheckOpeningHours: early_hours,
        }
        plans: list[CallPlan] = []
        for one in self.ids():
            plans.append(self.plan(one, short, steps_to))
            self.plans[one] = plans[-1]
            self.targets.append(ToCallPlan(one))
        holidays = [self.public_holidays(one) for one in self.ids()]
        attendants: list[AutoAttendant] = []
        for one in self.ids():
            attendants.append(self.attendant(one, short, prompts, early_hours, holidays))
            self.targets.append(ToAttendant(one))
        hours = early_hours + [self.hours(one) for one in self.other_ids(early_hours)]
        rules = early_rules + [self.caller_rule(one) for one in self.other_ids(early_rules)]
        keys = early_keys + [self.mode_key(one, next(key_numbers)) for one in self.other_ids(early_keys)]
        closures = [self.closure(one) for one in self.ids()]
        schedules = [self.schedule(one, holidays, prompts) for one in self.ids()]
        routes = [self.backup_route(one, extensions) for one in self.ids()]
        numbers = [
            Number(
                id=one,
                number=number,
                destination=self.destination(PlanUse.NUMBER),
                opening_hours_id=self.id_of(hours),
                when_closed=self.destination(PlanUse.OPENING_HOURS),
                backup_route_id=self.id_of(routes),
                filter_ids=self.ids_of(filters),
                caller_rule_ids=self.ids_of(rules),
                caller_rules_last=self.flag(),
                public_holidays_id=self.id_of(holidays),
                closure_ids=self.ids_of(closures),
                schedule_id=self.id_of(schedules),
                mode_key_id=self.id_of(keys),
                label=self.draw(texts()),
                ring_tone=self.maybe(st.sampled_from(RingTone)),
                language=self.maybe(st.sampled_from(Language)),
            )
            for one, number in zip(number_ids, outside, strict=True)
        ]
        trunks = [self.trunk(one) for one in self.ids()]
        return Office(
            site=self.site(permissions, outside),
            company_voicemail=company_box,
            trunks=tuple(trunks),
            numbers=tuple(numbers),
            extensions=tuple(extensions),
            phones=self.phones(extensions),
            ring_groups=tuple(groups),
            call_plans=tuple(plans),
            attendants=tuple(attendants),
            opening_hours=tuple(hours),
            public_holidays=tuple(holidays),
            closures=tuple(closures),
            schedules=tuple(schedules),
            backup_routes=tuple(routes),
            call_filters=tuple(filters),
            caller_rules=tuple(rules),
            mode_keys=tuple(keys),
            speed_dials=tuple(speed_dials),
            shared_voicemails=tuple(shared),
            prompts=tuple(prompts),
            music=tuple(music),
            permissions=tuple(permissions),
            outbound_routes=tuple(self.outbound_route(one, trunks, hours) for one in self.ids()),
            dialling_prefixes=tuple(
                DiallingPrefix(prefix=str(prefix), number_id=self.id_of(numbers))
                for prefix in self.several(st.integers(0, 99))
            ),
            forwarding_prefixes=tuple(
                ForwardingPrefix(prefix=str(prefix), number_id=self.draw(st.sampled_from(numbers)).id)
                for prefix in (self.several(st.integers(101, 199)) if numbers else ())
            ),
            parking=self.parking() if self.flag() else None,
            night=self.night(hours, holidays),
            behaviour=Behaviour(
                backup_check=self.draw(st.sampled_from(BackupCheck)),
                return_seconds=self.maybe(st.integers(1, 3600)),
                confirms_backup=self.flag(),
                confirms_plans=self.flag(),
                forward_number_id=self.id_of(numbers),
                forward_shows=self.draw(st.sampled_from(ForwardShows)),
            ),
        )

    def short_numbers(self) -> list[ExtensionNumber]:
        """Numbers that stand in nobody's way, not in an emergency number's either."""
        emergency = COUNTRY_PACKS[self.country].emergency_numbers
        free = [
            str(number)
            for number in FREE_SHORT
            if not any(str(number).startswith(one) or str(number) in emergency_forms(one) for one in emergency)
        ]
        return [ExtensionNumber(number) for number in self.several(st.sampled_from(free), least=16, most=16)]

    def flag(self) -> bool:
        return bool(self.draw(st.booleans()))

    def maybe(self, strategy: st.SearchStrategy[_T]) -> _T | None:
        return self.draw(st.none() | strategy)  # type: ignore[no-any-return]

    def several(self, strategy: st.SearchStrategy[_T], *, least: int = 0, most: int = MOST_OF_A_KIND) -> list[_T]:
        return self.draw(st.lists(strategy, min_size=least, max_size=most, unique=True))  # type: ignore[no-any-return]

    def few(self, strategy: st.SearchStrategy[_T]) -> tuple[_T, ...]:
        return tuple(self.several(strategy))

    def some_of(self, choices: type[_T]) -> frozenset[_T]:
        return frozenset(self.several(st.sampled_from(choices)))  # type: ignore[arg-type]

    def name(self) -> str:
        return str(self.draw(names()))

    def ids(self, *, most: int = MOST_OF_A_KIND) -> list[str]:
        return self.several(ids(), most=most)

    def other_ids(self, taken: list[Any]) -> list[str]:
        return [one for one in self.ids(most=1) if one not in {thing.id for thing in taken}]

    def id_of(self, things: Sequence[Any]) -> str | None:
        return self.maybe(st.sampled_from([thing.id for thing in things])) if things else None

    def ids_of(self, things: Sequence[Any]) -> tuple[str, ...]:
        return self.few(st.sampled_from([thing.id for thing in things])) if things else ()

    def phone_number(self) -> PhoneNumber:
        return self.draw(phone_numbers(self.country))  # type: ignore[no-any-return]

    def destination(self, use: PlanUse) -> Destination:
        """A place that was made before."""
        usable = [
            one
            for one in self.targets
            if not isinstance(one, ToCallPlan) or self.plans[one.call_plan_id].may_be_used_in(use)
        ]
        outside = phone_numbers(self.country).map(ToOutsideNumber)
        return self.draw(st.sampled_from(usable) | outside)  # type: ignore[no-any-return]

    def maybe_destination(self, use: PlanUse) -> Destination | None:
        return self.destination(use) if self.flag() else None

    def callers(self) -> tuple[CallerTest, ...]:
        beginnings = st.text(string.digits, max_size=5).map(lambda rest: CallerNumber(f"+3{rest}", is_beginning=True))
        whole = phone_numbers(self.country).map(lambda number: CallerNumber(number.e164))
        return self.few(st.just(Everybody()) | st.just(Anonymous()) | beginnings | whole)

    def site(self, permissions: list[CallingPermission], outside: list[PhoneNumber]) -> Site:
        return Site(
            company_name=self.name(),
            country=self.country,
            time_zone=self.draw(st.sampled_from(("Europe/Brussels", "Europe/Paris", "America/New_York", "UTC"))),
            language=self.draw(st.sampled_from(Language)),
            company_number=self.maybe(st.sampled_from(outside)) if outside else None,
            shows_company_name=self.flag(),
            shows_personal_numbers=self.flag(),
            permission_id=self.id_of(permissions),
        )

    def trunk(self, one: str) -> Trunk:
        registers, transport = self.flag(), self.draw(st.sampled_from(Transport))
        return Trunk(
            id=one,
            name=self.name(),
            host=self.draw(st.sampled_from(("203.0.113.10", "sip.example.com", "a-b.example"))),
            port=self.draw(st.integers(1, 65535)),
            username=self.draw(st.sampled_from(("belbox", "+3225551001", "a._-+1") + (() if registers else ("",)))),
            password=self.draw(passwords()),
            registers=registers,
            answers_options=self.flag(),
            channels=self.maybe(st.integers(1, 1000)),
            transport=transport,
            encrypts_media=transport is Transport.TLS and self.flag(),
            codecs=tuple(self.several(st.sampled_from(Codec), least=1, most=5)),
            called_format=self.draw(st.sampled_from(NumberFormat)),
            shown_format=self.draw(st.sampled_from(NumberFormat)),
        )

    def prompt(self, one: str) -> Prompt:
        return Prompt(
            id=one,
            name=self.name(),
            text=self.draw(texts())[:2000],
            language=self.maybe(st.sampled_from(Language)),
            audio=self.draw(st.just("") | recordings()),
        )

    def permission(self, one: str) -> CallingPermission:
        exceptions = self.few(phone_numbers(self.country))
        return CallingPermission(id=one, name=self.name(), kinds=self.some_of(NumberKind), exceptions=exceptions)

    def box(self, prompts: list[Prompt]) -> VoicemailBox:
        mails = tuple(self.several(emails(), most=3))
        attaches = self.flag()
        return VoicemailBox(
            pin=self.draw(pins()),
            emails=mails,
            attaches_recording=attaches,
            deletes_after_mail=bool(mails) and attaches and self.flag(),
            says_time=self.flag(),
            says_caller=self.flag(),
            greeting_id=self.id_of(prompts),
            busy_greeting_id=self.id_of(prompts),
            takes_messages=self.flag(),
            after_greeting=self.maybe_destination(PlanUse.CALL_PLAN),
        )

    def shared_voicemail(self, one: str, short: Iterator[ExtensionNumber], prompts: list[Prompt]) -> SharedVoicemail:
        number = next(short) if self.flag() else None
        return SharedVoicemail(id=one, name=self.name(), box=self.box(prompts), number=number)

    def extension(
        self,
        one: str,
        number: ExtensionNumber,
        prompts: list[Prompt],
        music: list[Music],
        permissions: list[CallingPermission],
        filters: list[CallFilter],
        shared: list[SharedVoicemail],
        outside: list[PhoneNumber],
    ) -> Extension:
        others = st.sampled_from(("112", "999", "1233", "00")).map(ExtensionNumber)
        forward = st.none() | others | phone_numbers(self.country)
        email = self.maybe(emails())
        boxes = [COMPANY_BOX, *(box.id for box in shared)]
        return Extension(
            id=one,
            number=number,
            name=self.name(),
            sip_password=self.draw(passwords()),
            ring_seconds=self.draw(st.integers(1, 300)),
            voicemail=self.box(prompts) if self.flag() else None,
            voicemail_rules=VoicemailRules(all_calls=self.flag(), busy=self.flag(), no_answer=self.flag()),
            forwarding=Forwarding(
                always=self.draw(forward),
                busy=self.draw(forward),
                no_answer=self.draw(forward),
                unreachable=self.draw(forward),
                ring_seconds=self.draw(st.integers(1, 300)),
            ),
            has_call_waiting=self.flag(),
            do_not_disturb=self.flag(),
            night=self.draw(st.sampled_from(NightChoice)),
            permission_id=self.id_of(permissions),
            outgoing_number=self.maybe(st.sampled_from(outside)) if outside else None,
            is_anonymous=self.flag(),
            country=self.maybe(st.sampled_from(Country)),
            language=self.maybe(st.sampled_from(Language)),
            music_id=self.id_of(music),
            filter_ids=self.ids_of(filters),
            lamp_box_ids=self.few(st.sampled_from(boxes)),
            login_pin=self.maybe(pins()),
            answers_at_once=self.flag(),
            email=email,
            mails_when_offline=email is not None and self.flag(),
            description=self.draw(texts()),
        )

    def phones(self, extensions: list[Extension]) -> tuple[Phone, ...]:
        # The second digit of a device's address is even (IEEE 802).
        digits = self.several(st.integers(0, 16**10 - 1).map(lambda number: f"{number:010x}"))
        return tuple(
            Phone(
                id=one,
                mac=MacAddress(f"80{rest}"),
                brand=self.draw(st.sampled_from(Brand)),
                model=self.draw(st.sampled_from(("SIP-T46U", "KX-HDV230", "D785", "GRP 2614"))),
                token=self.draw(tokens()),
                extension_id=self.id_of(extensions),
            )
            for one, rest in zip(self.ids(), digits, strict=False)
        )

    def ring_group(
        self, one: str, number: ExtensionNumber, extensions: list[Extension], outside: list[PhoneNumber]
    ) -> RingGroup:
        return RingGroup(
            id=one,
            number=number,
            name=self.name(),
            member_ids=self.ids_of(extensions),
            outside_members=self.few(phone_numbers(self.country)),
            policy=self.draw(st.sampled_from(HuntPolicy)),
            ring_seconds=self.draw(st.integers(1, 300)),
            wait_seconds=self.maybe(st.integers(1, 3600)),
            no_answer=self.destination(PlanUse.CALL_PLAN),
            unreachable=self.maybe_destination(PlanUse.CALL_PLAN),
            gives_busy_tone=self.flag(),
            night=self.draw(st.sampled_from(NightChoice)),
            ring_tone=self.maybe(st.sampled_from(RingTone)),
            outgoing_number=self.maybe(st.sampled_from(outside)) if outside else None,
        )

    def hours(self, one: str) -> OpeningHours:
        plans: dict[Weekday, tuple[PeriodPlan, ...]] = {}
        plain: dict[Weekday, tuple[Period, ...]] = {}
        for day in self.several(st.sampled_from(Weekday)):
            if found := self.draw(periods()):
                plain[day] = tuple(found)
            if found := self.draw(periods(most=2)):
                plans[day] = tuple(PeriodPlan(one, self.destination(PlanUse.OPENING_HOURS)) for one in found)
        return OpeningHours(id=one, name=self.name(), periods=plain, plans=plans)

    def call_filter(self, one: str, hours: list[OpeningHours]) -> CallFilter:
        destination = self.destination(PlanUse.CALLER_RULE)
        hours_id = self.id_of(hours)
        return CallFilter(
            id=one, name=self.name(), callers=self.callers(), opening_hours_id=hours_id, destination=destination
        )

    def caller_rule(self, one: str) -> CallerRule:
        destination = self.destination(PlanUse.CALLER_RULE)
        return CallerRule(id=one, name=self.name(), callers=self.callers(), destination=destination)

    def mode_key(self, one: str, number: int) -> ModeKey:
        red, green = self.destination(PlanUse.MODE_KEY), self.maybe_destination(PlanUse.MODE_KEY)
        return ModeKey(id=one, name=self.name(), number=ExtensionNumber(str(number)), red=red, green=green)

    def plan(
        self,
        one: str,
        short: Iterator[ExtensionNumber],
        steps_to: Mapping[Any, Sequence[Any]],
    ) -> CallPlan:
        steps: list[PlanStep] = []
        for _ in range(self.draw(st.integers(0, 3))):
            make, things = self.draw(st.sampled_from([(make, things) for make, things in steps_to.items() if things]))
            seconds = self.draw(st.integers(1, 300))
            if make is CallNumber:
                steps.append(CallNumber(self.phone_number(), seconds))
                continue
            meant = self.draw(st.sampled_from(things)).id
            if make in {RingExtension, RingTheGroup, CallSpeedDial}:
                steps.append(make(meant, seconds))
            elif make is CheckOpeningHours:
                steps.append(CheckOpeningHours(meant, self.destination(PlanUse.OPENING_HOURS)))
            else:
                steps.append(make(meant))
        if not steps or self.flag():
            steps.append(GoTo(self.destination(PlanUse.CALL_PLAN)))
        number = next(short) if self.flag() else None
        return CallPlan(id=one, name=self.name(), steps=tuple(steps), number=number, usable_in=self.some_of(PlanUse))

    def menu(self, prompts: list[Prompt]) -> Menu:
        keys: dict[str, MenuKey] = {}
        codes: list[TypedCode] = []
        if self.flag():
            for key in self.several(st.sampled_from(KEYS), least=1, most=3):
                destination = self.destination(PlanUse.ATTENDANT)
                does, prompt, label = self.draw(st.sampled_from(KeyDoes)), self.id_of(prompts), self.draw(texts())
                keys[key] = MenuKey(does=does, destination=destination, prompt_id=prompt, label=label)
        else:
            typed = st.just("*") | st.text(string.digits, min_size=1, max_size=12)
            for code in self.several(typed, least=1, most=3):
                destination = self.destination(PlanUse.ATTENDANT)
                codes.append(TypedCode(code=code, destination=destination, label=self.draw(texts())))
        return Menu(
            greeting_id=self.id_of(prompts),
            keys=keys,
            codes=tuple(codes),
            timeout_seconds=self.draw(st.integers(1, 60)),
            tries=self.draw(st.integers(1, 10)),
            timeout=self.maybe_destination(PlanUse.ATTENDANT),
        )

    def attendant(
        self,
        one: str,
        short: Iterator[ExtensionNumber],
        prompts: list[Prompt],
        hours: list[OpeningHours],
        holidays: list[PublicHolidays],
    ) -> AutoAttendant:
        return AutoAttendant(
            id=one,
            name=self.name(),
            menu=self.menu(prompts),
            number=next(short) if self.flag() else None,
            reception=self.maybe_destination(PlanUse.ATTENDANT),
            opening_hours_id=self.id_of(hours),
            public_holidays_id=self.id_of(holidays),
            closed_menu=self.menu(prompts) if self.flag() else None,
            night=self.draw(st.sampled_from(NightChoice)),
            language=self.maybe(st.sampled_from(Language)),
        )

    def public_holidays(self, one: str) -> PublicHolidays:
        country = self.draw(st.sampled_from(Country))
        return PublicHolidays(
            id=one,
            name=self.name(),
            country=country,
            worked=frozenset(self.several(st.sampled_from(sorted(set(public_holidays(country).values()))))),
            extra=self.few(st.dates(date(2020, 1, 1), date(2040, 1, 1))),
            destination=self.destination(PlanUse.PUBLIC_HOLIDAYS),
        )

    def closure(self, one: str) -> Closure:
        start, end = self.draw(stretches())
        return Closure(
            id=one,
            name=self.name(),
            start=start,
            end=end,
            destination=self.destination(PlanUse.CLOSURE),
            yearly=self.flag(),
            delete_when_over=self.flag(),
        )

    def time_test(self, holidays: list[PublicHolidays]) -> TimeTest:
        kinds = [Weekly, Yearly, Once] + ([OnHoliday] if holidays else [])
        kind = self.draw(st.sampled_from(kinds))
        if kind is Weekly:
            days, dates = self.few(st.sampled_from(Weekday)), st.dates(date(2020, 1, 1), date(2040, 1, 1))
            period = (self.draw(periods(most=1)) or [Period(0, 24 * 60)])[0]
            return Weekly(days, period, self.maybe(dates), self.maybe(dates))
        if kind is OnHoliday:
            return OnHoliday(self.draw(st.sampled_from(holidays)).id)
        start, end = self.draw(stretches())
        return Yearly(start, end) if kind is Yearly else Once(start, end)

    def schedule(self, one: str, holidays: list[PublicHolidays], prompts: list[Prompt]) -> Schedule:
        events: list[ScheduleEvent] = []
        for _ in range(self.draw(st.integers(0, 3))):
            destination = self.destination(PlanUse.OPENING_HOURS)
            kinds = [kind for kind in Handling if kind is not Handling.FORWARD or destination != HangUp()]
            events.append(
                ScheduleEvent(
                    name=self.name(),
                    test=self.time_test(holidays),
                    handling=self.draw(st.sampled_from(kinds)),
                    destination=destination,
                    prompt_id=self.id_of(prompts),
                )
            )
        return Schedule(
            id=one,
            name=self.name(),
            events=tuple(events),
            default=self.draw(st.sampled_from(Handling)),
            default_destination=self.destination(PlanUse.OPENING_HOURS),
            default_prompt_id=self.id_of(prompts),
        )

    def backup_route(self, one: str, extensions: list[Extension]) -> BackupRoute:
        boxes: list[BackupDestination] = [
            target for target in self.targets if isinstance(target, ToVoicemail | ToSharedVoicemail)
        ]
        boxes += [
            ToCallPlan(plan.id)
            for plan in self.plans.values()
            if plan.may_be_used_in(PlanUse.BACKUP_ROUTE)
            and all(isinstance(step, CallNumber | CallSpeedDial | SayPrompt) for step in plan.steps)
        ]
        outside = phone_numbers(self.country).map(ToOutsideNumber)
        destination = self.draw(st.sampled_from(boxes) | outside)
        return BackupRoute(
            id=one, name=self.name(), destination=destination, watched_extension_ids=self.ids_of(extensions)
        )

    def outbound_route(self, one: str, trunks: list[Trunk], hours: list[OpeningHours]) -> OutboundRoute:
        cents = st.none() | st.integers(0, 10_000_000)
        return OutboundRoute(
            id=one,
            name=self.name(),
            beginnings=self.few(st.sampled_from(("+", "+32", "+3247", "+1"))),
            trunks=tuple(
                RouteTrunk(trunk_id=trunk, millicents_per_minute=self.draw(cents)) for trunk in self.ids_of(trunks)
            ),
            cheapest_first=self.flag(),
            opening_hours_id=self.id_of(hours),
        )

    def parking(self) -> Parking:
        first, last = sorted(self.several(st.sampled_from(PARKING_SLOTS), least=2, most=2))
        return Parking(
            name=self.name(),
            first=ExtensionNumber(str(first)),
            last=ExtensionNumber(str(last)),
            timeout_seconds=self.draw(st.integers(1, 3600)),
            timeout=self.maybe_destination(PlanUse.PARKING),
        )

    def night(self, hours: list[OpeningHours], holidays: list[PublicHolidays]) -> NightMode:
        hours_id = self.id_of(hours)
        settings = [one for one in NightSetting if one is not NightSetting.AUTO or hours_id]
        return NightMode(
            setting=self.draw(st.sampled_from(settings)),
            destination=self.destination(PlanUse.OPENING_HOURS),
            opening_hours_id=hours_id,
            public_holidays_id=self.id_of(holidays),
        )

"""What happens to calls in a random office."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from hypothesis import strategies as st

from appliance.office.auto_attendant import KEYS, AutoAttendant, KeyDoes, Menu, MenuKey, TypedCode
from appliance.office.backup_route import BackupDestination, BackupRoute
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckOpeningHours,
    GoTo,
    PlanStep,
    PlanUse,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.caller import CallerRule, CallFilter
from appliance.office.country import Language
from appliance.office.destination import (
    HangUp,
    ToCallPlan,
    ToOutsideNumber,
    ToSharedVoicemail,
    ToVoicemail,
)
from appliance.office.extension import Extension
from appliance.office.mode_key import ModeKey
from appliance.office.night import NightChoice
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.prompt import Prompt
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
from appliance.office.team import Team
from tests.random_people import People
from tests.strategies_of_values import labels, periods, phone_numbers, stretches


class Calls(People):
    """Makes one of each."""

    def team(self, one: str, member_ids: tuple[str, ...], opening_hours_id: str) -> Team:
        return Team(
            id=one,
            name=self.name(),
            member_ids=member_ids,
            opening_hours_id=opening_hours_id,
            when_closed=self.destination(PlanUse.OPENING_HOURS),
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
                does, prompt, label = self.draw(st.sampled_from(KeyDoes)), self.id_of(prompts), self.draw(labels())
                keys[key] = MenuKey(does=does, destination=destination, prompt_id=prompt, label=label)
        else:
            typed = st.just("*") | st.text(string.digits, min_size=1, max_size=12)
            for code in self.several(typed, least=1, most=3):
                destination = self.destination(PlanUse.ATTENDANT)
                codes.append(TypedCode(code=code, destination=destination, label=self.draw(labels())))
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

"""Random offices without faults, for properties: `offices()` has every subject and every field, hostile texts included.

Calls never go round in them: each object sends calls only to objects made before it.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from appliance.office.auto_attendant import AutoAttendant
from appliance.office.behaviour import BackupCheck, Behaviour, ForwardShows
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    CheckOpeningHours,
    PlanUse,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.country import Country, Language
from appliance.office.destination import (
    HangUp,
    PlayPrompt,
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToRingGroup,
    ToSharedVoicemail,
    ToSpeedDial,
    ToVoicemail,
)
from appliance.office.extension import Extension
from appliance.office.mode_key import MODE_KEY_NUMBERS
from appliance.office.music import Music
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.prefix_codes import DiallingPrefix, ForwardingPrefix
from appliance.office.ring_group import RingGroup
from appliance.office.ring_tone import RingTone
from appliance.office.speed_dial import SpeedDial
from tests.offices import company_box
from tests.random_calls import Calls
from tests.strategies_of_values import FREE_FOUR_DIGITS, OWN_LAST_DIGIT, labels, mail_servers, phone_numbers, recordings


@st.composite
def offices(draw: st.DrawFn) -> Office:
    """Offices in which `check_office` finds no error."""
    return _Builder(draw, draw(st.sampled_from(Country))).office()


class _Builder(Calls):
    """Makes one office, in an order in which nothing refers to what is not there yet."""

    def own_number(self, extensions: list[Extension], short: Iterator[ExtensionNumber]) -> ExtensionNumber:
        """The number of the company's box: as delivered where somebody forwards to it."""
        forwarded = {str(number) for one in extensions for _, number in one.forwarding.each() if number is not None}
        as_delivered = ExtensionNumber("999")
        return next(short) if self.flag() and as_delivered.digits not in forwarded else as_delivered

    def office(self) -> Office:
        short = iter(self.short_numbers())
        four = iter(self.several(st.sampled_from(FREE_FOUR_DIGITS), least=4, most=4))
        number_ids = self.ids(most=3)
        own = phone_numbers(self.country, OWN_LAST_DIGIT)
        outside = self.several(own, least=len(number_ids), most=len(number_ids))
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
        own_box = company_box(self.box(prompts), number=self.own_number(extensions, short))
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
                label=self.draw(labels()),
                ring_tone=self.maybe(st.sampled_from(RingTone)),
                language=self.maybe(st.sampled_from(Language)),
            )
            for one, number in zip(number_ids, outside, strict=True)
        ]
        trunks = [self.trunk(one) for one in self.ids()]
        parking = self.parking() if self.flag() else None
        in_teams = self.ids_of(extensions)
        teams = [
            self.team(one, in_teams[2 * count : 2 * count + 2], hours[0].id)
            for count, one in enumerate(self.ids() if hours else ())
        ]
        return Office(
            site=self.site(permissions, outside),
            company_voicemail=own_box,
            trunks=tuple(trunks),
            numbers=tuple(numbers),
            extensions=tuple(extensions),
            phones=self.phones(extensions, groups, keys, parking),
            contacts=self.contacts(),
            phone_settings=self.phone_settings(),
            ring_groups=tuple(groups),
            teams=tuple(teams),
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
            parking=parking,
            mail_server=self.maybe(mail_servers()),
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

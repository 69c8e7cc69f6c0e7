"""The office: one immutable snapshot of everything a customer has; the compiler's only input."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar

from appliance.office.auto_attendant import AutoAttendant
from appliance.office.backup_route import BackupRoute
from appliance.office.behaviour import BackupCheck, Behaviour
from appliance.office.call_plan import CallPlan
from appliance.office.caller import CallerRule, CallFilter
from appliance.office.calling_permission import DEFAULT_KINDS, DEFAULT_PERMISSION, CallingPermission
from appliance.office.contact import Contact
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.extension import Extension
from appliance.office.mail_server import MailServer
from appliance.office.mode_key import ModeKey
from appliance.office.music import Music
from appliance.office.night import NightMode
from appliance.office.number import Number
from appliance.office.numbers import MacAddress, PhoneNumber
from appliance.office.outbound_route import OutboundRoute
from appliance.office.parking import Parking
from appliance.office.phone import Phone
from appliance.office.phone_settings import PhoneSettings
from appliance.office.prefix_codes import DiallingPrefix, ForwardingPrefix
from appliance.office.prompt import Prompt
from appliance.office.ring_group import RingGroup
from appliance.office.schedule import Closure, OpeningHours, PublicHolidays, Schedule
from appliance.office.site import Site
from appliance.office.speed_dial import SpeedDial
from appliance.office.team import Team
from appliance.office.trunk import Trunk
from appliance.office.voicemail import CompanyVoicemail, SharedVoicemail


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


_T = TypeVar("_T", bound=_HasId)
_Worked = TypeVar("_Worked")


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Trunks stand in the order in which they are tried; the other tuples in the order they are shown."""

    site: Site
    company_voicemail: CompanyVoicemail
    trunks: tuple[Trunk, ...] = ()
    numbers: tuple[Number, ...] = ()
    extensions: tuple[Extension, ...] = ()
    phones: tuple[Phone, ...] = ()
    contacts: tuple[Contact, ...] = ()
    ring_groups: tuple[RingGroup, ...] = ()
    teams: tuple[Team, ...] = ()
    call_plans: tuple[CallPlan, ...] = ()
    attendants: tuple[AutoAttendant, ...] = ()
    opening_hours: tuple[OpeningHours, ...] = ()
    public_holidays: tuple[PublicHolidays, ...] = ()
    closures: tuple[Closure, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    backup_routes: tuple[BackupRoute, ...] = ()
    call_filters: tuple[CallFilter, ...] = ()
    caller_rules: tuple[CallerRule, ...] = ()
    mode_keys: tuple[ModeKey, ...] = ()
    speed_dials: tuple[SpeedDial, ...] = ()
    shared_voicemails: tuple[SharedVoicemail, ...] = ()
    prompts: tuple[Prompt, ...] = ()
    music: tuple[Music, ...] = ()
    permissions: tuple[CallingPermission, ...] = ()
    outbound_routes: tuple[OutboundRoute, ...] = ()
    dialling_prefixes: tuple[DiallingPrefix, ...] = ()
    forwarding_prefixes: tuple[ForwardingPrefix, ...] = ()
    parking: Parking | None = None
    mail_server: MailServer | None = None
    night: NightMode = NightMode()
    behaviour: Behaviour = Behaviour()
    phone_settings: PhoneSettings = PhoneSettings()
    # What follows from the rest, and is worked out when first asked for: an office of a thousand people is asked ten
    # thousand times.
    _follows: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, name: str, work_out: Callable[[Self], _Worked]) -> _Worked:
        """Return what follows from the office, worked out at the first time that this name is asked for."""
        if name not in self._follows:
            self._follows[name] = work_out(self)
        found: _Worked = self._follows[name]
        return found

    def extension(self, extension_id: str) -> Extension:
        """Return the extension with this id; KeyError if there is none."""
        return self._named("extensions", self.extensions, extension_id)

    def ring_group(self, ring_group_id: str) -> RingGroup:
        """Return the ring group with this id; KeyError if there is none."""
        return self._named("ring_groups", self.ring_groups, ring_group_id)

    def call_plan(self, call_plan_id: str) -> CallPlan:
        """Return the call plan with this id; KeyError if there is none."""
        return self._named("call_plans", self.call_plans, call_plan_id)

    def attendant(self, attendant_id: str) -> AutoAttendant:
        """Return the attendant with this id; KeyError if there is none."""
        return self._named("attendants", self.attendants, attendant_id)

    def trunk(self, trunk_id: str) -> Trunk:
        """Return the trunk with this id; KeyError if there is none."""
        return self._named("trunks", self.trunks, trunk_id)

    def number(self, number_id: str) -> Number:
        """Return the number with this id; KeyError if there is none."""
        return self._named("numbers", self.numbers, number_id)

    def opening_hours_of(self, opening_hours_id: str) -> OpeningHours:
        """Return the opening hours with this id; KeyError if there are none."""
        return self._named("opening_hours", self.opening_hours, opening_hours_id)

    def public_holidays_of(self, public_holidays_id: str) -> PublicHolidays:
        """Return the public holidays with this id; KeyError if there are none."""
        return self._named("public_holidays", self.public_holidays, public_holidays_id)

    def team(self, team_id: str) -> Team:
        """Return the team with this id; KeyError if there is none."""
        return self._named("teams", self.teams, team_id)

    def closure(self, closure_id: str) -> Closure:
        """Return the closure with this id; KeyError if there is none."""
        return self._named("closures", self.closures, closure_id)

    def schedule(self, schedule_id: str) -> Schedule:
        """Return the schedule with this id; KeyError if there is none."""
        return self._named("schedules", self.schedules, schedule_id)

    def backup_route(self, backup_route_id: str) -> BackupRoute:
        """Return the backup route with this id; KeyError if there is none."""
        return self._named("backup_routes", self.backup_routes, backup_route_id)

    def call_filter(self, filter_id: str) -> CallFilter:
        """Return the call filter with this id; KeyError if there is none."""
        return self._named("call_filters", self.call_filters, filter_id)

    def caller_rule(self, caller_rule_id: str) -> CallerRule:
        """Return the caller rule with this id; KeyError if there is none."""
        return self._named("caller_rules", self.caller_rules, caller_rule_id)

    def mode_key(self, mode_key_id: str) -> ModeKey:
        """Return the mode key with this id; KeyError if there is none."""
        return self._named("mode_keys", self.mode_keys, mode_key_id)

    def speed_dial(self, speed_dial_id: str) -> SpeedDial:
        """Return the speed-dial number with this id; KeyError if there is none."""
        return self._named("speed_dials", self.speed_dials, speed_dial_id)

    def shared_voicemail(self, box_id: str) -> SharedVoicemail:
        """Return the shared voicemail box with this id; KeyError if there is none."""
        return self._named("shared_voicemails", self.shared_voicemails, box_id)

    def prompt(self, prompt_id: str) -> Prompt:
        """Return the prompt with this id; KeyError if there is none."""
        return self._named("prompts", self.prompts, prompt_id)

    def every_sound(self) -> tuple[Prompt, ...]:
        """Return all that the switch must have as a sound: prompts, and the pieces of music."""
        return (*self.prompts, *(piece for music in self.music for piece in music.pieces()))

    def permission_of(self, extension: Extension) -> CallingPermission:
        """Return what an extension may call."""
        wanted = extension.permission_id
        return self._named("permissions", self.permissions, wanted) if wanted else self.standard_permission

    @property
    def standard_permission(self) -> CallingPermission:
        """What may be called by who has no permission of their own."""
        wanted = self.site.permission_id
        return self._named("permissions", self.permissions, wanted) if wanted else DEFAULT_PERMISSION

    def may_call_itself(self, number: PhoneNumber) -> bool:
        """Tell whether a plan, menu, route, group or forward of a number may call this, which nobody has dialled."""
        return self.automatic_permission().allows(number, self.site.country)

    def automatic_permission(self) -> CallingPermission:
        """Return what the office calls by itself: the kinds as delivered, and what it has allowed by name."""
        return CallingPermission(
            id="automatic", name="Automatic", kinds=DEFAULT_KINDS, exceptions=self.site.allowed_numbers
        )

    def boxes_by_number(self) -> Mapping[str, ToVoicemail | ToSharedVoicemail]:
        """Return the voicemail boxes by the number that a person types: of who owns it, or its own."""
        found: dict[str, ToVoicemail | ToSharedVoicemail] = {
            item.number.digits: ToVoicemail(item.id) for item in self.extensions if item.voicemail
        }
        found |= {item.number.digits: ToSharedVoicemail(item.id) for item in self.shared_voicemails if item.number}
        return found | {self.company_voicemail.number.digits: ToVoicemail()}

    def phone_by_mac(self, mac: MacAddress) -> Phone | None:
        """Return the phone with this MAC address, if the office has it."""
        return self.once("phones by MAC", lambda office: {one.mac: one for one in reversed(office.phones)}).get(mac)

    def _named(self, kind: str, things: tuple[_T, ...], wanted: str) -> _T:
        return self.once(kind, lambda _: {thing.id: thing for thing in reversed(things)})[wanted]

    def backup_routes_in_use(self) -> tuple[tuple[BackupRoute, PhoneNumber], ...]:
        """Return every backup route that calls may take, each with the first number whose calls do."""
        if self.behaviour.backup_check is BackupCheck.OFF:
            return ()
        numbers = {one.backup_route_id: one.number for one in reversed(self.numbers)}
        return tuple((route, numbers[route.id]) for route in self.backup_routes if route.id in numbers)

    def watched_extension_ids(self, route: BackupRoute) -> tuple[str, ...]:
        """Return the extensions that must all be unreachable before a backup route takes a call."""
        return route.watched_extension_ids or tuple(extension.id for extension in self.extensions)

"""Tell what a call would do, step by step and second by second, without dialling.

Walks the same graph the switch's dial plan is written from (call_path/); nobody is assumed to answer. What is said
to a caller takes no time here: how long a prompt lasts is not known to the office.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from appliance.office.auto_attendant import CODE_IN_LABEL
from appliance.office.call_path.steps import (
    COMPANY_VOICEMAIL,
    NIGHT,
    NO_NUMBER,
    THE_OFFICE,
    WHO_CALLS,
    AskCode,
    AskExtension,
    AskKey,
    AskName,
    CallEmergency,
    CallOutside,
    CallPath,
    CheckCaller,
    CheckMode,
    CheckNight,
    CheckPermission,
    CheckReachable,
    CheckTime,
    ChooseRingTone,
    Continue,
    Echo,
    End,
    ExtensionPhones,
    FollowForward,
    FollowNumberForward,
    Hunt,
    LeaveMessage,
    ListenToMessages,
    NodeId,
    NodeKind,
    OfficePrompt,
    OutsidePhone,
    Play,
    ReturnDigits,
    Ring,
    RingBackEmergency,
    RingTarget,
    Said,
    ShowLabel,
    Speak,
    Step,
    SwitchMode,
    WatchBackup,
)
from appliance.office.caller import caller_fits
from appliance.office.calling_permission import CallingPermission
from appliance.office.circumstances import Circumstances
from appliance.office.destination import ToOutsideNumber, ToSharedVoicemail, ToVoicemail
from appliance.office.forward_targets import forward_targets
from appliance.office.forwarding import ForwardCase
from appliance.office.live_settings import ALL_NUMBERS
from appliance.office.night import NightChoice, NightSetting
from appliance.office.numbers import PhoneNumber, longest_beginning
from appliance.office.office import Office
from appliance.office.ring_group import HuntPolicy
from appliance.office.schedule import OnHoliday, TimeTest
from appliance.office.voicemail import VoicemailBox

MOST_STEPS = 200  # a loop between subjects is a fault of the office (checks.py); this keeps a walk finite
MOST_FORWARDS = 3  # a call forwarded from phone to phone ends after so many
MOST_MENU_ROUNDS = 10  # a caller who keeps hearing a menu again is sent on


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """One thing that happens; `why` names a text, `facts` fill its gaps. `subject` is what it belongs to."""

    kind: str
    name: str
    at_second: int
    until_second: int
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)
    subject: NodeId


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps in order, and where the call ends, e.g. `voicemail:Company`."""

    steps: tuple[ExplainedStep, ...]
    ends: str


def walk(office: Office, call_path: CallPath, entry: NodeId, number: str, now: Circumstances) -> Explanation:
    """Follow a call that entered at `entry`; `number` is what was dialled, for steps that send it on."""
    walker = _Walker(office, call_path, now, number)
    subject: NodeId | None = entry
    while subject is not None and len(walker.steps) < MOST_STEPS:
        subject = walker.run(subject, call_path.subjects[subject])
    return Explanation(tuple(walker.steps), walker.ends)


def _of_caller(office: Office, now: Circumstances) -> CallingPermission | None:
    """Return what the caller may call; None for a caller from outside, for whom the office pays nothing."""
    if now.calling_extension_id is not None:
        return office.permission_of(office.extension(now.calling_extension_id))
    return office.standard_permission if now.caller is None else None


def time_test_holds(office: Office, test: TimeTest, now: Circumstances) -> bool:
    """Tell whether a moment is meant by a test, holidays included."""
    if isinstance(test, OnHoliday):
        return now.at.date() in office.public_holidays_of(test.public_holidays_id).dates()
    return test.holds(now.at)


def is_night(office: Office, now: Circumstances) -> bool:
    """Tell whether the office's night mode is on."""
    if now.night is not NightSetting.AUTO:
        return now.night is NightSetting.ON
    night = office.night
    if night.public_holidays_id and time_test_holds(office, OnHoliday(night.public_holidays_id), now):
        return True
    if night.opening_hours_id is None:
        return False
    return not office.opening_hours_of(night.opening_hours_id).is_open(now.at)


class _Walker:
    def __init__(self, office: Office, call_path: CallPath, now: Circumstances, number: str) -> None:
        self.office = office
        self.call_path = call_path
        self.now = now
        self.number = number
        self.targets = forward_targets(office)
        self.second = 0
        self.backup: str | None = None
        self.label = ""
        self.permission = _of_caller(office, now)
        self.forwards = 0
        self.menu_rounds = 0
        self.is_at_night_destination = False
        self.keys = list(now.keys)
        self.typed = ""
        self.hunt_order = dict(now.hunt_order)
        self.steps: list[ExplainedStep] = []
        self.ends = "hang_up:no_answer"
        self.subject = COMPANY_VOICEMAIL  # set by run

    def run(self, subject: NodeId, steps: tuple[Step, ...]) -> NodeId | None:
        """Return the subject that takes over, or None where the call ends."""
        self.subject = subject
        for step in steps:
            following = self._do(step)
            if following is not None:
                return None if following == _OVER else following
        return None

    def _do(self, step: Step) -> NodeId | None:
        """Return where the call goes instead of to the next step; _OVER where it ends."""
        match step:
            case WatchBackup(backup_route_id):
                self.backup = backup_route_id
            case CheckReachable(backup_route_id):
                if self._all_watched_down(backup_route_id):
                    return self._take_backup(backup_route_id, "phones-gone")
            case CheckTime():
                return self._check_time(step)
            case CheckNight(choice):
                is_on = choice is NightChoice.ON or is_night(self.office, self.now)
                if self.now.caller is not None and is_on and not self.is_at_night_destination:
                    self.is_at_night_destination = True
                    self._tell("night_mode", "", 0, "night")
                    return NIGHT
            case CheckMode(mode_key_id, red, green):
                key = self.office.mode_key(mode_key_id)
                is_red = mode_key_id in self.now.red
                self._tell("mode_key", key.name, 0, "red" if is_red else "green")
                return red if is_red else green
            case CheckCaller():
                return self._check_caller(step)
            case CheckPermission():
                return self._check_permission(step)
            case FollowForward(extension_id, which, outside):
                payer = self.office.permission_of(self.office.extension(extension_id))
                return self._follow(self.now.forwards.get((extension_id, which)), outside, which.value, payer)
            case FollowNumberForward(number_id, outside):
                forwards = self.now.number_forwards
                payer = self.office.automatic_permission()
                return self._follow(forwards.get(ALL_NUMBERS) or forwards.get(number_id), outside, "number", payer)
            case RingBackEmergency(number, seconds):
                caller = self.now.ring_back.get(number.e164)
                if caller is not None and self.now.caller is not None and caller not in self.now.down:
                    who = self.office.extension(caller)
                    self._tell("extension", who.name, seconds, "emergency-returns", who=who.number.digits)
            case Ring():
                return self._ring(step)
            case Hunt():
                return self._hunt(step)
            case CallOutside():
                return self._call_outside(step)
            case CallEmergency(trunk_ids):
                up = [trunk_id for trunk_id in trunk_ids if trunk_id not in self.now.dark_lines]
                line = self.office.trunk((up or trunk_ids)[0]).name if trunk_ids else "-"
                self._tell("emergency", self.number, 0, "emergency" if up else "emergency-no-line", line=line)
                if up:
                    self.ends = f"emergency:{self.number}"
                    return _OVER
            case ShowLabel(subject):
                self.label = self.call_path.labels[subject].replace(CODE_IN_LABEL, self.typed)
            case Play(said):
                self._tell("prompt", self._said(said), 0, "says")
            case AskKey() | AskCode():
                return self._ask(step)
            case AskExtension(otherwise) | AskName(otherwise):
                return self._ask_extension(otherwise)
            case LeaveMessage():
                return self._leave_message(step)
            case ListenToMessages():
                return self._finish("messages", "", "listens")
            case Echo():
                return self._finish("echo_test", "", "echo")
            case ReturnDigits():
                return self._finish("digit_test", "", "digits")
            case SwitchMode(mode_key_id):
                return self._finish("mode_key", self.office.mode_key(mode_key_id).name, "switches")
            case Continue(subject):
                return subject
            case End(reason):
                return self._finish("hang_up", reason.value, f"ends-{reason.value}")
            case ChooseRingTone() | Speak():
                pass
            case _:
                assert_never(step)
        return None

    def _check_time(self, step: CheckTime) -> NodeId | None:
        does_hold = any(time_test_holds(self.office, test, self.now) for test in step.tests)
        why = step.holds if does_hold else step.fails
        if why:
            self._tell(step.kind, step.name, 0, why)
        return step.then if does_hold else None

    def _check_caller(self, step: CheckCaller) -> NodeId | None:
        caller = self.now.caller
        if caller is None or not any(caller_fits(test, caller) for test in step.callers):
            return None
        if step.hours and not any(time_test_holds(self.office, test, self.now) for test in step.hours):
            return None
        self._tell(step.then.kind.value, self._name(step.then), 0, "caller-meant", caller=caller or "-")
        return step.then

    def _check_permission(self, step: CheckPermission) -> NodeId | None:
        number = step.number or PhoneNumber(self.number)
        permission = self.permission
        if step.payer == THE_OFFICE:
            permission = self.office.automatic_permission()
        elif step.payer != WHO_CALLS:
            permission = self.office.permission_of(self.office.extension(step.payer))
        if permission is not None and permission.allows(number, self.office.site.country):
            return None
        self._tell("permission", permission.name if permission else "", 0, "not-allowed", number=number.e164)
        return step.otherwise

    def _follow(self, number: str | None, outside: NodeId, case: str, payer: CallingPermission) -> NodeId | None:
        if not number:
            return None
        self.forwards += 1
        if self.forwards > MOST_FORWARDS:
            return self._finish("hang_up", "too_many_forwards", "ends-too_many_forwards")
        self._tell("forward", number, 0, f"forward-{case}", number=number)
        self.permission = payer
        destination = self.targets.of(number)
        if destination is None:
            return NO_NUMBER
        if isinstance(destination, ToOutsideNumber):
            self.number = destination.number.e164
            return outside
        self.number = number
        return self.call_path.inside[number]

    def _ring(self, step: Ring) -> NodeId | None:
        up, free = self._reachable(step.targets)
        if not up:
            return self._unreachable(step.on_unreachable)
        if not free:
            self._tell_subject(0, "busy")
            return step.on_busy
        seconds = step.seconds
        if step.seconds_if_forwarded is not None and isinstance(step.targets[0], ExtensionPhones):
            owner = step.targets[0].extension_id
            if self.now.forwards.get((owner, ForwardCase.NO_ANSWER)):
                seconds = step.seconds_if_forwarded
        if all(self._is_busy(target) for target in free):
            self._tell_subject(0, "busy")
            return step.on_busy
        ringing = [target for target in free if not self._is_busy(target)]
        self._tell_subject(seconds, "rings", who=self._who(ringing), **self._shown())
        return None

    def _hunt(self, step: Hunt) -> NodeId | None:
        by_name = {_key(target): target for target in step.targets}
        order = [by_name[name] for name in self.hunt_order.get(step.ring_group_id, tuple(by_name))]
        up, _ = self._reachable(tuple(order))
        if not up:
            return self._unreachable(step.on_unreachable)
        left = step.wait_seconds
        rang = False
        while len(self.steps) < MOST_STEPS:
            _, free = self._reachable(tuple(order))
            free = [target for target in free if not self._is_busy(target)]
            for target in free:
                seconds = step.seconds_each if left is None else min(step.seconds_each, left)
                if seconds <= 0:
                    return None
                self._tell_subject(seconds, "rings", who=self._who([target]), **self._shown())
                rang = True
                if step.policy is HuntPolicy.CIRCULAR:
                    following = order.index(target) + 1
                    names = tuple(_key(member) for member in (*order[following:], *order[:following]))
                    self.hunt_order[step.ring_group_id] = names
                if left is not None:
                    left -= seconds
            if not free:
                break
            if left is None or left <= 0:
                return None
        if not rang:
            self._tell_subject(0, "busy")
            return step.on_busy
        return None

    def _unreachable(self, otherwise: NodeId | None) -> NodeId | None:
        if self.backup is not None and self._all_watched_down(self.backup):
            return self._take_backup(self.backup, "nobody-reachable")
        self._tell_subject(0, "unreachable")
        return otherwise

    def _take_backup(self, backup_route_id: str, why: str) -> NodeId:
        self.backup = None  # taken once: a route that leads to a phone after all does not send the call round
        self._tell("backup_route", self.office.backup_route(backup_route_id).name, 0, why)
        return NodeId(NodeKind.BACKUP_ROUTE, backup_route_id)

    def _all_watched_down(self, backup_route_id: str) -> bool:
        route = self.office.backup_route(backup_route_id)
        return all(watched in self.now.down for watched in self.office.watched_extension_ids(route))

    def _call_outside(self, step: CallOutside) -> NodeId | None:
        called = step.number.e164 if step.number else self.number
        if step.is_barred:
            self._tell("outside_number", called, 0, "not-allowed", number=called)
            return None
        for trunk_id in trunk_order(self.office, called, self.now):
            if trunk_id not in self.now.dark_lines:
                line = self.office.trunk(trunk_id).name
                seconds = min(step.seconds, self.now.outside_seconds or step.seconds)
                self._tell("outside_number", called, seconds, "calls-outside", line=line)
                return None if step.is_forward else self._finish("hang_up", "no_answer", "ends-no_answer")
        self._tell("outside_number", called, 0, "no-line")
        return None

    def _ask(self, step: AskKey | AskCode) -> NodeId | None:
        self.menu_rounds += 1
        name = self._name(self.subject)
        for _ in range(step.tries if self.menu_rounds <= MOST_MENU_ROUNDS else 0):
            self._tell("attendant", name, 0, "asks", said=self._said(step.greeting))
            if not self.keys:
                self._tell("attendant", name, step.seconds, "no-choice")
                if step.asks_again:
                    continue
                break
            typed = self.typed = self.keys.pop(0)[: 1 if isinstance(step, AskKey) else None]
            chosen = step.keys.get(typed) if isinstance(step, AskKey) else step.codes.get(typed, step.any_code)
            if chosen is not None:
                self._tell("attendant", name, 0, "chosen", typed=typed)
                return chosen
            self._tell("attendant", name, 0, "wrong-choice", typed=typed)
        return step.timeout

    def _ask_extension(self, otherwise: NodeId) -> NodeId:
        typed = self.keys.pop(0) if self.keys else ""
        if typed in self.targets.inside:
            self._tell("attendant", self._name(self.subject), 0, "chosen", typed=typed)
            return self.call_path.inside[typed]
        self._tell("attendant", self._name(self.subject), 0, "wrong-choice", typed=typed or "-")
        return otherwise

    def _leave_message(self, step: LeaveMessage) -> NodeId | None:
        box: VoicemailBox
        match step.box:
            case ToVoicemail(None):
                owner, box = self.office.site.company_name, self.office.company_voicemail
            case ToVoicemail(extension_id):
                extension = self.office.extension(extension_id or "")
                owner = extension.name
                box = extension.voicemail or self.office.company_voicemail
            case ToSharedVoicemail(box_id):
                shared = self.office.shared_voicemail(box_id)
                owner, box = shared.name, shared.box
        if box.takes_messages:
            return self._finish("voicemail", owner, "leaves-message")
        self._tell("voicemail", owner, 0, "greeting-only")
        return None

    def _reachable(self, targets: Sequence[RingTarget]) -> tuple[list[RingTarget], list[RingTarget]]:
        """Return the targets that can be reached, and those of them that are not told to be left alone."""
        up: list[RingTarget] = []
        free: list[RingTarget] = []
        for target in targets:
            if isinstance(target, ExtensionPhones) and target.extension_id in self.now.down:
                continue
            if isinstance(target, OutsidePhone) and not self._has_line(target.number.e164):
                continue
            up.append(target)
            if not (isinstance(target, ExtensionPhones) and target.extension_id in self.now.do_not_disturb):
                free.append(target)
        return up, free

    def _has_line(self, called: str) -> bool:
        return any(trunk_id not in self.now.dark_lines for trunk_id in trunk_order(self.office, called, self.now))

    def _is_busy(self, target: RingTarget) -> bool:
        return isinstance(target, ExtensionPhones) and target.extension_id in self.now.busy

    def _who(self, targets: Sequence[RingTarget]) -> str:
        return ", ".join(
            self.office.extension(target.extension_id).number.digits
            if isinstance(target, ExtensionPhones)
            else target.number.e164
            for target in targets
        )

    def _shown(self) -> dict[str, str]:
        return {"label": self.label} if self.label else {}

    def _said(self, said: Said) -> str:
        return self.office.prompt(said.id).name if isinstance(said, OfficePrompt) else said.name

    def _finish(self, kind: str, name: str, why: str) -> NodeId:
        self._tell(kind, name, 0, why)
        self.ends = f"{kind}:{name}" if name else kind
        return _OVER

    def _tell_subject(self, seconds: int, why: str, **facts: str) -> None:
        self._tell(self.subject.kind.value, self._name(self.subject), seconds, why, **facts)

    def _tell(self, kind: str, name: str, seconds: int, why: str, **facts: str) -> None:
        until = self.second + seconds
        self.steps.append(
            ExplainedStep(
                kind=kind,
                name=name,
                at_second=self.second,
                until_second=until,
                why=why,
                facts=facts,
                subject=self.subject,
            )
        )
        self.second = until

    def _name(self, subject: NodeId) -> str:
        return subject_name(self.office, subject)


def subject_name(office: Office, subject: NodeId) -> str:
    """Return the name people know a subject by."""
    match subject.kind:
        case NodeKind.EXTENSION:
            return office.extension(subject.id).name
        case NodeKind.RING_GROUP:
            return office.ring_group(subject.id).name
        case NodeKind.CALL_PLAN:
            return office.call_plan(subject.id).name
        case NodeKind.ATTENDANT | NodeKind.CLOSED_ATTENDANT:
            return office.attendant(subject.id).name
        case NodeKind.BACKUP_ROUTE:
            return office.backup_route(subject.id).name
        case NodeKind.MODE_KEY:
            return office.mode_key(subject.id).name
        case NodeKind.SPEED_DIAL:
            return office.speed_dial(subject.id).name
        case NodeKind.SHARED_VOICEMAIL:
            return office.shared_voicemail(subject.id).name
        case NodeKind.VOICEMAIL:
            return office.extension(subject.id).name if subject.id else office.site.company_name
        case NodeKind.NUMBER:
            return office.number(subject.id).number.e164
        case NodeKind.PROMPT:
            return office.prompt(subject.id).name
        case NodeKind.CALL_FILTER:
            return office.call_filter(subject.id).name
        case NodeKind.CALLER_RULE:
            return office.caller_rule(subject.id).name
        case NodeKind.PUBLIC_HOLIDAYS:
            return office.public_holidays_of(subject.id).name
        case NodeKind.CLOSURE:
            return office.closure(subject.id).name
        case NodeKind.TEAM:
            return office.team(subject.id).name
        case _:
            return subject.id


def trunk_order(office: Office, called: str, now: Circumstances) -> tuple[str, ...]:
    """Return the trunks a call to this number (E.164) tries, in order."""
    routes: dict[str, tuple[str, ...]] = {"+": tuple(trunk.id for trunk in office.trunks)}
    for route in reversed(office.outbound_routes):
        hours = route.opening_hours_id
        if hours is None or office.opening_hours_of(hours).is_open(now.at):
            routes |= dict.fromkeys(route.beginnings, route.trunk_ids())
    return longest_beginning(routes, called)


_OVER = NodeId(NodeKind.NO_NUMBER, part="over")


def _key(target: RingTarget) -> str:
    return target.extension_id if isinstance(target, ExtensionPhones) else target.number.e164

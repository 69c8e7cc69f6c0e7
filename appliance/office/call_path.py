"""The call path: the graph of steps and conditions every call runs through, made from the office.

It has two readers: `explain.walk` tells what a call will do, `compiler/dialplan` writes it for the switch.
A *subject* is a named run of steps (one ring group, one number); a step either hands the call to another
subject, ends it, or lets the next step have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.backup_route import BackupRoute
from appliance.office.destination import (
    Destination,
    HangUp,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToVoicemail,
)
from appliance.office.number import Number
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.ring_group import HuntPolicy, RingGroup
from appliance.office.voicemail import COMPANY_VOICEMAIL_NUMBER, LISTEN_NUMBER

OUTSIDE_RING_SECONDS = 60  # longer than the 30 s of a mobile operator's own voicemail
ECHO_TEST_NUMBER = "*43"  # the box hears itself: audio both ways
DIGIT_TEST_NUMBER = "*44"  # four digits sent come back as digits: DTMF both ways


class SubjectKind(StrEnum):
    """What a run of steps is about."""

    EMERGENCY = "emergency"
    EXTENSION = "extension"
    RING_GROUP = "ring_group"
    NUMBER = "number"
    CLOSED = "closed"
    BACKUP_ROUTE = "backup_route"
    OUTSIDE_NUMBER = "outside_number"
    VOICEMAIL = "voicemail"
    MESSAGES = "messages"
    ECHO_TEST = "echo_test"
    DIGIT_TEST = "digit_test"


@dataclass(frozen=True, slots=True, order=True)
class SubjectId:
    """Names one subject; `id` is the object's id, empty where the office has only one of its kind."""

    kind: SubjectKind
    id: str = ""


class EndReason(StrEnum):
    """Why a call ends without anyone having answered."""

    NO_ANSWER = "no_answer"
    ASKED = "hang_up"
    NO_COMPANY_NUMBER = "no_company_number"
    NO_LINE = "no_line"


@dataclass(frozen=True, slots=True)
class WatchBackup:
    """From here on, a call for which no phone can be rung goes to this subject at once."""

    backup: SubjectId


@dataclass(frozen=True, slots=True)
class CheckReachable:
    """Go on if any of these extensions has a phone that answers the switch, else to `otherwise`."""

    extension_ids: tuple[str, ...]
    otherwise: SubjectId


@dataclass(frozen=True, slots=True)
class CheckOpen:
    """Go on while these opening hours say open, else to `otherwise`."""

    opening_hours_id: str
    otherwise: SubjectId


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring all phones of these extensions together; go on when nobody answers."""

    extension_ids: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class CallOutside:
    """Call a number (None: the one dialled) by the first trunk that takes it; go on when nobody answers."""

    number: PhoneNumber | None
    trunk_ids: tuple[str, ...]
    seconds: int


@dataclass(frozen=True, slots=True)
class CallEmergency:
    """Call the emergency number as dialled, unchanged, by the first trunk that takes it."""

    trunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """Record a message for an extension, or the company (None)."""

    extension_id: str | None


@dataclass(frozen=True, slots=True)
class ListenToMessages:
    """Play the caller's own messages."""


@dataclass(frozen=True, slots=True)
class Echo:
    """Send back what is heard."""


@dataclass(frozen=True, slots=True)
class ReturnDigits:
    """Read four digits and send them back."""


@dataclass(frozen=True, slots=True)
class Continue:
    """Hand the call to another subject."""

    subject: SubjectId


@dataclass(frozen=True, slots=True)
class End:
    """End the call."""

    reason: EndReason


Step = (
    WatchBackup
    | CheckReachable
    | CheckOpen
    | Ring
    | CallOutside
    | CallEmergency
    | LeaveMessage
    | ListenToMessages
    | Echo
    | ReturnDigits
    | Continue
    | End
)


@dataclass(frozen=True, slots=True)
class CallPath:
    """All subjects of an office and the numbers that lead into them.

    `inside`: what a phone of the office may dial, exact. `emergency`: numbers that go out as dialled, before
    all else. `outside`: the numbers dialled from outside. A number of the public network dialled inside, in
    any national or international form, leads to the subject OUTSIDE_NUMBER without id.
    """

    subjects: Mapping[SubjectId, tuple[Step, ...]]
    inside: Mapping[str, SubjectId]
    emergency: tuple[str, ...]
    outside: Mapping[PhoneNumber, SubjectId]


OUTGOING = SubjectId(SubjectKind.OUTSIDE_NUMBER)
EMERGENCY = SubjectId(SubjectKind.EMERGENCY)
COMPANY_VOICEMAIL = SubjectId(SubjectKind.VOICEMAIL)


def build_call_path(office: Office) -> CallPath:
    """Make the graph; the office must have no errors (office/checks.py)."""
    trunk_ids = tuple(trunk.id for trunk in office.trunks)
    subjects: dict[SubjectId, tuple[Step, ...]] = {
        EMERGENCY: (CallEmergency(trunk_ids), End(EndReason.NO_LINE)),
        OUTGOING: _outgoing(office, trunk_ids),
        COMPANY_VOICEMAIL: (LeaveMessage(None),),
        SubjectId(SubjectKind.MESSAGES): (ListenToMessages(),),
        SubjectId(SubjectKind.ECHO_TEST): (Echo(),),
        SubjectId(SubjectKind.DIGIT_TEST): (ReturnDigits(),),
    }
    inside: dict[str, SubjectId] = {
        COMPANY_VOICEMAIL_NUMBER.digits: COMPANY_VOICEMAIL,
        LISTEN_NUMBER: SubjectId(SubjectKind.MESSAGES),
        ECHO_TEST_NUMBER: SubjectId(SubjectKind.ECHO_TEST),
        DIGIT_TEST_NUMBER: SubjectId(SubjectKind.DIGIT_TEST),
    }
    for extension in office.extensions:
        subject = SubjectId(SubjectKind.EXTENSION, extension.id)
        end: Step = LeaveMessage(extension.id) if extension.voicemail else End(EndReason.NO_ANSWER)
        subjects[subject] = (Ring((extension.id,), extension.ring_seconds), end)
        inside[extension.number.digits] = subject
        if extension.voicemail:
            subjects[SubjectId(SubjectKind.VOICEMAIL, extension.id)] = (LeaveMessage(extension.id),)
    for group in office.ring_groups:
        subject = SubjectId(SubjectKind.RING_GROUP, group.id)
        subjects[subject] = (*_ring_members(group), *_to(group.no_answer))
        inside[group.number.digits] = subject
    for route in office.backup_routes:
        subjects[SubjectId(SubjectKind.BACKUP_ROUTE, route.id)] = _backup_steps(route, trunk_ids)
    outside: dict[PhoneNumber, SubjectId] = {}
    for number in office.numbers:
        subject = SubjectId(SubjectKind.NUMBER, number.id)
        subjects[subject] = _number_steps(office, number)
        outside[number.number] = subject
        if number.opening_hours_id is not None:
            subjects[SubjectId(SubjectKind.CLOSED, number.id)] = _to(number.when_closed)
    for destination in _destinations(office):
        if isinstance(destination, ToOutsideNumber):
            called = CallOutside(destination.number, trunk_ids, OUTSIDE_RING_SECONDS)
            subjects[_outside_subject(destination)] = (called, End(EndReason.NO_ANSWER))
    return CallPath(subjects, inside, office.site.pack.emergency_numbers, outside)


def _outgoing(office: Office, trunk_ids: tuple[str, ...]) -> tuple[Step, ...]:
    if office.site.company_number is None:
        return (End(EndReason.NO_COMPANY_NUMBER),)
    return (CallOutside(None, trunk_ids, OUTSIDE_RING_SECONDS), End(EndReason.NO_LINE))


def _number_steps(office: Office, number: Number) -> tuple[Step, ...]:
    steps: list[Step] = []
    if number.backup_route_id is not None:
        route = office.backup_route(number.backup_route_id)
        backup = SubjectId(SubjectKind.BACKUP_ROUTE, route.id)
        watched = route.watched_extension_ids or tuple(extension.id for extension in office.extensions)
        steps += [WatchBackup(backup), CheckReachable(watched, otherwise=backup)]
    if number.opening_hours_id is not None:
        steps.append(CheckOpen(number.opening_hours_id, SubjectId(SubjectKind.CLOSED, number.id)))
    return (*steps, *_to(number.destination))


def _backup_steps(route: BackupRoute, trunk_ids: tuple[str, ...]) -> tuple[Step, ...]:
    if isinstance(route.destination, ToVoicemail):
        return _to(route.destination)
    # A mobile that is not answered still leaves the caller somewhere to speak.
    called = CallOutside(route.destination.number, trunk_ids, OUTSIDE_RING_SECONDS)
    return (called, Continue(COMPANY_VOICEMAIL))


def _ring_members(group: RingGroup) -> tuple[Step, ...]:
    if not group.member_ids:
        return ()
    if group.policy is HuntPolicy.RING_ALL:
        return (Ring(group.member_ids, group.ring_seconds),)
    return tuple(Ring((member,), group.ring_seconds) for member in group.member_ids)


def _to(destination: Destination) -> tuple[Step, ...]:
    match destination:
        case ToExtension(extension_id):
            return (Continue(SubjectId(SubjectKind.EXTENSION, extension_id)),)
        case ToRingGroup(ring_group_id):
            return (Continue(SubjectId(SubjectKind.RING_GROUP, ring_group_id)),)
        case ToVoicemail(extension_id):
            return (Continue(SubjectId(SubjectKind.VOICEMAIL, extension_id or "")),)
        case ToOutsideNumber():
            return (Continue(_outside_subject(destination)),)
        case HangUp():
            return (End(EndReason.ASKED),)


def _outside_subject(destination: ToOutsideNumber) -> SubjectId:
    return SubjectId(SubjectKind.OUTSIDE_NUMBER, destination.number.e164.removeprefix("+"))


def _destinations(office: Office) -> tuple[Destination, ...]:
    return (
        *(number.destination for number in office.numbers),
        *(number.when_closed for number in office.numbers),
        *(group.no_answer for group in office.ring_groups),
    )

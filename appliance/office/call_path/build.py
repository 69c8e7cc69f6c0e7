"""The graph of an office: every subject put together from the rooms that know theirs."""

from __future__ import annotations

from appliance.office.call_path import attendants, extensions, numbers, plans, ring_groups
from appliance.office.call_path.building import Building
from appliance.office.call_path.steps import (
    COMPANY_VOICEMAIL,
    EMERGENCY,
    NIGHT,
    NO_NUMBER,
    NOT_ALLOWED,
    OUTGOING,
    WHO_CALLS,
    CallEmergency,
    CallOutside,
    CallPath,
    CheckPermission,
    Continue,
    Echo,
    End,
    EndReason,
    LeaveMessage,
    ListenToMessages,
    NodeId,
    NodeKind,
    OfficePrompt,
    OwnSound,
    Play,
    ReturnDigits,
    Step,
    SwitchMode,
)
from appliance.office.destination import ToOutsideNumber, ToSharedVoicemail, ToVoicemail
from appliance.office.feature_codes import DIGIT_TEST_NUMBER, ECHO_TEST_NUMBER
from appliance.office.office import Office
from appliance.office.voicemail import LISTEN_NUMBER

OUTSIDE_RING_SECONDS = 60  # longer than the 30 s of a mobile operator's own voicemail


def build_call_path(office: Office) -> CallPath:
    """Make the graph; the office must have no errors (office/checks.py)."""
    building = Building(office)
    _common(building)
    _boxes(building)
    extensions.build(building)
    ring_groups.build(building)
    plans.build(building)
    attendants.build(building)
    numbers.build(building)
    _backup_routes(building)
    for key in office.mode_keys:
        subject = NodeId(NodeKind.MODE_KEY, key.id)
        building.add(subject, SwitchMode(key.id), number=key.number)
        building.add(subject.at("red"), *building.to(key.red))
    for dial in office.speed_dials:
        subject = NodeId(NodeKind.SPEED_DIAL, dial.id)
        called = CallOutside(dial.number, OUTSIDE_RING_SECONDS)
        may_call = CheckPermission(NOT_ALLOWED, WHO_CALLS, dial.number)
        building.add(subject, may_call, called, End(EndReason.NO_ANSWER), number=dial.short)
        is_confirmed = office.behaviour.confirms_plans
        by_itself = building.call_itself(dial.number, OUTSIDE_RING_SECONDS, is_confirmed=is_confirmed)
        building.add(subject.at("office"), by_itself, End(EndReason.NO_ANSWER))
    for prompt in office.prompts:
        subject = NodeId(NodeKind.PROMPT, prompt.id)
        building.add(subject, Play(OfficePrompt(prompt.id)), End(EndReason.ASKED))
    return building.finish()


def _common(building: Building) -> None:
    office = building.office
    trunk_ids = tuple(trunk.id for trunk in office.trunks)
    building.add(EMERGENCY, CallEmergency(trunk_ids), Play(OwnSound("emergency-no-line")), End(EndReason.NO_LINE))
    outgoing: tuple[Step, ...] = (End(EndReason.NO_COMPANY_NUMBER),)
    if office.site.company_number is not None:
        outgoing = (
            CheckPermission(NOT_ALLOWED),
            CallOutside(None, OUTSIDE_RING_SECONDS, is_forward=False),
            Play(OwnSound("no-line")),
            End(EndReason.NO_LINE),
        )
    building.add(OUTGOING, *outgoing)
    building.add(NOT_ALLOWED, Play(OwnSound("not-allowed")), End(EndReason.NOT_ALLOWED))
    building.add(NIGHT, *building.to(office.night.destination))
    building.add(NO_NUMBER, Play(OwnSound("number-unknown")), End(EndReason.NO_SUCH_NUMBER))
    building.add(NodeId(NodeKind.MESSAGES), ListenToMessages(), dialled=LISTEN_NUMBER)
    building.add(NodeId(NodeKind.ECHO_TEST), Echo(), dialled=ECHO_TEST_NUMBER)
    building.add(NodeId(NodeKind.DIGIT_TEST), ReturnDigits(), dialled=DIGIT_TEST_NUMBER)


def _boxes(building: Building) -> None:
    office = building.office
    company = ToVoicemail()
    building.add(
        COMPANY_VOICEMAIL,
        LeaveMessage(company),
        *building.after_greeting(office.company_voicemail),
        number=office.company_voicemail.number,
    )
    for shared in office.shared_voicemails:
        subject = NodeId(NodeKind.SHARED_VOICEMAIL, shared.id)
        message = LeaveMessage(ToSharedVoicemail(shared.id))
        building.add(subject, message, *building.after_greeting(shared.box), number=shared.number)


def _backup_routes(building: Building) -> None:
    for route in building.office.backup_routes:
        subject = NodeId(NodeKind.BACKUP_ROUTE, route.id)
        if isinstance(route.destination, ToOutsideNumber):
            # A mobile that is not answered still leaves the caller somewhere to speak.
            is_confirmed = building.office.behaviour.confirms_backup
            called = building.call_itself(route.destination.number, OUTSIDE_RING_SECONDS, is_confirmed=is_confirmed)
            building.add(subject, called, Continue(COMPANY_VOICEMAIL))
        else:
            building.add(subject, *building.to(route.destination))

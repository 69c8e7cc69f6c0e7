"""The graph while it is being made: subjects are added, destinations become steps."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.office.call_path.codes import codes, number_codes
from appliance.office.call_path.steps import (
    CallOutside,
    CallPath,
    CheckCaller,
    CheckTime,
    Continue,
    End,
    EndReason,
    NodeId,
    NodeKind,
    ShowLabel,
    Step,
)
from appliance.office.caller import CallFilter
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
from appliance.office.names import visible_label
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.team import Team
from appliance.office.voicemail import VoicemailBox

FORWARD_RING_SECONDS = 60


class Building:
    """Collects what the finished CallPath holds."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._subjects: dict[NodeId, tuple[Step, ...]] = {}
        self._inside: dict[str, NodeId] = {}
        self._outside: dict[PhoneNumber, NodeId] = {}
        self._labels: dict[NodeId, str] = {}
        self._team_of = {member: team for team in office.teams for member in team.member_ids}

    def add(
        self, subject: NodeId, *steps: Step, number: ExtensionNumber | None = None, dialled: str | None = None
    ) -> None:
        """Add a subject, and the short number or code that leads to it."""
        self._subjects[subject] = steps
        code = number.digits if number else dialled
        if code is not None:
            self._inside[code] = subject

    def team_of(self, extension_id: str) -> Team | None:
        """Return the team of an employee, None for one who is in none."""
        return self._team_of.get(extension_id)

    def enter(self, number: PhoneNumber, subject: NodeId) -> None:
        """Let a number of the office lead to a subject."""
        self._outside[number] = subject

    def label(self, subject: NodeId, text: str) -> tuple[Step, ...]:
        """Return the step that shows a label, none for an empty one."""
        shown = visible_label(text)
        if not shown:
            return ()
        self._labels[subject] = shown
        return (ShowLabel(subject),)

    def to(self, destination: Destination) -> tuple[Step, ...]:
        """Return the steps that take a call to a destination; they never let it go on."""
        if isinstance(destination, HangUp):
            return (End(EndReason.ASKED),)
        return (Continue(self.subject_of(destination)),)

    def subject_of(self, destination: Destination) -> NodeId:
        """Return the subject a destination leads to, making the one for a number outside when it is first met."""
        match destination:
            case ToExtension(extension_id):
                return NodeId(NodeKind.EXTENSION, extension_id)
            case ToRingGroup(ring_group_id):
                return NodeId(NodeKind.RING_GROUP, ring_group_id)
            case ToCallPlan(call_plan_id):
                return NodeId(NodeKind.CALL_PLAN, call_plan_id)
            case ToAttendant(attendant_id):
                return NodeId(NodeKind.ATTENDANT, attendant_id)
            case ToSpeedDial(speed_dial_id):
                return NodeId(NodeKind.SPEED_DIAL, speed_dial_id, "office")
            case ToVoicemail(extension_id):
                return NodeId(NodeKind.VOICEMAIL, extension_id or "")
            case ToSharedVoicemail(box_id):
                return NodeId(NodeKind.SHARED_VOICEMAIL, box_id)
            case PlayPrompt(prompt_id):
                return NodeId(NodeKind.PROMPT, prompt_id)
            case ToOutsideNumber(number):
                subject = NodeId(NodeKind.OUTSIDE_NUMBER, number.e164.removeprefix("+"))
                is_confirmed = self.office.behaviour.confirms_plans
                called = self.call_itself(number, FORWARD_RING_SECONDS, is_confirmed=is_confirmed)
                self._subjects[subject] = (called, End(EndReason.NO_ANSWER))
                return subject
            case HangUp():
                subject = NodeId(NodeKind.OUTSIDE_NUMBER, part="hangup")
                self._subjects[subject] = (End(EndReason.ASKED),)
                return subject

    def call_itself(self, number: PhoneNumber, seconds: int, *, is_confirmed: bool = False) -> CallOutside:
        """Return the step by which the office calls a number that nobody has dialled."""
        is_barred = not self.office.may_call_itself(number)
        return CallOutside(number, seconds, is_confirmed=is_confirmed, is_barred=is_barred)

    def after_greeting(self, box: VoicemailBox) -> tuple[Step, ...]:
        """Return what follows the greeting of a box that takes no messages."""
        return () if box.takes_messages else self.to(box.after_greeting or HangUp())

    def while_open(self, opening_hours_id: str, then: NodeId) -> Iterator[Step]:
        """Return the steps that take a call to `then`, or where a period says, while these hours say open."""
        hours = self.office.opening_hours_of(opening_hours_id)
        for test, destination in hours.plan_tests():
            yield CheckTime("opening_hours", hours.name, (test,), self.subject_of(destination), "open-plan")
        yield CheckTime("opening_hours", hours.name, hours.tests(), then, "open", "closed")

    def filter_steps(self, filter_id: str) -> Iterator[Step]:
        """Return the steps that send away the callers a filter means."""
        call_filter = self.office.call_filter(filter_id)
        subject = NodeId(NodeKind.CALL_FILTER, call_filter.id)
        for position, period in enumerate(call_filter.periods, start=1):
            yield from self._while_open(call_filter, period.opening_hours_id, subject.at(f"period{position}"))
        if call_filter.opening_hours_id is None:
            yield CheckCaller(call_filter.callers, subject)
        else:
            yield from self._while_open(call_filter, call_filter.opening_hours_id, subject)

    def _while_open(self, call_filter: CallFilter, opening_hours_id: str, then: NodeId) -> Iterator[Step]:
        if hours := self.office.opening_hours_of(opening_hours_id).every_test():
            yield CheckCaller(call_filter.callers, then, hours)

    def finish(self) -> CallPath:
        """Return the graph."""
        emergency = self.office.site.pack.emergency_numbers
        prefixes = frozenset(prefix.prefix for prefix in self.office.dialling_prefixes)
        return CallPath(
            subjects=self._subjects,
            inside=self._inside,
            emergency=emergency,
            outside=self._outside,
            labels=self._labels,
            codes=codes(self.office),
            number_codes=number_codes(self.office),
            prefixes=prefixes,
        )

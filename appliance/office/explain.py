"""Tell what a call would do, step by step and second by second, without dialling.

Walks the same graph the switch's dial plan is written from (call_path.py); nobody is assumed to answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import assert_never

from appliance.office.call_path import (
    CallEmergency,
    CallOutside,
    CallPath,
    CheckOpen,
    CheckReachable,
    Continue,
    Echo,
    End,
    LeaveMessage,
    ListenToMessages,
    ReturnDigits,
    Ring,
    Step,
    SubjectId,
    SubjectKind,
    WatchBackup,
)
from appliance.office.office import Office

MOST_STEPS = 200  # a loop between subjects is a fault of the office (checks.py); this keeps a walk finite


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedStep:
    """One thing that happens; `why` names a text, `facts` fill its gaps."""

    kind: str
    name: str
    at_second: int
    until_second: int
    why: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The steps in order, and where the call ends, e.g. `voicemail:Company`."""

    steps: tuple[ExplainedStep, ...]
    ends: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """The moment (local time) and the extensions that no phone answers for, or that are talking."""

    at: datetime
    down: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()


def walk(office: Office, call_path: CallPath, entry: SubjectId, number: str, now: Circumstances) -> Explanation:
    """Follow a call that entered at `entry`; `number` is what was dialled, for steps that send it on."""
    walker = _Walker(office, now, number)
    subject: SubjectId | None = entry
    while subject is not None and len(walker.steps) < MOST_STEPS:
        subject = walker.run(subject, call_path.subjects[subject])
    return Explanation(tuple(walker.steps), walker.ends)


class _Walker:
    def __init__(self, office: Office, now: Circumstances, number: str) -> None:
        self.office = office
        self.now = now
        self.number = number
        self.second = 0
        self.backup: SubjectId | None = None
        self.steps: list[ExplainedStep] = []
        self.ends = "hang_up:no_answer"

    def run(self, subject: SubjectId, steps: tuple[Step, ...]) -> SubjectId | None:
        """Return the subject that takes over, or None where the call ends."""
        for step in steps:
            match step:
                case WatchBackup(backup):
                    self.backup = backup
                case CheckReachable(extension_ids, otherwise):
                    if all(extension_id in self.now.down for extension_id in extension_ids):
                        self._tell("backup_route", self._name(otherwise), 0, "phones-gone")
                        return otherwise
                case CheckOpen(opening_hours_id, otherwise):
                    hours = self.office.opening_hours_of(opening_hours_id)
                    is_open = hours.is_open(self.now.at)
                    self._tell("opening_hours", hours.name, 0, "open" if is_open else "closed")
                    if not is_open:
                        return otherwise
                case Ring():
                    if not self._ring(subject, step) and self.backup is not None:
                        self._tell("backup_route", self._name(self.backup), 0, "nobody-reachable")
                        return self.backup
                case CallOutside(number, trunk_ids, seconds):
                    called = number.e164 if number else self.number
                    if trunk_ids:
                        line = self.office.trunk(trunk_ids[0]).name
                        self._tell("outside_number", called, seconds, "calls-outside", line=line)
                    else:
                        self._tell("outside_number", called, 0, "no-line")
                case CallEmergency(trunk_ids):
                    line = self.office.trunk(trunk_ids[0]).name if trunk_ids else "-"
                    self._tell("emergency", self.number, 0, "emergency", line=line)
                    if trunk_ids:
                        self.ends = f"emergency:{self.number}"
                        return None
                case LeaveMessage(extension_id):
                    owner = self.office.extension(extension_id).name if extension_id else "Company"
                    self._finish("voicemail", owner, "leaves-message")
                    return None
                case ListenToMessages():
                    self._finish("messages", "", "listens")
                    return None
                case Echo():
                    self._finish("echo_test", "", "echo")
                    return None
                case ReturnDigits():
                    self._finish("digit_test", "", "digits")
                    return None
                case Continue(next_subject):
                    return next_subject
                case End(reason):
                    self._finish("hang_up", reason.value, "ends")
                    return None
                case _:
                    assert_never(step)
        return None

    def _ring(self, subject: SubjectId, step: Ring) -> bool:
        up = [extension_id for extension_id in step.extension_ids if extension_id not in self.now.down]
        free = [extension_id for extension_id in up if extension_id not in self.now.busy]
        names = ", ".join(self.office.extension(extension_id).number.digits for extension_id in free)
        if free:
            self._tell(subject.kind.value, self._name(subject), step.seconds, "rings", who=names)
        else:
            self._tell(subject.kind.value, self._name(subject), 0, "busy" if up else "unreachable")
        return bool(up)

    def _finish(self, kind: str, name: str, why: str) -> None:
        self._tell(kind, name, 0, why)
        self.ends = f"{kind}:{name}" if name else kind

    def _tell(self, kind: str, name: str, seconds: int, why: str, **facts: str) -> None:
        until = self.second + seconds
        self.steps.append(
            ExplainedStep(kind=kind, name=name, at_second=self.second, until_second=until, why=why, facts=facts)
        )
        self.second = until

    def _name(self, subject: SubjectId) -> str:
        match subject.kind:
            case SubjectKind.EXTENSION:
                return self.office.extension(subject.id).name
            case SubjectKind.RING_GROUP:
                return self.office.ring_group(subject.id).name
            case SubjectKind.BACKUP_ROUTE:
                return self.office.backup_route(subject.id).name
            case _:
                return subject.id

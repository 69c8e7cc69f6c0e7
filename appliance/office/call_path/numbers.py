"""Numbers of the office: what is asked before a call from outside reaches its plan."""

from __future__ import annotations

from collections.abc import Iterator

from appliance.office.behaviour import BackupCheck
from appliance.office.call_path.building import FORWARD_RING_SECONDS, Building
from appliance.office.call_path.steps import (
    COMPANY_VOICEMAIL,
    THE_OFFICE,
    CallOutside,
    CheckCaller,
    CheckMode,
    CheckPermission,
    CheckReachable,
    CheckTime,
    ChooseRingTone,
    Continue,
    End,
    EndReason,
    FollowNumberForward,
    NodeId,
    NodeKind,
    OfficePrompt,
    Play,
    RingBackEmergency,
    Speak,
    Step,
    WatchBackup,
)
from appliance.office.destination import Destination, HangUp
from appliance.office.number import Number
from appliance.office.schedule import Handling, OnHoliday, Schedule

EMERGENCY_RING_BACK_SECONDS = 30


def build(building: Building) -> None:
    """Add every number, and what its filters, rules, holidays and closures lead to."""
    office = building.office
    for call_filter in office.call_filters:
        subject = NodeId(NodeKind.CALL_FILTER, call_filter.id)
        building.add(subject, *_sent_away(building, call_filter.destination))
        for position, period in enumerate(call_filter.periods, start=1):
            building.add(subject.at(f"period{position}"), *_sent_away(building, period.destination))
    for rule in office.caller_rules:
        building.add(NodeId(NodeKind.CALLER_RULE, rule.id), *building.to(rule.destination))
    for days in office.public_holidays:
        building.add(NodeId(NodeKind.PUBLIC_HOLIDAYS, days.id), *building.to(days.destination))
    for closure in office.closures:
        building.add(NodeId(NodeKind.CLOSURE, closure.id), *building.to(closure.destination))
    for number in office.numbers:
        _add(building, number)


def _add(building: Building, number: Number) -> None:
    office = building.office
    subject = NodeId(NodeKind.NUMBER, number.id)
    building.enter(number.number, subject)
    check = office.behaviour.backup_check
    steps: list[Step] = [RingBackEmergency(number.number, EMERGENCY_RING_BACK_SECONDS)]
    if number.language:
        steps.append(Speak(number.language))
    steps += building.label(subject, number.label)
    if number.ring_tone:
        steps.append(ChooseRingTone(number.ring_tone))
    steps.append(FollowNumberForward(number.id, subject.at("forwarded")))
    for filter_id in number.filter_ids:
        steps += building.filter_steps(filter_id)
    if check is BackupCheck.BEFORE_SCHEDULES:
        steps += _backup(number)
    rules = [_rule_step(building, rule_id) for rule_id in number.caller_rule_ids]
    if not number.caller_rules_last:
        steps += rules
    for closing in _closings(building, number):
        steps.append(closing)
    if number.opening_hours_id is not None:
        steps += building.while_open(number.opening_hours_id, subject.at("hours"))
        steps += building.to(number.when_closed)
    else:
        steps.append(Continue(subject.at("hours")))
    building.add(subject, *steps)

    within: list[Step] = []
    if number.schedule_id is not None:
        within += _schedule(building, office.schedule(number.schedule_id), subject)
    else:
        within.append(Continue(subject.at("open")))
    building.add(subject.at("hours"), *within)

    is_open: list[Step] = list(rules) if number.caller_rules_last else []
    if check is BackupCheck.AFTER_SCHEDULES:
        is_open += _backup(number)
    if number.mode_key_id is not None:
        key = office.mode_key(number.mode_key_id)
        green = building.subject_of(key.green) if key.green is not None else None
        is_open.append(CheckMode(key.id, NodeId(NodeKind.MODE_KEY, key.id, "red"), green))
    building.add(subject.at("open"), *is_open, *building.to(number.destination))
    called = CallOutside(None, FORWARD_RING_SECONDS, is_confirmed=office.behaviour.confirms_plans)
    # Whoever set the forward may call more; the office pays for what comes of it.
    may_call = CheckPermission(COMPANY_VOICEMAIL, THE_OFFICE)
    building.add(subject.at("forwarded"), may_call, called, Continue(COMPANY_VOICEMAIL))


def _sent_away(building: Building, destination: Destination) -> tuple[Step, ...]:
    return (End(EndReason.REFUSED),) if isinstance(destination, HangUp) else building.to(destination)


def _backup(number: Number) -> tuple[Step, ...]:
    if number.backup_route_id is None:
        return ()
    return (WatchBackup(number.backup_route_id), CheckReachable(number.backup_route_id))


def _rule_step(building: Building, rule_id: str) -> Step:
    rule = building.office.caller_rule(rule_id)
    return CheckCaller(rule.callers, NodeId(NodeKind.CALLER_RULE, rule.id))


def _closings(building: Building, number: Number) -> Iterator[Step]:
    if number.public_holidays_id is not None:
        days = building.office.public_holidays_of(number.public_holidays_id)
        then = NodeId(NodeKind.PUBLIC_HOLIDAYS, days.id)
        yield CheckTime("public_holidays", days.name, (OnHoliday(days.id),), then, "holiday")
    for closure_id in number.closure_ids:
        closure = building.office.closure(closure_id)
        then = NodeId(NodeKind.CLOSURE, closure.id)
        yield CheckTime("closure", closure.name, (closure.test(),), then, "closure")


def _schedule(building: Building, schedule: Schedule, subject: NodeId) -> Iterator[Step]:
    for position, event in enumerate(schedule.events, start=1):
        part = subject.at(f"event{position}")
        name = f"{schedule.name}: {event.name}"
        if event.handling is Handling.OPEN:
            yield CheckTime("schedule", name, (event.test,), subject.at("open"), "event-open")
            continue
        building.add(part, *_handled(building, event.handling, event.destination, event.prompt_id))
        yield CheckTime("schedule", name, (event.test,), part, f"event-{event.handling.value}")
    if schedule.default is Handling.OPEN:
        yield Continue(subject.at("open"))
    else:
        yield from _handled(building, schedule.default, schedule.default_destination, schedule.default_prompt_id)


def _handled(
    building: Building, handling: Handling, destination: Destination, prompt_id: str | None
) -> tuple[Step, ...]:
    said: tuple[Step, ...] = (Play(OfficePrompt(prompt_id)),) if prompt_id else ()
    if handling is Handling.FORWARD:
        return (*said, *building.to(destination))
    return (*said, End(EndReason.ASKED))

"""Call plans: the manager's steps, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from appliance.office.call_path.building import Building
from appliance.office.call_path.ring_groups import ring_members
from appliance.office.call_path.steps import (
    CheckCaller,
    CheckMode,
    CheckTime,
    End,
    EndReason,
    ExtensionPhones,
    NodeId,
    NodeKind,
    OfficePrompt,
    Play,
    Ring,
    Step,
)
from appliance.office.call_plan import (
    CallNumber,
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    CheckOpeningHours,
    GoTo,
    PlanStep,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)


def build(building: Building) -> None:
    """Add every call plan."""
    for plan in building.office.call_plans:
        subject = NodeId(NodeKind.CALL_PLAN, plan.id)
        _add(building, plan, subject, 0)


def _add(building: Building, plan: CallPlan, subject: NodeId, first: int) -> None:
    """Add the steps from `first` on; opening hours split a plan in two parts, before and after."""
    steps: list[Step] = []
    for position in range(first, len(plan.steps)):
        step = plan.steps[position]
        if isinstance(step, CheckOpeningHours):
            following = NodeId(NodeKind.CALL_PLAN, plan.id, f"step{position + 2}")
            hours = building.office.opening_hours_of(step.opening_hours_id)
            for test, destination in hours.plan_tests():
                own = building.subject_of(destination)
                steps.append(CheckTime("opening_hours", hours.name, (test,), own, "open-plan"))
            steps.append(CheckTime("opening_hours", hours.name, hours.tests(), following, "open", "closed"))
            steps += building.to(step.when_closed)
            _add(building, plan, following, position + 1)
            break
        steps += _steps(building, step)
    else:
        steps.append(End(EndReason.NO_ANSWER))
    number = plan.number if first == 0 else None
    building.add(subject, *steps, number=number)


def _steps(building: Building, step: PlanStep) -> Iterator[Step]:
    office = building.office
    is_confirmed = office.behaviour.confirms_plans
    match step:
        case RingExtension(extension_id, seconds):
            yield Ring((ExtensionPhones(extension_id),), seconds)
        case RingTheGroup(ring_group_id, seconds):
            yield from ring_members(building, office.ring_group(ring_group_id), seconds)
        case CallNumber(number, seconds):
            yield building.call_itself(number, seconds, is_confirmed=is_confirmed)
        case CallSpeedDial(speed_dial_id, seconds):
            yield building.call_itself(office.speed_dial(speed_dial_id).number, seconds, is_confirmed=is_confirmed)
        case SayPrompt(prompt_id):
            yield Play(OfficePrompt(prompt_id))
        case CheckModeKey(mode_key_id):
            yield CheckMode(mode_key_id, NodeId(NodeKind.MODE_KEY, mode_key_id, "red"), None)
        case CheckCallerRule(caller_rule_id):
            rule = office.caller_rule(caller_rule_id)
            yield CheckCaller(rule.callers, NodeId(NodeKind.CALLER_RULE, rule.id))
        case GoTo(destination):
            yield from building.to(destination)
        case CheckOpeningHours():
            raise AssertionError("opening hours split a plan before its steps are asked for")
        case _:
            assert_never(step)

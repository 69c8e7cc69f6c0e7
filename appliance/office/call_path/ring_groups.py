"""Ring groups: all members at once, or one after another."""

from __future__ import annotations

from appliance.office.call_path.building import Building
from appliance.office.call_path.steps import (
    CheckNight,
    ChooseRingTone,
    End,
    EndReason,
    ExtensionPhones,
    Hunt,
    NodeId,
    NodeKind,
    OutsidePhone,
    Ring,
    RingTarget,
    Step,
)
from appliance.office.night import NightChoice
from appliance.office.ring_group import HuntPolicy, RingGroup


def build(building: Building) -> None:
    """Add every ring group."""
    for group in building.office.ring_groups:
        subject = NodeId(NodeKind.RING_GROUP, group.id)
        steps: list[Step] = []
        if group.night is not NightChoice.OFF:
            steps.append(CheckNight(group.night))
        on_busy = subject.at("busy") if group.gives_busy_tone else None
        on_unreachable = subject.at("unreachable") if group.unreachable is not None else None
        steps += ring_members(building, group, group.wait_seconds, on_busy, on_unreachable)
        building.add(subject, *steps, *building.to(group.no_answer), number=group.number)
        building.add(subject.at("busy"), End(EndReason.BUSY))
        if group.unreachable is not None:
            building.add(subject.at("unreachable"), *building.to(group.unreachable))


def ring_members(
    building: Building,
    group: RingGroup,
    wait_seconds: int | None,
    on_busy: NodeId | None = None,
    on_unreachable: NodeId | None = None,
) -> tuple[Step, ...]:
    """Return the steps that ring a group's members for so long (None: as the group says).

    Members outside whom the office may not call are left out.
    """
    targets: tuple[RingTarget, ...] = (
        *(ExtensionPhones(member) for member in group.member_ids),
        *(
            OutsidePhone(number, group.outgoing_number)
            for number in group.outside_members
            if building.office.may_call_itself(number)
        ),
    )
    if not targets:
        return ()
    tone: tuple[Step, ...] = (ChooseRingTone(group.ring_tone),) if group.ring_tone else ()
    if group.policy is HuntPolicy.RING_ALL:
        return (*tone, Ring(targets, wait_seconds or group.ring_seconds, on_busy, on_unreachable))
    return (
        *tone,
        Hunt(group.id, targets, group.policy, group.ring_seconds, wait_seconds, on_busy, on_unreachable),
    )

"""Extensions: filters, night mode, the team's hours, forwarding, ringing, voicemail, in that order."""

from __future__ import annotations

from appliance.office.call_path.building import FORWARD_RING_SECONDS, Building
from appliance.office.call_path.steps import (
    NOT_ALLOWED,
    CallOutside,
    CheckNight,
    CheckPermission,
    Continue,
    End,
    EndReason,
    ExtensionPhones,
    FollowForward,
    Greeting,
    LeaveMessage,
    NodeId,
    NodeKind,
    Ring,
    Step,
)
from appliance.office.destination import ToVoicemail
from appliance.office.extension import Extension
from appliance.office.forwarding import ForwardCase
from appliance.office.night import NightChoice


def build(building: Building) -> None:
    """Add every extension and its box."""
    for extension in building.office.extensions:
        _add(building, extension)
    for team in building.office.teams:
        building.add(NodeId(NodeKind.TEAM, team.id), *building.to(team.when_closed))


def _add(building: Building, extension: Extension) -> None:
    subject = NodeId(NodeKind.EXTENSION, extension.id)
    forwarded = subject.at("forwarded")
    rules = extension.voicemail_rules
    message = NodeId(NodeKind.VOICEMAIL, extension.id)

    def case(which: ForwardCase) -> Step:
        return FollowForward(extension.id, which, forwarded)

    def or_message(is_taken: bool, part: str, reason: EndReason) -> Step:
        return Continue(message.at(part)) if extension.voicemail and is_taken else End(reason)

    before: list[Step] = []
    for filter_id in extension.filter_ids:
        before += building.filter_steps(filter_id)
    if extension.night is not NightChoice.OFF:
        before.append(CheckNight(extension.night))
    own = [case(ForwardCase.ALWAYS)]
    if extension.voicemail and rules.all_calls:
        own.append(Continue(message))
    else:
        own.append(
            Ring(
                (ExtensionPhones(extension.id),),
                extension.ring_seconds,
                on_busy=subject.at("busy"),
                on_unreachable=subject.at("unreachable"),
                seconds_if_forwarded=extension.forwarding.ring_seconds,
            )
        )
        own += [case(ForwardCase.NO_ANSWER), or_message(rules.no_answer, "", EndReason.NO_ANSWER)]
    team = building.team_of(extension.id)
    if team is not None:
        working = subject.at("open")
        building.add(working, *own)
        own = [*building.while_open(team.opening_hours_id, working), Continue(NodeId(NodeKind.TEAM, team.id))]
    building.add(subject, *before, *own, number=extension.number)
    building.add(subject.at("busy"), case(ForwardCase.BUSY), or_message(rules.busy, "busy", EndReason.BUSY))
    unreachable = or_message(rules.no_answer, "", EndReason.NO_ANSWER)
    building.add(subject.at("unreachable"), case(ForwardCase.UNREACHABLE), unreachable)
    # Who is forwarded to a number they may not call reaches nobody: the forward's owner pays for it.
    called = CallOutside(None, FORWARD_RING_SECONDS, is_confirmed=building.office.behaviour.confirms_plans)
    after = or_message(rules.no_answer, "", EndReason.NO_ANSWER)
    building.add(forwarded, CheckPermission(NOT_ALLOWED, extension.id), called, after)
    if extension.voicemail:
        box = ToVoicemail(extension.id)
        rest = building.after_greeting(extension.voicemail)
        building.add(message, LeaveMessage(box), *rest)
        building.add(message.at("busy"), LeaveMessage(box, Greeting.BUSY), *rest)

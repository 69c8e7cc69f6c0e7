"""A call as a story that can be compared: who rang, in what order, for how long, and where it ended."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from appliance.office.circumstances import Circumstances
from appliance.office.explain import Explanation
from appliance.office.office import Office
from tests.switch_bench.bench import SwitchBench
from tests.switch_bench.call import Call, CallState
from tests.switch_bench.diary import Event, What

TOGETHER_SECONDS = 0.5  # phones that begin to ring within this are rung together
ROUNDING_SECONDS = 1.2  # a hunt's waiting time is counted in whole seconds by the switch
ASKING = ("BackGround", "WaitExten", "Read")
MESSAGE = "VoiceMail"
END_CODES = {
    "no_answer": ("480",),
    "busy": ("486",),
    "hang_up": ("603", "480"),
    "refused": ("403", "603"),
    "not_allowed": ("403", "603"),
    "no_line": ("503",),
    "no_such_number": ("404",),
    "no_company_number": ("403", "603"),
    "too_many_forwards": ("603",),
}
_BY_THE_SWITCH = "hung up there"


@dataclass(frozen=True, slots=True)
class Rung:
    """These rang together for so long (None: longer than was looked)."""

    who: frozenset[str]
    seconds: float | None


@dataclass(slots=True)
class Story:
    """`end` is `voicemail BOX`, or `over`, with `codes` that the caller may have been told; empty: not reached."""

    rung: list[Rung] = field(default_factory=list)
    end: str = ""
    codes: tuple[str, ...] = ()


def told(office: Office, explanation: Explanation) -> Story:
    """Return what the explanation says will happen."""
    story = Story()
    answered = False
    for step in explanation.steps:
        seconds = step.until_second - step.at_second
        if step.why == "rings":
            story.rung.append(Rung(frozenset(step.facts["who"].split(", ")), seconds))
        elif step.why == "calls-outside":
            story.rung.append(Rung(frozenset({step.name}), seconds))
        elif step.why in {"asks", "greeting-only"}:
            answered = True
    kind, _, name = explanation.ends.partition(":")
    if kind == "voicemail":
        story.end = f"voicemail {_box_name(office, explanation)}"
    else:
        story.end = "over"
        story.codes = (_BY_THE_SWITCH,) if answered else END_CODES.get(name, ())
    return story


def happened(bench: SwitchBench, call: Call, now: Circumstances, *, seconds: float) -> Story:
    """Watch a call until it ends, leaves a message, or the time is over; then end it."""
    began = bench.diary.last
    keys = list(now.keys)
    limit = time.monotonic() + seconds
    story = Story()
    pressed: tuple[str, str, str] | None = None
    while time.monotonic() < limit:
        if call.state is CallState.ENDED:
            story.end, story.codes = "over", (call.ended_with,)
            break
        channel = _callers_channel(bench, call)
        if channel is not None:
            application = channel.get("Application", "")
            if application == MESSAGE:
                story.end = f"voicemail {channel['ApplicationData'].partition('@')[0]}"
                break
            place = (channel.get("Context", ""), channel.get("Extension", ""), channel.get("Priority", ""))
            if application in ASKING and keys and call.state is CallState.ANSWERED:
                if pressed != place or application == ASKING[0]:
                    typed = keys.pop(0)
                    call.send_digits(typed + "#" if application == "Read" else typed[:1])
                    pressed = place
                    _wait_until_heard(bench, call, place)
                    continue
            elif application not in ASKING:
                pressed = None
        bench.diary.wait_for_news(0.05)
    ended_at = time.monotonic()
    call.hang_up()
    story.rung = _rung(bench, began, ended_at)
    return story


def differences(expected: Story, seen: Story) -> list[str]:
    """Return what does not agree; nothing is what it should be."""
    wrong: list[str] = []
    for position, (one, other) in enumerate(zip(expected.rung, seen.rung, strict=False)):
        if one.who != other.who:
            wrong.append(f"ring {position}: told {sorted(one.who)}, rang {sorted(other.who)}")
        elif (
            one.seconds is not None
            and other.seconds is not None
            and abs(one.seconds - other.seconds) > ROUNDING_SECONDS
        ):
            wrong.append(f"ring {position} of {sorted(one.who)}: told {one.seconds} s, rang {other.seconds:.1f} s")
    if seen.end and len(seen.rung) != len(expected.rung):
        wrong.append(f"told {[sorted(r.who) for r in expected.rung]}, rang {[sorted(r.who) for r in seen.rung]}")
    if seen.end and seen.end != expected.end:
        wrong.append(f"told the end {expected.end}, was {seen.end} {seen.codes}")
    elif not seen.end:
        wrong.append(f"no end was seen; told {expected.end}")
    if seen.end == "over" == expected.end and expected.codes and seen.codes[0] not in (*expected.codes, _BY_THE_SWITCH):
        wrong.append(f"told one of {expected.codes}, the caller got {seen.codes[0]}")
    return wrong


def _box_name(office: Office, explanation: Explanation) -> str:
    subject = explanation.steps[-1].subject
    if subject.kind.value == "shared_voicemail":
        return f"shared-{subject.id}"
    return f"box-{subject.id}" if subject.id else "company"


def _callers_channel(bench: SwitchBench, call: Call) -> dict[str, str] | None:
    address = call.telephone.name
    for channel in bench.ami.list("CoreShowChannels"):
        name = channel.get("Channel", "")
        if (
            name.startswith((f"PJSIP/{address}-", f"PJSIP/ext-e{address}-"))
            and channel.get("ChannelStateDesc") != "Ringing"
        ):
            return dict(channel)
    return None


def _wait_until_heard(bench: SwitchBench, call: Call, place: tuple[str, str, str]) -> None:
    limit = time.monotonic() + 2.5
    while time.monotonic() < limit and call.state is CallState.ANSWERED:
        channel = _callers_channel(bench, call)
        if channel is None or channel.get("Application") not in ASKING:
            return
        if (channel.get("Context", ""), channel.get("Extension", "")) != place[:2]:
            return
        bench.diary.wait_for_news(0.03)


def _rung(bench: SwitchBench, began: int, ended_at: float) -> list[Rung]:
    """Put together what began to ring together."""
    stops: dict[int, Event] = {}
    refused: set[int] = set()
    for event in bench.diary.events(after=began):
        if event.what in {What.STOPPED_RINGING, What.ENDED}:
            stops.setdefault(event.call, event)
        if event.what is What.REFUSED and event.facts.get("code") == "486":
            refused.add(event.call)
    groups: list[tuple[float, dict[str, float | None]]] = []
    for event in bench.diary.events(after=began, what=What.INVITED):
        if event.call in refused:
            continue
        who = event.who if event.who.isdigit() else event.facts["called"]
        stop = stops.get(event.call)
        lasted = stop.at - event.at if stop is not None and stop.at < ended_at else None
        if groups and event.at - groups[-1][0] < TOGETHER_SECONDS and who not in groups[-1][1]:
            groups[-1][1][who] = lasted
        else:
            groups.append((event.at, {who: lasted}))
    found = []
    for _, members in groups:
        lengths = [lasted for lasted in members.values() if lasted is not None]
        found.append(Rung(frozenset(members), max(lengths) if len(lengths) == len(members) else None))
    return found

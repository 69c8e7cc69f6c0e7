"""A call plan as a picture (SVG), alone or with one call drawn through it.

Each object is a card with its steps one under another; what leaves it stands beside the step that sends it away. With
an explanation the cards and steps that the call went through are marked, with their seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import assert_never

from appliance.office.call_path.steps import (
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
from appliance.office.destination import ToSharedVoicemail
from appliance.office.explain import Explanation, subject_name
from appliance.office.office import Office
from appliance.words.explanations import why
from appliance.words.texts import text

WIDTH, LINE, MARGIN, HEAD = 720, 24, 16, 30
_TEXT_LEFT, _AWAY_LEFT = 28, 400
MOST_CARDS = 40  # a plan larger than this is no picture any more
_STYLE = (
    "text{font:14px system-ui,sans-serif;fill:#1b2733}.name{font-weight:600}.away{fill:#5a6b7b}"
    ".card{fill:#fff;stroke:#b9c4ce}.taken{fill:#e6f4ea;stroke:#2f7d4f;stroke-width:2}.at{fill:#2f7d4f;font-weight:600}"
    "@media (prefers-color-scheme:dark){text{fill:#e6ebf0}.away{fill:#9fb0bf}.card{fill:#1d252d;stroke:#46535f}"
    ".taken{fill:#173424;stroke:#58b581}.at{fill:#58b581}}"
)


_UNSEEN = (WatchBackup, RingBackEmergency, ShowLabel, ChooseRingTone, Speak)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of a card: what is done, and where calls go from there instead (none: nowhere)."""

    words: str
    away: NodeId | None = None


def plan_picture(
    office: Office, call_path: CallPath, entry: NodeId, language: str, explanation: Explanation | None = None
) -> str:
    """Return the SVG of everything a call that enters at `entry` can meet."""
    drawing = _Drawing(office, call_path, language, explanation)
    return drawing.svg(entry)


class _Drawing:
    def __init__(self, office: Office, call_path: CallPath, language: str, explanation: Explanation | None) -> None:
        self.office = office
        self.call_path = call_path
        self.language = language
        self.explanation = explanation
        self.y = MARGIN

    def svg(self, entry: NodeId) -> str:
        cards = "".join(self._card(subject) for subject in self._reached(entry))
        name = escape(self._title(entry))
        height = self.y + MARGIN
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img" aria-label="{name}"><title>{name}</title><style>{_STYLE}</style>{cards}</svg>\n'
        )

    def _reached(self, entry: NodeId) -> list[NodeId]:
        """Return the subjects in the order in which a reader meets them."""
        found: list[NodeId] = []
        waiting = [self._through(entry)]
        while waiting and len(found) < MOST_CARDS:
            subject = waiting.pop(0)
            if subject in found or subject not in self.call_path.subjects:
                continue
            found.append(subject)
            waiting += [row.away for row in self._rows(subject) if row.away is not None]
        return found

    def _through(self, subject: NodeId) -> NodeId:
        """Return where a call that enters here is really met: a subject that only passes it on has no card."""
        seen = {subject}
        while True:
            steps = [step for step in self.call_path.subjects.get(subject, ()) if not isinstance(step, _UNSEEN)]
            if len(steps) != 1 or not isinstance(steps[0], Continue) or steps[0].subject in seen:
                return subject
            subject = steps[0].subject
            seen.add(subject)

    def _card(self, subject: NodeId) -> str:
        rows = list(self._rows(subject))
        taken = [step for step in self.explanation.steps if step.subject == subject] if self.explanation else []
        seconds = [
            _Row(f"{step.at_second}-{step.until_second} s  {why(step, self.language)}")
            if step.until_second > step.at_second
            else _Row(f"{step.at_second} s  {why(step, self.language)}")
            for step in taken
        ]
        height = HEAD + LINE * (len(rows) + len(seconds)) + 8
        parts = [
            f'<g><rect class="{"card taken" if taken else "card"}" x="{MARGIN}" y="{self.y}" '
            f'width="{WIDTH - 2 * MARGIN}" height="{height}" rx="8"/>',
            self._line(_TEXT_LEFT, self.y + 22, self._title(subject), "name"),
        ]
        y = self.y + HEAD + 16
        for row in rows:
            parts.append(self._line(_TEXT_LEFT + 12, y, row.words, ""))
            if row.away is not None:
                parts.append(self._line(_AWAY_LEFT, y, f"→ {self._title(row.away)}", "away"))
            y += LINE
        for row in seconds:
            parts.append(self._line(_TEXT_LEFT + 12, y, row.words, "at"))
            y += LINE
        self.y += height + 12
        return "".join(parts) + "</g>"

    def _line(self, x: int, y: int, words: str, style: str) -> str:
        most = (WIDTH - x - MARGIN) // 8 if x >= _AWAY_LEFT or style in {"name", "at"} else (_AWAY_LEFT - x) // 8
        shown = words if len(words) <= most else f"{words[: most - 1]}…"
        return f'<text class="{style}" x="{x}" y="{y}">{escape(shown)}</text>'

    def _title(self, subject: NodeId) -> str:
        name = subject_name(self.office, subject)
        kind = text(f"kind-{subject.kind.value}", self.language)
        word = subject.part.rstrip("0123456789")
        part = ""
        if word:
            which = subject.part.removeprefix(word)
            part = f" ({text(f'plan-part-{word}', self.language)}{' ' if which else ''}{which})"
        return f"{kind}{': ' if name else ''}{name}{part}"

    def _say(self, words: str, /, **facts: str) -> str:
        return text(f"picture-{words}", self.language, **facts)

    def _rows(self, subject: NodeId) -> Iterator[_Row]:
        for step in self.call_path.subjects[subject]:
            for row in self._of(step):
                yield _Row(row.words, self._through(row.away) if row.away is not None else None)

    def _of(self, step: Step) -> Iterator[_Row]:
        match step:
            case CheckReachable(backup_route_id):
                yield _Row(self._say("backup"), NodeId(NodeKind.BACKUP_ROUTE, backup_route_id))
            case CheckTime(kind, name, _, then):
                yield _Row(self._say("time", kind=text(f"kind-{kind}", self.language), name=name), then)
            case CheckNight():
                yield _Row(self._say("night"), NodeId(NodeKind.NIGHT))
            case CheckMode(mode_key_id, red, green):
                name = self._say("mode", name=self.office.mode_key(mode_key_id).name)
                yield _Row(f"{name}: {self._say('red')}", red)
                if green is not None:
                    yield _Row(f"{name}: {self._say('green')}", green)
            case CheckCaller(_, then, _):
                yield _Row(self._say("caller"), then)
            case CheckPermission(otherwise, _):
                yield _Row(self._say("permission"), otherwise)
            case FollowForward(_, _, outside) | FollowNumberForward(_, outside):
                yield _Row(self._say("forward"), outside)
            case Ring(targets, seconds, on_busy, on_unreachable):
                yield _Row(self._say("rings", who=self._who(targets), seconds=str(seconds)))
                yield from (_Row("", way) for way in (on_busy, on_unreachable) if way is not None)
            case Hunt(_, targets, _, seconds, _, on_busy, on_unreachable):
                yield _Row(self._say("hunt", who=self._who(targets), seconds=str(seconds)))
                yield from (_Row("", way) for way in (on_busy, on_unreachable) if way is not None)
            case CallOutside(number, seconds):
                called = number.e164 if number else self._say("call")
                yield _Row(self._say("outside", number=called, seconds=str(seconds)))
            case Play(said):
                yield _Row(self._say("says", name=self._said(said)))
            case AskKey(greeting, keys, _, _, timeout):
                yield _Row(self._say("asks", name=self._said(greeting)))
                yield from (_Row(self._say("key", key=key), way) for key, way in keys.items())
                yield _Row(self._say("timeout"), timeout)
            case AskCode(greeting, codes, any_code, _, _, timeout):
                yield _Row(self._say("asks", name=self._said(greeting)))
                yield from (_Row(self._say("typed", code=code), way) for code, way in codes.items())
                if any_code is not None:
                    yield _Row(self._say("typed", code="*"), any_code)
                yield _Row(self._say("timeout"), timeout)
            case AskExtension(otherwise) | AskName(otherwise):
                yield _Row(self._say("timeout"), otherwise)
            case LeaveMessage(box):
                if isinstance(box, ToSharedVoicemail):
                    name = self.office.shared_voicemail(box.box_id).name
                else:
                    name = self.office.extension(box.extension_id).name if box.extension_id else ""
                yield _Row(self._say("message", name=name))
            case Continue(following):
                yield _Row("", following)
            case End() | CallEmergency() | ListenToMessages() | Echo() | ReturnDigits() | SwitchMode():
                yield _Row(self._say("end"))
            case WatchBackup() | RingBackEmergency() | ShowLabel() | ChooseRingTone() | Speak():
                return  # _UNSEEN: nothing a reader of a plan looks for
            case _:
                assert_never(step)

    def _who(self, targets: tuple[RingTarget, ...]) -> str:
        return ", ".join(
            self.office.extension(target.extension_id).number.digits
            if isinstance(target, ExtensionPhones)
            else target.number.e164
            for target in targets
        )

    def _said(self, said: Said) -> str:
        return self.office.prompt(said.id).name if isinstance(said, OfficePrompt) else said.name

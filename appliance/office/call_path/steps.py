"""What a call path is made of: subjects, and the steps each of them runs through.

A *subject* is a named run of steps (one ring group, one number, one key of a menu). A step either hands the call to
another subject, ends it, or lets the next step have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.caller import CallerTest
from appliance.office.country import Language
from appliance.office.destination import ToSharedVoicemail, ToVoicemail
from appliance.office.feature_codes import FeatureCode
from appliance.office.forwarding import ForwardCase
from appliance.office.night import NightChoice
from appliance.office.numbers import PhoneNumber
from appliance.office.ring_group import HuntPolicy
from appliance.office.ring_tone import RingTone
from appliance.office.schedule import TimeTest


class NodeKind(StrEnum):
    """What a node of the call graph is about."""

    EMERGENCY = "emergency"
    EXTENSION = "extension"
    RING_GROUP = "ring_group"
    CALL_PLAN = "call_plan"
    ATTENDANT = "attendant"
    CLOSED_ATTENDANT = "closed_attendant"  # its menu outside opening hours
    NUMBER = "number"
    NIGHT = "night_mode"
    MODE_KEY = "mode_key"
    BACKUP_ROUTE = "backup_route"
    OUTSIDE_NUMBER = "outside_number"
    SPEED_DIAL = "speed_dial"
    VOICEMAIL = "voicemail"
    SHARED_VOICEMAIL = "shared_voicemail"
    PROMPT = "prompt"
    CALL_FILTER = "call_filter"
    CALLER_RULE = "caller_rule"
    PUBLIC_HOLIDAYS = "public_holidays"
    CLOSURE = "closure"
    TEAM = "team"  # its members, outside its hours
    NO_NUMBER = "no_number"
    MESSAGES = "messages"
    ECHO_TEST = "echo_test"
    DIGIT_TEST = "digit_test"


@dataclass(frozen=True, slots=True, order=True)
class NodeId:
    """Names one node of the call graph; `id` is the object's id, empty where the office has only one of its kind.

    `part` names a run of steps inside it (lower-case letters and digits), empty for its beginning.
    """

    kind: NodeKind
    id: str = ""
    part: str = ""

    def at(self, part: str) -> NodeId:
        """Return another part of the same object."""
        return NodeId(self.kind, self.id, part)


class EndReason(StrEnum):
    """Why a call ends without anyone having answered."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"
    ASKED = "hang_up"
    REFUSED = "refused"  # a call filter
    NO_COMPANY_NUMBER = "no_company_number"
    NO_SUCH_NUMBER = "no_such_number"
    NOT_ALLOWED = "not_allowed"
    NO_LINE = "no_line"
    TOO_MANY_FORWARDS = "too_many_forwards"


class Greeting(StrEnum):
    """What is said before the tone of a voicemail box."""

    NO_ANSWER = "no_answer"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class OfficePrompt:
    """A prompt of the office, by its id."""

    id: str


@dataclass(frozen=True, slots=True)
class OwnSound:
    """A sound Belbox brings along in every language, by its name."""

    name: str


Said = OfficePrompt | OwnSound


@dataclass(frozen=True, slots=True)
class ExtensionPhones:
    """All phones at which an extension can be reached."""

    extension_id: str


@dataclass(frozen=True, slots=True)
class OutsidePhone:
    """A number outside, called as a member of a group; `shown` is the office's number it sees (None: as usual)."""

    number: PhoneNumber
    shown: PhoneNumber | None = None


RingTarget = ExtensionPhones | OutsidePhone


@dataclass(frozen=True, slots=True)
class WatchBackup:
    """From here on, a call that finds every extension watched by this route silent goes to it at once."""

    backup_route_id: str


@dataclass(frozen=True, slots=True)
class CheckReachable:
    """Go on if any extension that the route watches has a phone that answers the switch, else take the route."""

    backup_route_id: str


@dataclass(frozen=True, slots=True)
class CheckTime:
    """Go to `then` if one of the tests holds for the moment the call came in.

    `kind`, `name`: what is asked, for whoever reads an explanation; `holds`, `fails`: the name of the text for either
    outcome, empty where there is nothing to tell.
    """

    kind: str
    name: str
    tests: tuple[TimeTest, ...]
    then: NodeId
    holds: str
    fails: str = ""


@dataclass(frozen=True, slots=True)
class CheckNight:
    """Outside callers go to the office's night destination while night mode is on for this object."""

    choice: NightChoice


@dataclass(frozen=True, slots=True)
class CheckMode:
    """Go to `red` while the mode key is red, to `green` (None: go on) while it is green."""

    mode_key_id: str
    red: NodeId
    green: NodeId | None


@dataclass(frozen=True, slots=True)
class CheckCaller:
    """Go to `then` if the caller from outside is meant by one of these tests, and the hours (empty: always) hold."""

    callers: tuple[CallerTest, ...]
    then: NodeId
    hours: tuple[TimeTest, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckPermission:
    """Go on if `number` (None: the call's own) may be called by who pays for it, else to `otherwise`.

    `payer`: an extension's id, WHO_CALLS, or THE_OFFICE for what the office calls by itself (Office.may_call_itself).
    """

    otherwise: NodeId
    payer: str = ""
    number: PhoneNumber | None = None


@dataclass(frozen=True, slots=True)
class FollowForward:
    """Take the number to which the extension is forwarded in this case, if it is; `outside` calls one outside."""

    extension_id: str
    case: ForwardCase
    outside: NodeId


@dataclass(frozen=True, slots=True)
class FollowNumberForward:
    """Take the number to which this number of the office is forwarded by prefix, if it is."""

    number_id: str
    outside: NodeId


@dataclass(frozen=True, slots=True)
class RingBackEmergency:
    """Ring the extension that called an emergency number in the last hour and showed this number; else go on."""

    number: PhoneNumber
    seconds: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Ring all phones of these targets together; go on when nobody answers.

    `on_busy`: all who could be reached are busy; `on_unreachable`: nobody can be reached. None: go on.
    `seconds_if_forwarded`: how long, if the one extension is forwarded when it does not answer.
    """

    targets: tuple[RingTarget, ...]
    seconds: int
    on_busy: NodeId | None = None
    on_unreachable: NodeId | None = None
    seconds_if_forwarded: int | None = None


@dataclass(frozen=True, slots=True)
class Hunt:
    """Ring the targets one after another, each so long, until `wait_seconds` are over (None: once round)."""

    ring_group_id: str
    targets: tuple[RingTarget, ...]
    policy: HuntPolicy
    seconds_each: int
    wait_seconds: int | None
    on_busy: NodeId | None = None
    on_unreachable: NodeId | None = None


@dataclass(frozen=True, slots=True)
class CallOutside:
    """Call a number (None: the call's own) by the first trunk of its route that takes it; go on when nobody answers.

    `is_confirmed`: who answers presses 1 first. A number that the caller dialled (not `is_forward`) gives the caller
    its own busy tone. `is_barred`: the office may not call it, so the next step has the call at once.
    """

    number: PhoneNumber | None
    seconds: int
    is_confirmed: bool = False
    is_forward: bool = True
    is_barred: bool = False


@dataclass(frozen=True, slots=True)
class CallEmergency:
    """Call the emergency number as dialled, unchanged, by the first trunk that takes it."""

    trunk_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShowLabel:
    """Show a label in front of the caller's name: that of a number, a key or a typed code (`key` as in labels.conf)."""

    subject: NodeId


@dataclass(frozen=True, slots=True)
class ChooseRingTone:
    """Let phones ring with this tone from here on."""

    tone: RingTone


@dataclass(frozen=True, slots=True)
class Speak:
    """Say everything in this language from here on."""

    language: Language


@dataclass(frozen=True, slots=True)
class Play:
    """Say something."""

    said: Said


@dataclass(frozen=True, slots=True)
class AskKey:
    """Say the greeting and wait for one key, at most `tries` times; after that the call goes to `timeout`.

    Silence counts as a try if `asks_again`, otherwise the call goes to `timeout` at once.
    """

    greeting: Said
    keys: Mapping[str, NodeId]
    seconds: int
    tries: int
    timeout: NodeId
    asks_again: bool


@dataclass(frozen=True, slots=True)
class AskCode:
    """Say the greeting and read several digits; `any_code` takes those that stand for nothing. Else as AskKey."""

    greeting: Said
    codes: Mapping[str, NodeId]
    any_code: NodeId | None
    seconds: int
    tries: int
    timeout: NodeId
    asks_again: bool


@dataclass(frozen=True, slots=True)
class AskExtension:
    """Read a number of the office and go there; `otherwise` when nothing valid is typed."""

    otherwise: NodeId


@dataclass(frozen=True, slots=True)
class AskName:
    """Let the caller spell a name on the keys and go there; `otherwise` when nobody is chosen."""

    otherwise: NodeId


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """Say the greeting and record a message, or, for a box that takes none, go on after the greeting."""

    box: ToVoicemail | ToSharedVoicemail
    greeting: Greeting = Greeting.NO_ANSWER


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
class SwitchMode:
    """Turn a mode key from green to red or back, and say which it is now."""

    mode_key_id: str


@dataclass(frozen=True, slots=True)
class Continue:
    """Hand the call to another subject."""

    subject: NodeId


@dataclass(frozen=True, slots=True)
class End:
    """End the call."""

    reason: EndReason


Step = (
    WatchBackup
    | CheckReachable
    | CheckTime
    | CheckNight
    | CheckMode
    | CheckCaller
    | CheckPermission
    | FollowForward
    | FollowNumberForward
    | RingBackEmergency
    | Ring
    | Hunt
    | CallOutside
    | CallEmergency
    | ShowLabel
    | ChooseRingTone
    | Speak
    | Play
    | AskKey
    | AskCode
    | AskExtension
    | AskName
    | LeaveMessage
    | ListenToMessages
    | Echo
    | ReturnDigits
    | SwitchMode
    | Continue
    | End
)


@dataclass(frozen=True, slots=True)
class CallPath:
    """All subjects of an office and the numbers that lead into them.

    `inside`: what a phone of the office may dial, exact. `emergency`: numbers that go out as dialled, before
    all else. `outside`: the numbers dialled from outside. A number of the public network dialled inside, in
    any national or international form, leads to the subject OUTSIDE_NUMBER without id. `labels`: what `ShowLabel`
    shows. `codes`: what reaches nobody but does something, exact; `number_codes`: the beginnings of codes that a number
    follows; `prefixes`: what may stand between two * before a number outside.
    """

    subjects: Mapping[NodeId, tuple[Step, ...]]
    inside: Mapping[str, NodeId]
    emergency: tuple[str, ...]
    outside: Mapping[PhoneNumber, NodeId]
    labels: Mapping[NodeId, str]
    codes: Mapping[str, FeatureCode]
    number_codes: Mapping[str, FeatureCode]
    prefixes: frozenset[str]


WHO_CALLS = ""
THE_OFFICE = "the office"  # no id has a blank
OUTGOING = NodeId(NodeKind.OUTSIDE_NUMBER)
NOT_ALLOWED = OUTGOING.at("notallowed")
EMERGENCY = NodeId(NodeKind.EMERGENCY)
COMPANY_VOICEMAIL = NodeId(NodeKind.VOICEMAIL)
NIGHT = NodeId(NodeKind.NIGHT)
NO_NUMBER = NodeId(NodeKind.NO_NUMBER)

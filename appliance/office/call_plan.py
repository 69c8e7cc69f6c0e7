"""A call plan: steps that follow each other while nobody answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from appliance.office.destination import Destination, HangUp
from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber, PhoneNumber

MOST_SIMPLE_STEPS = 3


class PlanUse(StrEnum):
    """Where a plan may be chosen."""

    NUMBER = "number"
    EXTENSION = "extension"
    OPENING_HOURS = "opening-hours"
    CLOSURE = "closure"
    PUBLIC_HOLIDAYS = "public-holidays"
    ATTENDANT = "attendant"
    MODE_KEY = "mode-key"
    CALLER_RULE = "caller-rule"
    BACKUP_ROUTE = "backup-route"
    CALL_PLAN = "call-plan"
    PARKING = "parking"


@dataclass(frozen=True, slots=True)
class RingExtension:
    """Ring one extension's phones; its own forwarding and voicemail stay out of it."""

    extension_id: str
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class RingTheGroup:
    """Ring a group's members as the group does, for at most so long."""

    ring_group_id: str
    seconds: int = 20


@dataclass(frozen=True, slots=True)
class CallNumber:
    """Call a number outside."""

    number: PhoneNumber
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class CallSpeedDial:
    """Call a speed-dial number."""

    speed_dial_id: str
    seconds: int = 30


@dataclass(frozen=True, slots=True)
class SayPrompt:
    """Say a prompt and go on."""

    prompt_id: str


@dataclass(frozen=True, slots=True)
class CheckModeKey:
    """While the key is red the call leaves the plan for the key's red destination, and does not come back."""

    mode_key_id: str


@dataclass(frozen=True, slots=True)
class CheckCallerRule:
    """Callers the rule means leave the plan for its destination."""

    caller_rule_id: str


@dataclass(frozen=True, slots=True)
class CheckOpeningHours:
    """Outside these hours the call leaves the plan; a period with a destination of its own takes it too."""

    opening_hours_id: str
    when_closed: Destination = HangUp()


@dataclass(frozen=True, slots=True)
class GoTo:
    """Hand the call to a destination; it is always the last step."""

    destination: Destination


PlanStep = (
    RingExtension
    | RingTheGroup
    | CallNumber
    | CallSpeedDial
    | SayPrompt
    | CheckModeKey
    | CheckCallerRule
    | CheckOpeningHours
    | GoTo
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallPlan:
    """`usable_in` empty: everywhere. `number`: an extension number of its own."""

    id: str
    name: str
    steps: tuple[PlanStep, ...]
    number: ExtensionNumber | None = None
    usable_in: frozenset[PlanUse] = frozenset()

    def __post_init__(self) -> None:
        check_id(self.id)

    @property
    def is_simple(self) -> bool:
        """Whether the console's simple form, with up to three steps, can show it."""
        simple = (RingExtension, RingTheGroup, CallNumber, SayPrompt, GoTo)
        return len(self.steps) <= MOST_SIMPLE_STEPS and all(isinstance(step, simple) for step in self.steps)

    def may_be_used_in(self, use: PlanUse) -> bool:
        """Tell whether the plan may be chosen there."""
        return not self.usable_in or use in self.usable_in

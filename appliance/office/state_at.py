"""What opening hours, a schedule, a closure or public holidays say of one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from appliance.office.circumstances import Circumstances
from appliance.office.explain import time_test_holds
from appliance.office.office import Office
from appliance.office.schedule import Handling

KINDS_WITH_STATE = frozenset({"opening_hours", "schedule", "closure", "public_holidays"})


class TimeState(StrEnum):
    """What is so at a moment."""

    OPEN = "open"
    CLOSED = "closed"
    FORWARD = "forward"
    HOLIDAY = "holiday"
    NO_HOLIDAY = "no-holiday"
    CLOSURE = "closure"
    NO_CLOSURE = "no-closure"


@dataclass(frozen=True, slots=True)
class StateAt:
    """A state, and what makes it so: the event of a schedule or the holiday, empty where there is none."""

    state: TimeState
    because: str = ""


def state_at(office: Office, kind: str, name: str, at: datetime) -> StateAt:
    """Return the state of an object (of KINDS_WITH_STATE, by id) at a local time; KeyError if there is none."""
    match kind:
        case "opening_hours":
            return StateAt(TimeState.OPEN if office.opening_hours_of(name).is_open(at) else TimeState.CLOSED)
        case "closure":
            closure = next((one for one in office.closures if one.id == name), None)
            if closure is None:
                raise KeyError(name)
            is_on = time_test_holds(office, closure.test(), Circumstances(at=at))
            return StateAt(TimeState.CLOSURE if is_on else TimeState.NO_CLOSURE)
        case "public_holidays":
            day = office.public_holidays_of(name).dates().get(at.date())
            return StateAt(TimeState.NO_HOLIDAY) if day is None else StateAt(TimeState.HOLIDAY, day)
        case "schedule":
            return _of_schedule(office, name, at)
        case _:
            raise KeyError(kind)


def _of_schedule(office: Office, name: str, at: datetime) -> StateAt:
    schedule = next((one for one in office.schedules if one.id == name), None)
    if schedule is None:
        raise KeyError(name)
    now = Circumstances(at=at)
    event = next((one for one in schedule.events if time_test_holds(office, one.test, now)), None)
    handling = schedule.default if event is None else event.handling
    states = {Handling.OPEN: TimeState.OPEN, Handling.FORWARD: TimeState.FORWARD, Handling.CLOSED: TimeState.CLOSED}
    return StateAt(states[handling], event.name if event else "")

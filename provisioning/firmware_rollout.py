"""New firmware over the office's phones: one first, then a tenth, then the rest; by night; stopped at a failure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from appliance.state_files import read_state, write_state

MOST_AT_ONCE = 10
SECOND_WAVE_PART = 0.1
# A phone writes its flash, starts again and registers in two to eight minutes; thrice that is a failure.
PATIENCE = timedelta(minutes=25)
NIGHT = (time(1, 0), time(5, 0))  # local time; phones begin only then


class Progress(StrEnum):
    """How far one phone is."""

    WAITING = "waiting"
    TOLD = "told"
    DONE = "done"
    FAILED = "failed"


class RolloutState(StrEnum):
    """How the whole is."""

    RUNNING = "running"
    STOPPED = "stopped"  # a phone failed, or somebody stopped it
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPhone:
    """One phone of the rollout; `wave` counts from 0."""

    mac: MacAddress
    wave: int
    progress: Progress = Progress.WAITING
    told_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollout:
    """`firmware` is the file's name in the library. `by_night`: phones begin only at night."""

    firmware: str
    version: str
    phones: tuple[RolloutPhone, ...]
    by_night: bool = True
    state: RolloutState = RolloutState.RUNNING
    because: str = ""

    def allowed(self) -> frozenset[MacAddress]:
        """Return the phones whose settings name the new firmware; those that failed keep it, to try again by hand."""
        return frozenset(phone.mac for phone in self.phones if phone.progress is not Progress.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenPhone:
    """What is known of a phone now."""

    firmware: str | None
    is_registered: bool
    is_talking: bool = False


def plan(firmware: str, version: str, macs: Sequence[MacAddress], *, by_night: bool = True) -> Rollout:
    """Return a rollout in three waves over these phones, in their order."""
    second = math.ceil((len(macs) - 1) * SECOND_WAVE_PART)
    waves = [0] + [1] * second + [2] * max(0, len(macs) - 1 - second)
    phones = tuple(RolloutPhone(mac=mac, wave=wave) for mac, wave in zip(macs, waves, strict=False))
    state = RolloutState.RUNNING if phones else RolloutState.FINISHED
    return Rollout(firmware=firmware, version=version, phones=phones, by_night=by_night, state=state)


def next_step(
    rollout: Rollout, seen: Mapping[MacAddress, SeenPhone], now: datetime
) -> tuple[Rollout, frozenset[MacAddress]]:
    """Return the rollout as it stands now, and the phones to tell. `now` is local and aware."""
    if rollout.state is not RolloutState.RUNNING:
        return rollout, frozenset()
    phones = tuple(_looked_at(phone, seen.get(phone.mac), rollout.version, now) for phone in rollout.phones)
    failed = [str(phone.mac) for phone in phones if phone.progress is Progress.FAILED]
    if failed:
        because = ", ".join(failed)
        return replace(rollout, phones=phones, state=RolloutState.STOPPED, because=because), frozenset()
    if all(phone.progress is Progress.DONE for phone in phones):
        return replace(rollout, phones=phones, state=RolloutState.FINISHED), frozenset()
    chosen = _to_tell(phones, seen) if not rollout.by_night or _is_night(now) else frozenset()
    phones = tuple(
        replace(phone, progress=Progress.TOLD, told_at=now) if phone.mac in chosen else phone for phone in phones
    )
    return replace(rollout, phones=phones), chosen


def _looked_at(phone: RolloutPhone, seen: SeenPhone | None, version: str, now: datetime) -> RolloutPhone:
    if phone.progress is Progress.DONE:
        return phone
    if seen is not None and seen.firmware == version and seen.is_registered:
        return replace(phone, progress=Progress.DONE)
    if phone.progress is Progress.TOLD and phone.told_at is not None and now - phone.told_at > PATIENCE:
        return replace(phone, progress=Progress.FAILED)
    return phone


def _to_tell(phones: Sequence[RolloutPhone], seen: Mapping[MacAddress, SeenPhone]) -> frozenset[MacAddress]:
    """The next ones of the lowest wave that is not over; nobody is cut off in a call."""
    wave = min(phone.wave for phone in phones if phone.progress is not Progress.DONE)
    room = MOST_AT_ONCE - sum(phone.progress is Progress.TOLD for phone in phones)
    ready = [
        phone.mac
        for phone in phones
        if phone.wave == wave and phone.progress is Progress.WAITING and _can_begin(seen.get(phone.mac))
    ]
    return frozenset(ready[:room])


def _can_begin(seen: SeenPhone | None) -> bool:
    return seen is not None and seen.is_registered and not seen.is_talking


def _is_night(now: datetime) -> bool:
    return NIGHT[0] <= now.time() < NIGHT[1]


def read_rollout(paths: Paths) -> Rollout | None:
    """Return the rollout that was begun last, None where nothing can be read of one: no further phone is told."""
    return read_state(paths.firmware_rollout, Rollout)


def write_rollout(paths: Paths, rollout: Rollout) -> None:
    """Keep it over a restart."""
    paths.firmware_rollout.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    write_state(paths.firmware_rollout, rollout, 0o640)


def stopped(rollout: Rollout, because: str) -> Rollout:
    """Return it stopped by a person; phones that were told go on, and no other begins."""
    return replace(rollout, state=RolloutState.STOPPED, because=because)

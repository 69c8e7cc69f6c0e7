"""What is wrong with the office's telephones and for how long, and when a login is told: once, and once at its end.

Pure: a state and what is wrong now give the next state and what is to be told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.mail.offline import NoticeKind

TOLD_AFTER = timedelta(minutes=2)  # a line that registers anew, or a service that starts again, is nobody's news
OVER_AFTER = timedelta(minutes=1)
NEXT_AFTER = timedelta(minutes=15)  # of what comes and goes, not a mail every few minutes


class AlertKind(StrEnum):
    """What a login may be told of."""

    LINE = "line"
    PHONE = "phone"
    BOX = "box"


BEGAN = {
    AlertKind.LINE: NoticeKind.LINE_DOWN,
    AlertKind.PHONE: NoticeKind.PHONE_GONE,
    AlertKind.BOX: NoticeKind.PART_BROKEN,
}
ENDED = {
    AlertKind.LINE: NoticeKind.LINE_UP,
    AlertKind.PHONE: NoticeKind.PHONE_BACK,
    AlertKind.BOX: NoticeKind.PART_MENDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One thing that is wrong. `name`: of a line or an employee as they are called; of a part, the name of its text."""

    kind: AlertKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptTrouble:
    """A trouble since a moment. `over_since`: it is not seen any more. `told_over_at`: when its last end was told."""

    trouble: Trouble
    since: datetime
    is_told: bool = False
    over_since: datetime | None = None
    told_over_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """Every trouble that is, or was a short time ago, by its id."""

    troubles: Mapping[str, KeptTrouble] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Troubles of one kind that are to be told, since the earliest of them."""

    kind: AlertKind
    notice: NoticeKind
    names: tuple[str, ...]
    since: datetime


def next_alerts(
    state: AlertState, seen: Mapping[str, Trouble], unknown: frozenset[AlertKind], now: datetime
) -> tuple[AlertState, tuple[Alert, ...]]:
    """Return the next state and what is to be told. `unknown`: kinds of which nobody could say anything just now."""
    kept: dict[str, KeptTrouble] = {}
    began: list[KeptTrouble] = []
    ended: list[KeptTrouble] = []
    for name in state.troubles.keys() | seen.keys():
        one, there = state.troubles.get(name), seen.get(name)
        if one is not None and one.trouble.kind in unknown:
            kept[name] = one
        elif there is not None:
            is_new = one is None or (one.over_since is not None and not one.is_told)
            since = now if one is None or is_new else one.since
            told_over_at = one.told_over_at if one else None
            one = KeptTrouble(
                trouble=there, since=since, is_told=one.is_told if one else False, told_over_at=told_over_at
            )
            is_due = now - since >= TOLD_AFTER and (told_over_at is None or now - told_over_at >= NEXT_AFTER)
            if is_due and not one.is_told:
                one = replace(one, is_told=True)
                began.append(one)
            kept[name] = one
        elif one is not None:
            one = replace(one, over_since=one.over_since or now)
            if one.is_told and now - (one.over_since or now) >= OVER_AFTER:
                ended.append(one)
                one = replace(one, is_told=False, told_over_at=now)
            is_forgotten = not one.is_told and (one.told_over_at is None or now - one.told_over_at >= NEXT_AFTER)
            if not is_forgotten:
                kept[name] = one
    return AlertState(troubles=kept), (*_told(began, BEGAN, now), *_told(ended, ENDED, now))


def _told(troubles: list[KeptTrouble], notices: Mapping[AlertKind, NoticeKind], now: datetime) -> list[Alert]:
    alerts = []
    for kind in AlertKind:
        mine = [one for one in troubles if one.trouble.kind is kind]
        if mine:
            names = tuple(sorted(one.trouble.name for one in mine))
            since = min((one.over_since or one.since for one in mine), default=now)
            alerts.append(Alert(kind=kind, notice=notices[kind], names=names, since=since))
    return alerts

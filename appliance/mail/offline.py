"""Who has gone offline or is back, and who is told: one mail each, and a single one when all phones are gone.

Pure: a state, the office and what the switch sees give the next state and the notices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from appliance.office.country import Language
from appliance.office.extension import Extension
from appliance.office.office import Office

GONE_AFTER = timedelta(seconds=60)  # a phone that restarts, or a cable moved, is nobody's news
BACK_AFTER = timedelta(seconds=30)
# Each phone is asked every 5 s and has 2 s to answer: those that leave together are known within this.
CALM = timedelta(seconds=20)
LONGEST_UNREST = timedelta(minutes=5)  # one phone that comes and goes does not silence the others
# After a restart phones register anew within the 120 s of a registration, at the latest.
SETTLES = timedelta(seconds=150)
NEXT_PAIR_AFTER = timedelta(minutes=15)  # at a bad cable, not a mail every two minutes


class NoticeKind(StrEnum):
    """What a notice says; also the beginning of the names of its texts."""

    OFFLINE = "offline"
    ONLINE = "online"
    ALL_OFFLINE = "all-offline"
    ALL_ONLINE = "all-online"
    # To logins that chose so (alerts.py):
    LINE_DOWN = "line-down"
    LINE_UP = "line-up"
    PHONE_GONE = "phone-gone"
    PHONE_BACK = "phone-back"
    PART_BROKEN = "part-broken"
    PART_MENDED = "part-mended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One mail to be written: `who` it is about, `still_offline` who has not come back with the others."""

    kind: NoticeKind
    addresses: tuple[str, ...]
    language: Language
    since: datetime
    who: tuple[str, ...] = ()
    still_offline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """One extension that has been seen: here or not since a moment, and whether its people think it is offline."""

    is_here: bool
    since: datetime
    is_told: bool = False
    told_back_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficePresence:
    """All extensions seen so far, by id.

    `looks_since`: since when the switch answers without a break, None: it does not answer. `all_told`: everybody was
    told that all phones are gone.
    """

    extensions: Mapping[str, Presence] = field(default_factory=dict)
    looks_since: datetime | None = None
    all_told: bool = False


def next_presence(
    before: OfficePresence, office: Office, reachable_users: Collection[str] | None, now: datetime
) -> tuple[OfficePresence, tuple[Notice, ...]]:
    """Return the next state and who is to be told what.

    `reachable_users`: names by which phones that answer now are registered; None: the switch does not answer, and
    nothing is known. An extension that was never seen here is not missed.
    """
    if reachable_users is None:
        return replace(before, looks_since=None), ()
    looks_since = before.looks_since or now
    seen = {
        extension.id: _seen(before.extensions.get(extension.id), extension.sip_user in reachable_users, now)
        for extension in office.extensions
        if extension.sip_user in reachable_users or extension.id in before.extensions
    }
    state = OfficePresence(extensions=seen, looks_since=looks_since, all_told=before.all_told)
    if now - looks_since < SETTLES:
        return state, ()
    return _tell(state, office, now)


def _seen(before: Presence | None, is_here: bool, now: datetime) -> Presence:
    if before is None:
        return Presence(is_here=is_here, since=now)
    return before if before.is_here == is_here else replace(before, is_here=is_here, since=now)


def _tell(state: OfficePresence, office: Office, now: datetime) -> tuple[OfficePresence, tuple[Notice, ...]]:
    if _is_restless(state, now):
        return state, ()
    watched = [one for one in office.extensions if one.mails_when_offline and one.email and one.id in state.extensions]
    gone = [one for one in watched if _is_due(state.extensions[one.id], now)]
    back = [one for one in watched if _is_back(state.extensions[one.id], now)]
    nobody_here = not any(presence.is_here for presence in state.extensions.values())
    if gone and nobody_here and len(state.extensions) > 1 and not state.all_told:
        untold = [one for one in watched if not state.extensions[one.id].is_here]
        since = max(presence.since for presence in state.extensions.values())
        told = replace(_told(state, untold, now, is_told=True), all_told=True)
        return told, (_to_all(NoticeKind.ALL_OFFLINE, watched, office, since),)
    if state.all_told:
        if not back:
            return state, ()
        here = [one for one in watched if state.extensions[one.id].is_here]
        still = tuple(_name(one) for one in watched if not state.extensions[one.id].is_here)
        since = min(state.extensions[one.id].since for one in back)
        notice = _to_all(NoticeKind.ALL_ONLINE, watched, office, since, still)
        return replace(_told(state, here, now, is_told=False), all_told=False), (notice,)
    notices = [
        *_to_each(NoticeKind.OFFLINE, gone, state, office),
        *_to_each(NoticeKind.ONLINE, back, state, office),
    ]
    state = _told(_told(state, gone, now, is_told=True), back, now, is_told=False)
    return state, tuple(notices)


def _is_restless(state: OfficePresence, now: datetime) -> bool:
    """Phones are still leaving or coming: what looks like one may be all of them."""
    changes = [presence.since for presence in state.extensions.values()]
    waiting = [
        presence.since
        for presence in state.extensions.values()
        if presence.is_here == presence.is_told and now - presence.since < LONGEST_UNREST
    ]
    return bool(waiting) and any(now - moment < CALM for moment in changes)


def _is_due(presence: Presence, now: datetime) -> bool:
    if presence.is_here or presence.is_told or now - presence.since < GONE_AFTER:
        return False
    return presence.told_back_at is None or now - presence.told_back_at >= NEXT_PAIR_AFTER


def _is_back(presence: Presence, now: datetime) -> bool:
    return presence.is_here and presence.is_told and now - presence.since >= BACK_AFTER


def _told(state: OfficePresence, extensions: list[Extension], now: datetime, *, is_told: bool) -> OfficePresence:
    changed = {
        one.id: replace(
            state.extensions[one.id],
            is_told=is_told,
            told_back_at=state.extensions[one.id].told_back_at if is_told else now,
        )
        for one in extensions
    }
    return replace(state, extensions={**state.extensions, **changed})


def _to_all(
    kind: NoticeKind, watched: list[Extension], office: Office, since: datetime, still: tuple[str, ...] = ()
) -> Notice:
    addresses = tuple(dict.fromkeys(one.email for one in watched if one.email))
    return Notice(kind=kind, addresses=addresses, language=office.site.language, since=since, still_offline=still)


def _to_each(kind: NoticeKind, extensions: list[Extension], state: OfficePresence, office: Office) -> list[Notice]:
    """One mail to each address, whatever number of extensions it is told of."""
    by_address: dict[str, list[Extension]] = {}
    for one in extensions:
        if one.email:
            by_address.setdefault(one.email, []).append(one)
    return [
        Notice(
            kind=kind,
            addresses=(address,),
            language=(theirs[0].language if len(theirs) == 1 else None) or office.site.language,
            since=min(state.extensions[one.id].since for one in theirs),
            who=tuple(_name(one) for one in theirs),
        )
        for address, theirs in by_address.items()
    ]


def _name(extension: Extension) -> str:
    return f"{extension.name} ({extension.number})"

"""The state of the world a call meets: moment, caller, phones, lines, and what keys and codes have set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from appliance.office.forwarding import ForwardCase
from appliance.office.night import NightSetting
from appliance.office.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """Everything is by id. `at`: local time.

    `caller`: a number in E.164, empty when withheld; None for a call from inside, made by `calling_extension_id`.
    `down`: extensions no phone answers for. `busy`: those that refuse a call now. `dark_lines`: trunks that take no
    call. `forwards`, `number_forwards`: where to, as dialled (the latter by number id, or ALL_NUMBERS). `red`: mode
    keys. `keys`: what the caller types, one text for each time a menu asks. `hunt_order`: of a group, the members in
    the order its next call takes (a circular group's begins after the last one rung). `ring_back`: by number shown
    (E.164), the extension that called an emergency number within the hour. `outside_seconds`: after how long the
    network of a number outside gives up by itself (None: not before we do).
    """

    at: datetime
    caller: str | None = None
    calling_extension_id: str | None = None
    down: frozenset[str] = frozenset()
    busy: frozenset[str] = frozenset()
    do_not_disturb: frozenset[str] = frozenset()
    dark_lines: frozenset[str] = frozenset()
    forwards: Mapping[tuple[str, ForwardCase], str] = field(default_factory=dict)
    number_forwards: Mapping[str, str] = field(default_factory=dict)
    night: NightSetting = NightSetting.OFF
    red: frozenset[str] = frozenset()
    keys: tuple[str, ...] = ()
    hunt_order: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ring_back: Mapping[str, str] = field(default_factory=dict)
    outside_seconds: int | None = None


def as_configured(office: Office, at: datetime, **changes: Any) -> Circumstances:
    """Return the circumstances in which everything stands as the console has set it, but for these changes."""
    forwards = {
        (extension.id, case): str(number)
        for extension in office.extensions
        for case, number in extension.forwarding.each()
        if number is not None
    }
    quiet = frozenset(extension.id for extension in office.extensions if extension.do_not_disturb)
    now = Circumstances(at=at, forwards=forwards, do_not_disturb=quiet, night=office.night.setting)
    return replace(now, **changes)

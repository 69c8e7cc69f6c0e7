"""Auto attendants: a menu, perhaps another one outside opening hours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from appliance.office.auto_attendant import ANY_CODE, AutoAttendant, KeyDoes, Menu, MenuKey
from appliance.office.call_path.building import Building
from appliance.office.call_path.steps import (
    AskCode,
    AskExtension,
    AskKey,
    AskName,
    CheckNight,
    CheckTime,
    Continue,
    End,
    EndReason,
    NodeId,
    NodeKind,
    OfficePrompt,
    OwnSound,
    Play,
    Said,
    Speak,
    Step,
)
from appliance.office.night import NightChoice
from appliance.office.schedule import OnHoliday

_KEY_NAMES = {"*": "star", "#": "hash"}


def build(building: Building) -> None:
    """Add every attendant with its menus."""
    for attendant in building.office.attendants:
        _add(building, attendant)


def _add(building: Building, attendant: AutoAttendant) -> None:
    office = building.office
    subject = NodeId(NodeKind.ATTENDANT, attendant.id)
    closed = NodeId(NodeKind.CLOSED_ATTENDANT, attendant.id)
    steps: list[Step] = []
    if attendant.language:
        steps.append(Speak(attendant.language))
    if attendant.night is not NightChoice.OFF:
        steps.append(CheckNight(attendant.night))
    if attendant.closed_menu is not None:
        if attendant.public_holidays_id is not None:
            days = office.public_holidays_of(attendant.public_holidays_id)
            steps.append(CheckTime("public_holidays", days.name, (OnHoliday(days.id),), closed, "holiday"))
        if attendant.opening_hours_id is not None:
            hours = office.opening_hours_of(attendant.opening_hours_id)
            tests = hours.every_test()
            steps.append(CheckTime("opening_hours", hours.name, tests, subject.at("menu"), "open", "closed"))
            steps.append(Continue(closed))
    # The menu is a part of its own, so that a caller who hears it again is not asked for the time again.
    building.add(subject, *steps, Continue(subject.at("menu")), number=attendant.number)
    _menu(building, attendant, attendant.menu, subject, subject.at("menu"))
    if attendant.closed_menu is not None:
        building.add(closed, Continue(closed.at("menu")))
        _menu(building, attendant, attendant.closed_menu, closed, closed.at("menu"))


def _menu(building: Building, attendant: AutoAttendant, menu: Menu, subject: NodeId, entry: NodeId) -> None:
    greeting: Said = OfficePrompt(menu.greeting_id) if menu.greeting_id else OwnSound("welcome")
    timeout = subject.at("timeout")
    asks_again = menu.timeout is None
    if menu.codes:
        codes: dict[str, NodeId] = {}
        for position, code in enumerate(menu.codes, start=1):
            codes[code.code] = subject.at(f"code{position}")
            label = building.label(codes[code.code], code.label)
            building.add(codes[code.code], *label, *building.to(code.destination))
        any_code = codes.pop(ANY_CODE, None)
        building.add(entry, AskCode(greeting, codes, any_code, menu.timeout_seconds, menu.tries, timeout, asks_again))
    else:
        keys: dict[str, NodeId] = {}
        for key, does in sorted(menu.keys.items()):
            keys[key] = subject.at(f"key{_KEY_NAMES.get(key, key)}")
            label = building.label(keys[key], does.label)
            building.add(keys[key], *label, *_key_steps(building, attendant, does, entry))
        building.add(entry, AskKey(greeting, keys, menu.timeout_seconds, menu.tries, timeout, asks_again))
    if menu.timeout is not None:
        building.add(timeout, *building.to(menu.timeout))
    else:
        building.add(timeout, *_reception(building, attendant))


def _key_steps(building: Building, attendant: AutoAttendant, key: MenuKey, entry: NodeId) -> Iterator[Step]:
    match key.does:
        case KeyDoes.FORWARD:
            yield from building.to(key.destination)
        case KeyDoes.FORWARD_ANNOUNCED:
            yield Play(OwnSound("connecting"))
            yield from building.to(key.destination)
        case KeyDoes.RECEPTION:
            yield from _reception(building, attendant)
        case KeyDoes.DIAL_BY_NAME:
            yield AskName(entry)
        case KeyDoes.DIAL_EXTENSION:
            yield AskExtension(entry)
        case KeyDoes.PLAY:
            if key.prompt_id:
                yield Play(OfficePrompt(key.prompt_id))
            yield Continue(entry)
        case KeyDoes.REPEAT:
            yield Continue(entry)
        case KeyDoes.HANG_UP:
            yield End(EndReason.ASKED)
        case _:
            assert_never(key.does)


def _reception(building: Building, attendant: AutoAttendant) -> tuple[Step, ...]:
    return building.to(attendant.reception) if attendant.reception else (End(EndReason.ASKED),)

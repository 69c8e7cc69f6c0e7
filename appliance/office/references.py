"""Every place in an office that names another object: the one list that checks, deletion and "used where" read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu
from appliance.office.call_plan import (
    CallPlan,
    CallSpeedDial,
    CheckCallerRule,
    CheckModeKey,
    CheckOpeningHours,
    GoTo,
    PlanUse,
    RingExtension,
    RingTheGroup,
    SayPrompt,
)
from appliance.office.destination import (
    Destination,
    HangUp,
    PlayPrompt,
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToSharedVoicemail,
    ToSpeedDial,
    ToVoicemail,
)
from appliance.office.office import Office
from appliance.office.phone import Phone
from appliance.office.phone_key import Colleague, Group, ModeSwitch
from appliance.office.voicemail import COMPANY_BOX, VoicemailBox


@dataclass(frozen=True, slots=True)
class Reference:
    """`where` names object `id` of kind `kind` (a table's name in the office file)."""

    where: str
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Leads:
    """`where`, which belongs to object `owner` ("kind id"), sends calls to `destination`.

    `by_itself`: the call goes there when nobody answers or chooses; a key that a caller presses does not count.
    """

    where: str
    owner: str
    destination: Destination
    use: PlanUse
    by_itself: bool = True


def leads(office: Office) -> Iterator[Leads]:
    """Return every destination in the office."""
    for number in office.numbers:
        place, owner = f"number[{number.number}]", f"number {number.id}"
        yield Leads(f"{place}.destination", owner, number.destination, PlanUse.NUMBER)
        yield Leads(f"{place}.when_closed", owner, number.when_closed, PlanUse.OPENING_HOURS)
    for group in office.ring_groups:
        place, owner = f"ring_group[{group.number}]", f"ring_group {group.id}"
        yield Leads(f"{place}.no_answer", owner, group.no_answer, PlanUse.CALL_PLAN)
        if group.unreachable is not None:
            yield Leads(f"{place}.unreachable", owner, group.unreachable, PlanUse.CALL_PLAN)
    for plan in office.call_plans:
        yield from _of_plan(plan)
    for attendant in office.attendants:
        yield from _of_attendant(attendant)
    for hours in office.opening_hours:
        for day, plans in hours.plans.items():
            for period_plan in plans:
                where = f"opening_hours[{hours.id}].{day.name.lower()}"
                yield Leads(where, f"opening_hours {hours.id}", period_plan.destination, PlanUse.OPENING_HOURS)
    for days in office.public_holidays:
        where = f"public_holidays[{days.id}].destination"
        yield Leads(where, f"public_holidays {days.id}", days.destination, PlanUse.PUBLIC_HOLIDAYS)
    for closure in office.closures:
        where = f"closure[{closure.id}].destination"
        yield Leads(where, f"closure {closure.id}", closure.destination, PlanUse.CLOSURE)
    for schedule in office.schedules:
        owner = f"schedule {schedule.id}"
        for position, event in enumerate(schedule.events, start=1):
            where = f"schedule[{schedule.id}].event[{position}].destination"
            yield Leads(where, owner, event.destination, PlanUse.OPENING_HOURS)
        where = f"schedule[{schedule.id}].default_destination"
        yield Leads(where, owner, schedule.default_destination, PlanUse.OPENING_HOURS)
    for route in office.backup_routes:
        where = f"backup_route[{route.id}].destination"
        yield Leads(where, f"backup_route {route.id}", route.destination, PlanUse.BACKUP_ROUTE)
    for call_filter in office.call_filters:
        where = f"call_filter[{call_filter.id}].destination"
        yield Leads(where, f"call_filter {call_filter.id}", call_filter.destination, PlanUse.CALLER_RULE)
    for rule in office.caller_rules:
        where = f"caller_rule[{rule.id}].destination"
        yield Leads(where, f"caller_rule {rule.id}", rule.destination, PlanUse.CALLER_RULE)
    for key in office.mode_keys:
        place, owner = f"mode_key[{key.number}]", f"mode_key {key.id}"
        yield Leads(f"{place}.red", owner, key.red, PlanUse.MODE_KEY)
        if key.green is not None:
            yield Leads(f"{place}.green", owner, key.green, PlanUse.MODE_KEY)
    for extension in office.extensions:
        if extension.voicemail:
            owner = f"voicemail {extension.id}"
            yield from _of_box(f"extension[{extension.number}].voicemail", owner, extension.voicemail)
    yield from _of_box("site.voicemail", "voicemail ", office.company_voicemail)
    for shared in office.shared_voicemails:
        yield from _of_box(f"shared_voicemail[{shared.id}]", f"shared_voicemail {shared.id}", shared.box)
    if office.parking and office.parking.timeout is not None:
        yield Leads("parking.timeout", "parking ", office.parking.timeout, PlanUse.PARKING)
    yield Leads("night.destination", "night ", office.night.destination, PlanUse.OPENING_HOURS)


def references(office: Office) -> Iterator[Reference]:
    """Return everything that is named by its id, destinations included."""
    for lead in leads(office):
        named = kind_and_id(lead.destination)
        if named is not None:
            yield Reference(lead.where, *named)
    for extension in office.extensions:
        place = f"extension[{extension.number}]"
        yield from _optional(f"{place}.permission", "permission", extension.permission_id)
        yield from _optional(f"{place}.music", "music", extension.music_id)
        for filter_id in extension.filter_ids:
            yield Reference(f"{place}.filters", "call_filter", filter_id)
        for box_id in extension.lamp_box_ids:
            if box_id != COMPANY_BOX:
                yield Reference(f"{place}.lamp_boxes", "shared_voicemail", box_id)
    for place, box in _boxes(office):
        yield from _optional(f"{place}.greeting", "prompt", box.greeting_id)
        yield from _optional(f"{place}.busy_greeting", "prompt", box.busy_greeting_id)
    for number in office.numbers:
        place = f"number[{number.number}]"
        yield from _optional(f"{place}.opening_hours", "opening_hours", number.opening_hours_id)
        yield from _optional(f"{place}.backup_route", "backup_route", number.backup_route_id)
        yield from _optional(f"{place}.public_holidays", "public_holidays", number.public_holidays_id)
        yield from _optional(f"{place}.schedule", "schedule", number.schedule_id)
        yield from _optional(f"{place}.mode_key", "mode_key", number.mode_key_id)
        for kind, ids in (
            ("call_filter", number.filter_ids),
            ("caller_rule", number.caller_rule_ids),
            ("closure", number.closure_ids),
        ):
            for one in ids:
                yield Reference(f"{place}.{kind}s", kind, one)
    for group in office.ring_groups:
        for member in group.member_ids:
            yield Reference(f"ring_group[{group.number}].members", "extension", member)
    for route in office.backup_routes:
        for watched in route.watched_extension_ids:
            yield Reference(f"backup_route[{route.id}].watched", "extension", watched)
    for phone in office.phones:
        yield from _of_phone(phone)
    for plan in office.call_plans:
        for position, step in enumerate(plan.steps, start=1):
            where = f"call_plan[{plan.id}].step[{position}]"
            match step:
                case RingExtension(one, _):
                    yield Reference(where, "extension", one)
                case RingTheGroup(one, _):
                    yield Reference(where, "ring_group", one)
                case CallSpeedDial(one, _):
                    yield Reference(where, "speed_dial", one)
                case SayPrompt(one):
                    yield Reference(where, "prompt", one)
                case CheckModeKey(one):
                    yield Reference(where, "mode_key", one)
                case CheckCallerRule(one):
                    yield Reference(where, "caller_rule", one)
                case CheckOpeningHours(one, _):
                    yield Reference(where, "opening_hours", one)
                case _:
                    pass
    for attendant in office.attendants:
        place = f"attendant[{attendant.id}]"
        yield from _optional(f"{place}.opening_hours", "opening_hours", attendant.opening_hours_id)
        yield from _optional(f"{place}.public_holidays", "public_holidays", attendant.public_holidays_id)
        for name, menu in _menus(attendant):
            yield from _optional(f"{place}.{name}.greeting", "prompt", menu.greeting_id)
            for key, does in menu.keys.items():
                yield from _optional(f"{place}.{name}.key[{key}]", "prompt", does.prompt_id)
    for schedule in office.schedules:
        for position, event in enumerate(schedule.events, start=1):
            yield from _optional(f"schedule[{schedule.id}].event[{position}].prompt", "prompt", event.prompt_id)
        yield from _optional(f"schedule[{schedule.id}].default_prompt", "prompt", schedule.default_prompt_id)
    for call_filter in office.call_filters:
        where = f"call_filter[{call_filter.id}].opening_hours"
        yield from _optional(where, "opening_hours", call_filter.opening_hours_id)
    for outbound in office.outbound_routes:
        where = f"outbound_route[{outbound.id}]"
        yield from _optional(f"{where}.opening_hours", "opening_hours", outbound.opening_hours_id)
        for trunk in outbound.trunks:
            yield Reference(f"{where}.trunks", "trunk", trunk.trunk_id)
    for prefix in office.dialling_prefixes:
        yield from _optional(f"dialling_prefix[{prefix.prefix}].number", "number", prefix.number_id)
    for forwarding in office.forwarding_prefixes:
        yield Reference(f"forwarding_prefix[{forwarding.prefix}].number", "number", forwarding.number_id)
    yield from _optional("site.permission", "permission", office.site.permission_id)
    yield from _optional("night.opening_hours", "opening_hours", office.night.opening_hours_id)
    yield from _optional("night.public_holidays", "public_holidays", office.night.public_holidays_id)
    yield from _optional("behaviour.forward_number", "number", office.behaviour.forward_number_id)


def _of_phone(phone: Phone) -> Iterator[Reference]:
    place = f"phone[{phone.mac}]"
    yield from _optional(f"{place}.extension", "extension", phone.extension_id)
    for further in phone.further_extension_ids:
        yield Reference(f"{place}.further_extensions", "extension", further)
    for key in phone.keys:
        where = f"{place}.key[{key.position}].does"
        match key.does:
            case Colleague(one):
                yield Reference(where, "extension", one)
            case Group(one):
                yield Reference(where, "ring_group", one)
            case ModeSwitch(one):
                yield Reference(where, "mode_key", one)
            case _:
                pass


def used_where(office: Office, kind: str, one: str) -> tuple[str, ...]:
    """Return the places that name an object."""
    return tuple(reference.where for reference in references(office) if (reference.kind, reference.id) == (kind, one))


def ids_by_kind(office: Office) -> dict[str, list[str]]:
    """Return the ids of every kind, in the order of the office, doubles included."""
    return {
        "trunk": [item.id for item in office.trunks],
        "number": [item.id for item in office.numbers],
        "extension": [item.id for item in office.extensions],
        "phone": [item.id for item in office.phones],
        "contact": [item.id for item in office.contacts],
        "ring_group": [item.id for item in office.ring_groups],
        "call_plan": [item.id for item in office.call_plans],
        "attendant": [item.id for item in office.attendants],
        "opening_hours": [item.id for item in office.opening_hours],
        "public_holidays": [item.id for item in office.public_holidays],
        "closure": [item.id for item in office.closures],
        "schedule": [item.id for item in office.schedules],
        "backup_route": [item.id for item in office.backup_routes],
        "call_filter": [item.id for item in office.call_filters],
        "caller_rule": [item.id for item in office.caller_rules],
        "mode_key": [item.id for item in office.mode_keys],
        "speed_dial": [item.id for item in office.speed_dials],
        "shared_voicemail": [item.id for item in office.shared_voicemails],
        "voicemail": [item.id for item in office.extensions if item.voicemail],
        "prompt": [item.id for item in office.prompts],
        "music": [item.id for item in office.music],
        "permission": [item.id for item in office.permissions],
        "outbound_route": [item.id for item in office.outbound_routes],
    }


def kind_and_id(destination: Destination) -> tuple[str, str] | None:
    """Return what a destination names; None where it names nothing of the office."""
    match destination:
        case ToExtension(one):
            return "extension", one
        case ToRingGroup(one):
            return "ring_group", one
        case ToCallPlan(one):
            return "call_plan", one
        case ToAttendant(one):
            return "attendant", one
        case ToSpeedDial(one):
            return "speed_dial", one
        case ToVoicemail(extension_id):
            return ("voicemail", extension_id) if extension_id is not None else None
        case ToSharedVoicemail(one):
            return "shared_voicemail", one
        case PlayPrompt(one):
            return "prompt", one
        case ToOutsideNumber() | HangUp():
            return None


def _of_plan(plan: CallPlan) -> Iterator[Leads]:
    for position, step in enumerate(plan.steps, start=1):
        where, owner = f"call_plan[{plan.id}].step[{position}]", f"call_plan {plan.id}"
        if isinstance(step, GoTo):
            yield Leads(where, owner, step.destination, PlanUse.CALL_PLAN)
        elif isinstance(step, CheckOpeningHours):
            yield Leads(where, owner, step.when_closed, PlanUse.OPENING_HOURS)


def _of_attendant(attendant: AutoAttendant) -> Iterator[Leads]:
    place, owner = f"attendant[{attendant.id}]", f"attendant {attendant.id}"
    if attendant.reception is not None:
        yield Leads(f"{place}.reception", owner, attendant.reception, PlanUse.ATTENDANT)
    for name, menu in _menus(attendant):
        if menu.timeout is not None:
            yield Leads(f"{place}.{name}.timeout", owner, menu.timeout, PlanUse.ATTENDANT)
        for key, does in menu.keys.items():
            if does.does in {KeyDoes.FORWARD, KeyDoes.FORWARD_ANNOUNCED}:
                where = f"{place}.{name}.key[{key}]"
                yield Leads(where, owner, does.destination, PlanUse.ATTENDANT, by_itself=False)
        for code in menu.codes:
            where = f"{place}.{name}.code[{code.code}]"
            yield Leads(where, owner, code.destination, PlanUse.ATTENDANT, by_itself=False)


def _menus(attendant: AutoAttendant) -> Iterator[tuple[str, Menu]]:
    yield "menu", attendant.menu
    if attendant.closed_menu is not None:
        yield "closed_menu", attendant.closed_menu


def _of_box(place: str, owner: str, box: VoicemailBox) -> Iterator[Leads]:
    if not box.takes_messages and box.after_greeting is not None:
        yield Leads(f"{place}.after_greeting", owner, box.after_greeting, PlanUse.CALL_PLAN)


def _boxes(office: Office) -> Iterator[tuple[str, VoicemailBox]]:
    yield "site.voicemail", office.company_voicemail
    for shared in office.shared_voicemails:
        yield f"shared_voicemail[{shared.id}]", shared.box
    for extension in office.extensions:
        if extension.voicemail:
            yield f"extension[{extension.number}].voicemail", extension.voicemail


def _optional(where: str, kind: str, one: str | None) -> Iterator[Reference]:
    if one is not None:
        yield Reference(where, kind, one)

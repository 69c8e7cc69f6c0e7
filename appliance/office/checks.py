"""Rules that span objects: what a single value cannot know about itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from appliance.office.destination import (
    Destination,
    HangUp,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
    ToVoicemail,
)
from appliance.office.office import Office
from appliance.office.problems import Problem, Severity
from appliance.office.voicemail import COMPANY_VOICEMAIL_NUMBER, LISTEN_NUMBER


def check_office(office: Office) -> tuple[Problem, ...]:
    """Return every defect of the office; an office with an error among them is not compiled."""
    return (
        *_doubles(office),
        *_short_numbers(office),
        *_dangling(office),
        *_loops(office),
        *_attention(office),
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether any of these keeps the office from being compiled."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _doubles(office: Office) -> Iterator[Problem]:
    for kind, ids in (
        ("trunk", [trunk.id for trunk in office.trunks]),
        ("number", [number.id for number in office.numbers]),
        ("extension", [extension.id for extension in office.extensions]),
        ("phone", [phone.id for phone in office.phones]),
        ("ring_group", [group.id for group in office.ring_groups]),
        ("opening_hours", [hours.id for hours in office.opening_hours]),
        ("backup_route", [route.id for route in office.backup_routes]),
    ):
        for twice in _repeated(ids):
            yield Problem(where=f"{kind}[{twice}].id", rule="id-twice", facts={"value": twice})
    for mac in _repeated([str(phone.mac) for phone in office.phones]):
        yield Problem(where=f"phone[{mac}].mac", rule="mac-twice", facts={"value": mac})
    for number in _repeated([str(number.number) for number in office.numbers]):
        yield Problem(where=f"number[{number}].number", rule="number-twice", facts={"value": number})


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _short_numbers(office: Office) -> Iterator[Problem]:
    taken = {COMPANY_VOICEMAIL_NUMBER.digits: "company voicemail", LISTEN_NUMBER: "voicemail"}
    short = [(f"extension[{item.number}]", item.number.digits, item.name) for item in office.extensions]
    short += [(f"ring_group[{item.number}]", item.number.digits, item.name) for item in office.ring_groups]
    for place, digits, name in short:
        if digits in taken:
            facts = {"value": digits, "holder": taken[digits]}
            yield Problem(where=f"{place}.number", rule="short-number-taken", facts=facts)
        taken.setdefault(digits, name)
        for emergency in office.site.pack.emergency_numbers:
            # 1120 beside 112: a phone that dials while one types would never reach 1120, or delay 112.
            if digits.startswith(emergency) or f"0{emergency}" == digits:
                facts = {"value": digits, "emergency": emergency}
                yield Problem(where=f"{place}.number", rule="eats-emergency-number", facts=facts)
                break


def _dangling(office: Office) -> Iterator[Problem]:
    extension_ids = {extension.id for extension in office.extensions}
    with_voicemail = {extension.id for extension in office.extensions if extension.voicemail}
    group_ids = {group.id for group in office.ring_groups}

    def destination_at(where: str, destination: Destination) -> Iterator[Problem]:
        match destination:
            case ToExtension(extension_id):
                yield from missing(where, "no-such-extension", extension_id, extension_ids)
            case ToRingGroup(ring_group_id):
                yield from missing(where, "no-such-ring-group", ring_group_id, group_ids)
            case ToVoicemail(extension_id) if extension_id is not None:
                yield from missing(where, "no-such-voicemail", extension_id, with_voicemail)
            case ToVoicemail() | ToOutsideNumber() | HangUp():
                pass

    def missing(where: str, rule: str, wanted: str, known: set[str]) -> Iterator[Problem]:
        if wanted not in known:
            yield Problem(where=where, rule=rule, facts={"value": wanted})

    hours_ids = {hours.id for hours in office.opening_hours}
    route_ids = {route.id for route in office.backup_routes}
    for number in office.numbers:
        place = f"number[{number.number}]"
        yield from destination_at(f"{place}.destination", number.destination)
        yield from destination_at(f"{place}.when_closed", number.when_closed)
        if number.opening_hours_id is not None:
            rule = "no-such-opening-hours"
            yield from missing(f"{place}.opening_hours", rule, number.opening_hours_id, hours_ids)
        if number.backup_route_id is not None:
            rule = "no-such-backup-route"
            yield from missing(f"{place}.backup_route", rule, number.backup_route_id, route_ids)
    for group in office.ring_groups:
        place = f"ring_group[{group.number}]"
        for member in group.member_ids:
            yield from missing(f"{place}.members", "no-such-extension", member, extension_ids)
        yield from destination_at(f"{place}.no_answer", group.no_answer)
    for route in office.backup_routes:
        place = f"backup_route[{route.id}]"
        for watched in route.watched_extension_ids:
            yield from missing(f"{place}.watched", "no-such-extension", watched, extension_ids)
        yield from destination_at(f"{place}.destination", route.destination)
    for phone in office.phones:
        if phone.extension_id is not None:
            place = f"phone[{phone.mac}].extension"
            yield from missing(place, "no-such-extension", phone.extension_id, extension_ids)


def _loops(office: Office) -> Iterator[Problem]:
    after = {
        group.id: group.no_answer.ring_group_id
        for group in office.ring_groups
        if isinstance(group.no_answer, ToRingGroup)
    }
    for group in office.ring_groups:
        seen = {group.id}
        following = after.get(group.id)
        while following is not None and following not in seen:
            seen.add(following)
            following = after.get(following)
        if following == group.id:
            where = f"ring_group[{group.number}].no_answer"
            yield Problem(where=where, rule="loop", facts={"value": group.name})


def _attention(office: Office) -> Iterator[Problem]:
    """Warnings: the office can be used, and somebody should know."""
    site = office.site
    if site.company_number is None:
        yield Problem(where="site.company_number", rule="no-company-number", severity=Severity.WARNING)
    elif office.numbers and site.company_number not in {number.number for number in office.numbers}:
        facts = {"value": str(site.company_number)}
        where = "site.company_number"
        yield Problem(where=where, rule="company-number-not-ours", facts=facts, severity=Severity.WARNING)
    if not office.trunks:
        yield Problem(where="trunk", rule="no-trunk", severity=Severity.WARNING)
    for group in office.ring_groups:
        if not group.member_ids:
            where = f"ring_group[{group.number}].members"
            facts = {"value": group.name}
            yield Problem(where=where, rule="ring-group-empty", facts=facts, severity=Severity.WARNING)
    for number in office.numbers:
        if number.backup_route_id is None:
            where = f"number[{number.number}].backup_route"
            facts = {"value": str(number.number)}
            yield Problem(where=where, rule="no-backup-route", facts=facts, severity=Severity.WARNING)

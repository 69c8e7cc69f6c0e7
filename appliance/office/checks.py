"""Rules that span objects: what a single value cannot know about itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from appliance.office.auto_attendant import Menu
from appliance.office.call_plan import CallNumber, CallPlan, GoTo, PlanUse, RingExtension, RingTheGroup
from appliance.office.calling_permission import DEFAULT_KINDS
from appliance.office.destination import (
    HangUp,
    ToAttendant,
    ToCallPlan,
    ToExtension,
    ToOutsideNumber,
    ToRingGroup,
)
from appliance.office.dialled import emergency_forms
from appliance.office.extension import Extension
from appliance.office.night import NightSetting
from appliance.office.numbering import canonical
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.parking import PARK_PREFIX
from appliance.office.phone_key import OwnLine, ParkingPlace
from appliance.office.problems import Problem, Severity
from appliance.office.references import ids_by_kind, kind_and_id, leads, references
from appliance.office.schedule import Handling
from appliance.office.trunk import Transport
from appliance.office.voicemail import COMPANY_VOICEMAIL_NUMBER, LISTEN_NUMBER, VoicemailBox


def check_office(office: Office) -> tuple[Problem, ...]:
    """Return every defect of the office; an office with an error among them is not compiled."""
    return (
        *_doubles(office),
        *_short_numbers(office),
        *_dangling(office),
        *_loops(office),
        *_plans(office),
        *_phones(office),
        *_own_numbers(office),
        *_ourselves(office),
        *_permitted(office),
        *_contradictions(office),
        *_attention(office),
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether any of these keeps the office from being compiled."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _doubles(office: Office) -> Iterator[Problem]:
    for kind, ids in ids_by_kind(office).items():
        if kind != "voicemail":
            for twice in _repeated(ids):
                yield Problem(where=f"{kind}[{twice}].id", rule="id-twice", facts={"value": twice})
    for mac in _repeated([str(phone.mac) for phone in office.phones]):
        yield Problem(where=f"phone[{mac}].mac", rule="mac-twice", facts={"value": mac})
    for number in _repeated([str(number.number) for number in office.numbers]):
        yield Problem(where=f"number[{number}].number", rule="number-twice", facts={"value": number})
    for prefix in _repeated([prefix.prefix for prefix in office.dialling_prefixes]):
        yield Problem(where=f"dialling_prefix[{prefix}].prefix", rule="prefix-twice", facts={"value": prefix})
    for prefix in _repeated([prefix.prefix for prefix in office.forwarding_prefixes]):
        yield Problem(where=f"forwarding_prefix[{prefix}].prefix", rule="prefix-twice", facts={"value": prefix})
    for user in _repeated([extension.sip_user for extension in office.extensions]):
        yield Problem(where=f"extension[{user}].numeric_user", rule="user-twice", facts={"value": user})


def _repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


def _phones(office: Office) -> Iterator[Problem]:
    slots = office.parking.slots() if office.parking else ()
    for phone in office.phones:
        place = f"phone[{phone.mac}]"
        if phone.further_extension_ids and phone.extension_id is None:
            yield Problem(where=f"{place}.extension", rule="missing", facts={"value": "extension"})
        for twice in _repeated([f"{key.module}.{key.position}" for key in phone.keys]):
            position = twice.partition(".")[2]
            yield Problem(where=f"{place}.key[{position}]", rule="key-twice", facts={"value": position})
        for key in phone.keys:
            where = f"{place}.key[{key.position}].does"
            match key.does:
                case OwnLine(line) if not 1 <= line <= max(1, len(phone.extension_ids)):
                    most = str(max(1, len(phone.extension_ids)))
                    yield Problem(where=where, rule="key-line", facts={"value": str(line), "most": most})
                case ParkingPlace(slot) if slot.digits not in slots:
                    yield Problem(where=where, rule="key-slot", facts={"value": slot.digits})
                case _:
                    pass


def _short_numbers(office: Office) -> Iterator[Problem]:
    services = {COMPANY_VOICEMAIL_NUMBER.digits: "company-voicemail", LISTEN_NUMBER: "voicemail"}
    taken: dict[str, str] = {}
    for place, digits, name in _all_short_numbers(office):
        if digits in services:
            facts = {"value": digits, "service": services[digits]}  # a holder with a name in every language
            yield Problem(where=f"{place}.number", rule="short-number-taken", facts=facts)
        if digits in taken:
            facts = {"value": digits, "holder": taken[digits]}
            yield Problem(where=f"{place}.number", rule="short-number-taken", facts=facts)
        taken.setdefault(digits, name)
        for emergency in office.site.pack.emergency_numbers:
            # 1120 beside 112: a phone that dials while one types would never reach 1120, or delay 112.
            if digits.startswith(emergency) or digits in emergency_forms(emergency):
                facts = {"value": digits, "emergency": emergency}
                yield Problem(where=f"{place}.number", rule="eats-emergency-number", facts=facts)
                break


def _all_short_numbers(office: Office) -> Iterator[tuple[str, str, str]]:
    numbered: list[tuple[str, ExtensionNumber | None, str]] = []
    numbered += [(f"extension[{item.number}]", item.number, item.name) for item in office.extensions]
    numbered += [(f"ring_group[{item.number}]", item.number, item.name) for item in office.ring_groups]
    numbered += [(f"call_plan[{item.id}]", item.number, item.name) for item in office.call_plans]
    numbered += [(f"attendant[{item.id}]", item.number, item.name) for item in office.attendants]
    numbered += [(f"shared_voicemail[{item.id}]", item.number, item.name) for item in office.shared_voicemails]
    numbered += [(f"mode_key[{item.number}]", item.number, item.name) for item in office.mode_keys]
    numbered += [(f"speed_dial[{item.short}]", item.short, item.name) for item in office.speed_dials]
    yield from ((place, number.digits, name) for place, number, name in numbered if number is not None)
    if office.parking is not None:
        for slot in office.parking.slots():
            yield "parking", slot, office.parking.name
            yield "parking", PARK_PREFIX + slot, office.parking.name


def _dangling(office: Office) -> Iterator[Problem]:
    known = {kind: set(ids) for kind, ids in ids_by_kind(office).items()}
    for reference in references(office):
        if reference.id not in known[reference.kind]:
            rule = f"no-such-{reference.kind.replace('_', '-')}"
            yield Problem(where=reference.where, rule=rule, facts={"value": reference.id})


def _loops(office: Office) -> Iterator[Problem]:
    """A call that nobody answers must come to an end: objects that pass it on by themselves never form a ring."""
    after: dict[str, list[tuple[str, str]]] = {}
    for lead in leads(office):
        named = kind_and_id(lead.destination)
        if lead.by_itself and named is not None:
            after.setdefault(lead.owner, []).append((lead.where, " ".join(named)))
    for number in office.numbers:
        if number.mode_key_id is not None:
            after.setdefault(f"number {number.id}", []).append(("", f"mode_key {number.mode_key_id}"))
    for extension in office.extensions:
        rules = extension.voicemail_rules
        if extension.voicemail and (rules.all_calls or rules.busy or rules.no_answer):
            after.setdefault(f"extension {extension.id}", []).append(("", f"voicemail {extension.id}"))
    for plan in office.call_plans:
        for reference in references(office):
            if reference.where.startswith(f"call_plan[{plan.id}].step[") and reference.kind in {
                "mode_key",
                "caller_rule",
                "opening_hours",
            }:
                entry = (reference.where, f"{reference.kind} {reference.id}")
                after.setdefault(f"call_plan {plan.id}", []).append(entry)
    for owner, ways in sorted(after.items()):
        for where, first in ways:
            if where and _reaches(after, first, owner):
                yield Problem(where=where, rule="loop", facts={"value": owner.partition(" ")[2]})
                break


def _reaches(after: dict[str, list[tuple[str, str]]], start: str, wanted: str) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node == wanted:
            return True
        if node not in seen:
            seen.add(node)
            waiting += [following for _, following in after.get(node, ())]
    return False


def _plans(office: Office) -> Iterator[Problem]:
    plans = {plan.id: plan for plan in office.call_plans}
    for lead in leads(office):
        match lead.destination:
            case ToCallPlan(plan_id) if plan_id in plans and not plans[plan_id].may_be_used_in(lead.use):
                facts = {"value": plans[plan_id].name, "use": lead.use.value}
                yield Problem(where=lead.where, rule="plan-not-for-this", facts=facts)
            case _:
                pass
        if lead.use is PlanUse.BACKUP_ROUTE and isinstance(lead.destination, ToCallPlan):
            plan = plans.get(lead.destination.call_plan_id)
            if plan is not None and _needs_phones(office, plan):
                yield Problem(where=lead.where, rule="backup-needs-no-phone", facts={"value": plan.name})
    for plan in office.call_plans:
        place = f"call_plan[{plan.id}]"
        ends = [position for position, step in enumerate(plan.steps, start=1) if isinstance(step, GoTo)]
        if ends and ends[0] < len(plan.steps):
            yield Problem(where=f"{place}.step[{ends[0]}]", rule="plan-goes-on-after-end", facts={"value": plan.name})
        if not plan.steps:
            yield Problem(where=f"{place}.steps", rule="plan-empty", facts={"value": plan.name})
        elif not ends:
            yield _warning(f"{place}.steps", "no-safety-net", value=plan.name)


def _needs_phones(office: Office, plan: CallPlan) -> bool:
    for step in plan.steps:
        if isinstance(step, RingExtension | RingTheGroup):
            return True
        if isinstance(step, GoTo) and isinstance(step.destination, ToExtension | ToRingGroup | ToAttendant):
            return True
        if isinstance(step, GoTo) and isinstance(step.destination, ToCallPlan):
            following = next((item for item in office.call_plans if item.id == step.destination.call_plan_id), None)
            if following is not None and following.id != plan.id and _needs_phones(office, following):
                return True
    return False


def _own_numbers(office: Office) -> Iterator[Problem]:
    """What is shown outside must be a number that can be called back."""
    own = {number.number for number in office.numbers}
    for extension in office.extensions:
        if extension.outgoing_number is not None and extension.outgoing_number not in own:
            facts = {"value": str(extension.outgoing_number)}
            yield Problem(where=f"extension[{extension.number}].outgoing_number", rule="not-our-number", facts=facts)
    for group in office.ring_groups:
        if group.outgoing_number is not None and group.outgoing_number not in own:
            facts = {"value": str(group.outgoing_number)}
            yield Problem(where=f"ring_group[{group.number}].outgoing_number", rule="not-our-number", facts=facts)


def _ourselves(office: Office) -> Iterator[Problem]:
    """A call sent outside to a number of the office comes in again on its own line, for ever."""
    own = {number.number for number in office.numbers}
    forwards = ((where, number) for where, _, number in _forwards(office))
    for where, number in (*_called_by_itself(office), *forwards):
        if number in own:
            yield Problem(where=where, rule="backup-to-ourselves", facts={"value": str(number)})


def _permitted(office: Office) -> Iterator[Problem]:
    """What the office calls by itself is of a kind as delivered, or allowed by name; a forward is its owner's call."""
    country = office.site.country
    for where, number in _called_by_itself(office):
        facts = {"value": str(number), "kind": number.kind(country).value}
        if not office.may_call_itself(number):
            yield Problem(where=where, rule="number-not-allowed", facts=facts)
        elif number.kind(country) not in DEFAULT_KINDS:
            yield _warning(where, "number-allowed-by-name", **facts)
    for where, extension, number in _forwards(office):
        if not office.permission_of(extension).allows(number, country):
            yield _warning(where, "forward-not-allowed", value=str(number), name=extension.name)
    for where, number in (*_called_by_itself(office), *((where, number) for where, _, number in _forwards(office))):
        if canonical(number.e164) != number.e164:
            yield _warning(where, "phone-number-unknown", value=str(number))


def _called_by_itself(office: Office) -> Iterator[tuple[str, PhoneNumber]]:
    """Return every number outside that is called without anybody dialling it, and where it stands."""
    for lead in leads(office):
        if isinstance(lead.destination, ToOutsideNumber):
            yield lead.where, lead.destination.number
    for dial in office.speed_dials:
        yield f"speed_dial[{dial.short}].number", dial.number
    for plan in office.call_plans:
        for position, step in enumerate(plan.steps, start=1):
            if isinstance(step, CallNumber):
                yield f"call_plan[{plan.id}].step[{position}]", step.number
    for group in office.ring_groups:
        for number in group.outside_members:
            yield f"ring_group[{group.number}].outside_members", number


def _forwards(office: Office) -> Iterator[tuple[str, Extension, PhoneNumber]]:
    for extension in office.extensions:
        for case, number in extension.forwarding.each():
            if isinstance(number, PhoneNumber):
                yield f"extension[{extension.number}].forward_{case.value.replace('-', '_')}", extension, number


def _contradictions(office: Office) -> Iterator[Problem]:
    for trunk in office.trunks:
        if trunk.encrypts_media and trunk.transport is not Transport.TLS:
            where = f"trunk[{trunk.id}].encrypts_media"
            yield Problem(where=where, rule="srtp-without-tls", facts={"value": trunk.name})
    for attendant in office.attendants:
        menus = [("menu", attendant.menu)] + ([("closed_menu", attendant.closed_menu)] if attendant.closed_menu else [])
        for name, menu in menus:
            yield from _menu(f"attendant[{attendant.id}].{name}", menu, attendant.name)
        if attendant.reception is None and any(menu.timeout is None for _, menu in menus):
            yield _warning(f"attendant[{attendant.id}].reception", "no-reception", value=attendant.name)
    for extension in office.extensions:
        for case, number in extension.forwarding.each():
            if number == extension.number:
                where = f"extension[{extension.number}].forward_{case.value.replace('-', '_')}"
                yield Problem(where=where, rule="forward-to-itself", facts={"value": str(number)})
        if extension.mails_when_offline and extension.email is None:
            where = f"extension[{extension.number}].mails_when_offline"
            yield Problem(where=where, rule="mail-without-address", facts={"value": extension.name})
        if extension.voicemail:
            yield from _box(f"extension[{extension.number}].voicemail", extension.voicemail, extension.name)
    yield from _box("site.voicemail", office.company_voicemail, office.site.company_name)
    for shared in office.shared_voicemails:
        yield from _box(f"shared_voicemail[{shared.id}]", shared.box, shared.name)
    for schedule in office.schedules:
        for position, event in enumerate(schedule.events, start=1):
            if event.handling is Handling.FORWARD and isinstance(event.destination, HangUp):
                where = f"schedule[{schedule.id}].event[{position}].destination"
                yield Problem(where=where, rule="forward-nowhere", facts={"value": event.name})
    if office.night.setting is NightSetting.AUTO and office.night.opening_hours_id is None:
        yield Problem(where="night.opening_hours", rule="night-without-hours")


def _menu(place: str, menu: Menu, name: str) -> Iterator[Problem]:
    if menu.keys and menu.codes:
        yield Problem(where=place, rule="keys-and-codes", facts={"value": name})
    if not menu.keys and not menu.codes:
        yield Problem(where=place, rule="menu-empty", facts={"value": name})


def _box(place: str, box: VoicemailBox, name: str) -> Iterator[Problem]:
    if box.deletes_after_mail and not (box.emails and box.attaches_recording):
        # The message would be nowhere at all.
        yield Problem(where=f"{place}.deletes_after_mail", rule="message-would-be-lost", facts={"value": name})


def _attention(office: Office) -> Iterator[Problem]:
    """Warnings: the office can be used, and somebody should know."""
    site = office.site
    if site.company_number is None:
        yield _warning("site.company_number", "no-company-number")
    elif office.numbers and site.company_number not in {number.number for number in office.numbers}:
        yield _warning("site.company_number", "company-number-not-ours", value=str(site.company_number))
    if not office.trunks:
        yield _warning("trunk", "no-trunk")
    for group in office.ring_groups:
        place = f"ring_group[{group.number}]"
        if not group.member_ids and not group.outside_members:
            yield _warning(f"{place}.members", "ring-group-empty", value=group.name)
    for number in office.numbers:
        place = f"number[{number.number}]"
        if number.backup_route_id is None:
            yield _warning(f"{place}.backup_route", "no-backup-route", value=str(number.number))
        if isinstance(number.destination, HangUp):
            yield _warning(f"{place}.destination", "number-without-plan", value=str(number.number))


def _warning(where: str, rule: str, **facts: str) -> Problem:
    return Problem(where=where, rule=rule, facts=facts, severity=Severity.WARNING)

"""Rules that span objects: what a single value cannot know about itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from appliance.office.call_plan import CallNumber, CallPlan, GoTo, PlanUse, RingExtension, RingTheGroup
from appliance.office.calling_permission import DEFAULT_KINDS
from appliance.office.contradictions import attention, contradictions
from appliance.office.declared.catalogue import COMPANY_VOICEMAIL, SUBJECTS
from appliance.office.declared.moving import VOICEMAIL, kind_and_id
from appliance.office.declared.place import Place, place_of
from appliance.office.declared.walk import (
    Exit,
    Named,
    exits_in,
    faults_in,
    ids_by_kind,
    leaves,
    names_in,
    short_numbers,
)
from appliance.office.destination import ToAttendant, ToCallPlan, ToExtension, ToOutsideNumber, ToRingGroup
from appliance.office.dialled import emergency_forms
from appliance.office.extension import Extension
from appliance.office.forward_targets import ForwardTargets, forward_targets
from appliance.office.numbering import canonical
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.parking import PARK_PREFIX
from appliance.office.problems import Problem, Severity, problem_at, warning_at
from appliance.office.voicemail import LISTEN_NUMBER

_Node = tuple[str, str]  # kind and id
# What a step of a plan asks, which may send the call out of the plan.
_ASKED_IN_PLANS = frozenset({"mode_key", "caller_rule", "opening_hours"})


@dataclass(frozen=True, slots=True)
class _Walked:
    """What one walk through the office found."""

    office: Office
    named: tuple[Named, ...]
    exits: tuple[Exit, ...]
    faults: tuple[Problem, ...]
    targets: ForwardTargets


def check_office(office: Office) -> tuple[Problem, ...]:
    """Return every defect of the office; an office with an error among them is not compiled."""
    return office.once("problems", _check)


def _check(office: Office) -> tuple[Problem, ...]:
    walked = _walk(office)
    return (
        *walked.faults,
        *_faults_of_objects(office),
        *_doubles(office),
        *_short_numbers(office),
        *_dangling(walked),
        *_loops(walked),
        *_plans(walked),
        *_own_numbers(office),
        *_ourselves(walked),
        *_permitted(walked),
        *_forwarded_nowhere(walked),
        *contradictions(office),
        *attention(office),
    )


def has_errors(problems: Iterable[Problem]) -> bool:
    """Tell whether any of these keeps the office from being compiled."""
    return any(problem.severity is Severity.ERROR for problem in problems)


def _walk(office: Office) -> _Walked:
    named: list[Named] = []
    exits: list[Exit] = []
    faults: list[Problem] = []
    for leaf in leaves(office):
        named += names_in(leaf)
        exits += exits_in(leaf)
        faults += faults_in(leaf)
    return _Walked(office, tuple(named), tuple(exits), tuple(faults), forward_targets(office))


def _faults_of_objects(office: Office) -> Iterator[Problem]:
    for subject in SUBJECTS:
        for thing in subject.objects(office):
            for key, fault in subject.table.faults(thing):
                yield fault.at_place(subject.place(thing).below(key))


def _doubles(office: Office) -> Iterator[Problem]:
    for kind, ids in ids_by_kind(office).items():
        if kind != VOICEMAIL:
            yield from _twice(kind, ids, "id", "id-twice")
    yield from _twice("phone", [str(phone.mac) for phone in office.phones], "mac", "mac-twice")
    yield from _twice("number", [str(number.number) for number in office.numbers], "number", "number-twice")
    for kind, prefixes in (
        ("dialling_prefix", [prefix.prefix for prefix in office.dialling_prefixes]),
        ("forwarding_prefix", [prefix.prefix for prefix in office.forwarding_prefixes]),
    ):
        yield from _twice(kind, prefixes, "prefix", "prefix-twice")
    users = [extension.sip_user for extension in office.extensions]
    yield from _twice("extension", users, "numeric_user", "user-twice")
    yield from _in_two_teams(office)


def _twice(kind: str, values: list[str], key: str, rule: str) -> Iterator[Problem]:
    for value, count in Counter(values).items():
        if count > 1:
            yield problem_at(place_of(kind, value).below(key), rule, value=value)


def _in_two_teams(office: Office) -> Iterator[Problem]:
    """A team's hours hold for all its members, so that nobody can be in two."""
    in_team: set[str] = set()
    for team in office.teams:
        for position, member in enumerate(team.member_ids, start=1):
            if member in in_team:
                yield problem_at(place_of("team", team.id).below("members", position), "in-two-teams", value=member)
            in_team.add(member)


def _short_numbers(office: Office) -> Iterator[Problem]:
    company = place_of(COMPANY_VOICEMAIL).below("number")
    company_number = office.company_voicemail.number.digits
    services = {company_number: "company-voicemail", LISTEN_NUMBER: "voicemail"}
    taken: dict[str, str] = {}
    for place, digits, name in (*short_numbers(office), *_parking_numbers(office), (company, company_number, "")):
        if digits in services and (place != company or digits == LISTEN_NUMBER):
            # A holder with a name in every language.
            yield problem_at(place, "short-number-taken", value=digits, service=services[digits])
        if digits in taken:
            yield problem_at(place, "short-number-taken", value=digits, holder=taken[digits])
        taken.setdefault(digits, name)
        for emergency in office.site.pack.emergency_numbers:
            # 1120 beside 112: a phone that dials while one types would never reach 1120, or delay 112.
            if digits.startswith(emergency) or digits in emergency_forms(emergency):
                yield problem_at(place, "eats-emergency-number", value=digits, emergency=emergency)
                break


def _parking_numbers(office: Office) -> Iterator[tuple[Place, str, str]]:
    if office.parking is not None:
        place = place_of("parking").below("first")
        for slot in office.parking.slots():
            yield place, slot, office.parking.name
            yield place, PARK_PREFIX + slot, office.parking.name


def _dangling(walked: _Walked) -> Iterator[Problem]:
    known = {kind: set(ids) for kind, ids in ids_by_kind(walked.office).items()}
    for named in walked.named:
        if named.id not in known[named.kind]:
            yield problem_at(named.place, f"no-such-{named.kind.replace('_', '-')}", value=named.id)


def _loops(walked: _Walked) -> Iterator[Problem]:
    """A call that nobody answers must come to an end: objects that pass it on by themselves never form a ring."""
    office = walked.office
    after: dict[_Node, list[tuple[Place | None, _Node]]] = {}
    for way in walked.exits:
        named = kind_and_id(way.destination)
        if way.by_itself and named is not None:
            after.setdefault(way.owner, []).append((way.place, named))
    for number in office.numbers:
        if number.mode_key_id is not None:
            after.setdefault(("number", number.id), []).append((None, ("mode_key", number.mode_key_id)))
    for extension in office.extensions:
        for filter_id in extension.filter_ids:
            after.setdefault(("extension", extension.id), []).append((None, ("call_filter", filter_id)))
        rules = extension.voicemail_rules
        if extension.voicemail and (rules.all_calls or rules.busy or rules.no_answer):
            after.setdefault(("extension", extension.id), []).append((None, (VOICEMAIL, extension.id)))
    for team in office.teams:
        for member in team.member_ids:
            after.setdefault(("extension", member), []).append((None, ("team", team.id)))
    for named_in_plan in walked.named:
        table, plan_id = named_in_plan.place.steps[0]
        if table == "call_plan" and named_in_plan.kind in _ASKED_IN_PLANS:
            entry = (named_in_plan.place, (named_in_plan.kind, named_in_plan.id))
            after.setdefault(("call_plan", plan_id), []).append(entry)
    for owner, ways in sorted(after.items()):
        for place, first in ways:
            if place is not None and _reaches(after, first, owner):
                yield problem_at(place, "loop", value=owner[1])
                break


def _reaches(after: dict[_Node, list[tuple[Place | None, _Node]]], start: _Node, wanted: _Node) -> bool:
    seen: set[_Node] = set()
    waiting = [start]
    while waiting:
        node = waiting.pop()
        if node == wanted:
            return True
        if node not in seen:
            seen.add(node)
            waiting += [following for _, following in after.get(node, ())]
    return False


def _plans(walked: _Walked) -> Iterator[Problem]:
    plans = {plan.id: plan for plan in walked.office.call_plans}
    for way in walked.exits:
        if not isinstance(way.destination, ToCallPlan) or way.destination.call_plan_id not in plans:
            continue
        plan = plans[way.destination.call_plan_id]
        if not plan.may_be_used_in(way.use):
            yield problem_at(way.place, "plan-not-for-this", value=plan.name, use=way.use.value)
        if way.use is PlanUse.BACKUP_ROUTE and _needs_phones(walked.office, plan):
            yield problem_at(way.place, "backup-needs-no-phone", value=plan.name)
    for plan in plans.values():
        place = place_of("call_plan", plan.id)
        ends = [position for position, step in enumerate(plan.steps, start=1) if isinstance(step, GoTo)]
        if ends and ends[0] < len(plan.steps):
            yield problem_at(place.below("step", ends[0]), "plan-goes-on-after-end", value=plan.name)
        if not plan.steps:
            yield problem_at(place.below("steps"), "plan-empty", value=plan.name)
        elif not ends:
            yield warning_at(place.below("steps"), "no-safety-net", value=plan.name)


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
    shown = [("extension", item.number, item.outgoing_number) for item in office.extensions]
    shown += [("ring_group", item.number, item.outgoing_number) for item in office.ring_groups]
    for kind, owner, number in shown:
        if number is not None and number not in own:
            yield problem_at(place_of(kind, str(owner)).below("outgoing_number"), "not-our-number", value=str(number))


def _ourselves(walked: _Walked) -> Iterator[Problem]:
    """A call sent outside to a number of the office comes in again on its own line, for ever."""
    own = {number.number for number in walked.office.numbers}
    forwards = ((place, number) for place, _, number in _forwards(walked))
    for place, number in (*_called_by_itself(walked), *forwards):
        if number in own:
            yield problem_at(place, "backup-to-ourselves", value=str(number))


def _permitted(walked: _Walked) -> Iterator[Problem]:
    """What the office calls by itself is of a kind as delivered, or allowed by name; a forward is its owner's call."""
    office, country = walked.office, walked.office.site.country
    called, forwards = tuple(_called_by_itself(walked)), tuple(_forwards(walked))
    for place, number in called:
        kind = number.kind(country)
        if not office.may_call_itself(number):
            yield problem_at(place, "number-not-allowed", value=str(number), kind=kind.value)
        elif kind not in DEFAULT_KINDS:
            yield warning_at(place, "number-allowed-by-name", value=str(number), kind=kind.value)
    for place, extension, number in forwards:
        if not office.permission_of(extension).allows(number, country):
            yield warning_at(place, "forward-not-allowed", value=str(number), name=extension.name)
    for place, number in (*called, *((place, number) for place, _, number in forwards)):
        if canonical(number.e164) != number.e164:
            yield warning_at(place, "phone-number-unknown", value=str(number))


def _called_by_itself(walked: _Walked) -> Iterator[tuple[Place, PhoneNumber]]:
    """Return every number outside that is called without anybody dialling it, and where it stands."""
    for way in walked.exits:
        if isinstance(way.destination, ToOutsideNumber):
            yield way.place, way.destination.number
    for dial in walked.office.speed_dials:
        yield place_of("speed_dial", str(dial.short)).below("number"), dial.number
    for plan in walked.office.call_plans:
        for position, step in enumerate(plan.steps, start=1):
            if isinstance(step, CallNumber):
                yield place_of("call_plan", plan.id).below("step", position).below("call"), step.number
    for group in walked.office.ring_groups:
        for number in group.outside_members:
            yield place_of("ring_group", str(group.number)).below("outside_members"), number


def _forwards(walked: _Walked) -> Iterator[tuple[Place, Extension, PhoneNumber]]:
    """Return every number outside to which somebody's calls are forwarded, and where it stands."""
    for place, extension, number in _every_forward(walked.office):
        outside = number if isinstance(number, PhoneNumber) else walked.targets.outside.get(number.digits)
        if outside is not None:
            yield place, extension, outside


def _forwarded_nowhere(walked: _Walked) -> Iterator[Problem]:
    """A short number to forward to must be a place where calls may be sent."""
    for place, _, number in _every_forward(walked.office):
        if walked.targets.is_lost(number):
            yield problem_at(place, "forward-to-nowhere", value=str(number))


def _every_forward(office: Office) -> Iterator[tuple[Place, Extension, ExtensionNumber | PhoneNumber]]:
    for extension in office.extensions:
        for case, number in extension.forwarding.each():
            if number is not None:
                place = place_of("extension", str(extension.number))
                yield place.below(f"forward_{case.value.replace('-', '_')}"), extension, number

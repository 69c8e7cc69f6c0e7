"""What follows from the declarations: who names whom, where calls are sent, and which values are past their limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from appliance.office.call_plan import PlanUse
from appliance.office.declared.catalogue import COMPANY_VOICEMAIL, SUBJECTS
from appliance.office.declared.destinations import BackupTo, SendsCallsTo
from appliance.office.declared.kinds import Count, Leaf, PublicNumber, Reference, Text
from appliance.office.declared.moving import VOICEMAIL, kind_and_id
from appliance.office.declared.people import BoxOnLamp
from appliance.office.declared.place import Place
from appliance.office.declared.subject import Subject
from appliance.office.destination import Destination
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.voicemail import COMPANY_BOX


@dataclass(frozen=True, slots=True)
class Named:
    """Object `id` of kind `kind` is named at `place`."""

    place: Place
    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Exit:
    """`place`, which belongs to object `owner` (kind and id), sends calls to `destination`.

    `by_itself`: the call goes there when nobody answers or chooses; a key that a caller presses does not count.
    """

    place: Place
    owner: tuple[str, str]
    destination: Destination
    use: PlanUse
    by_itself: bool


def leaves(office: Office) -> Iterator[Leaf]:
    """Return every value of the office that is not as delivered, but for those that can only be right."""
    for subject in SUBJECTS:
        for thing in subject.objects(office):
            yield from leaves_of(subject, thing)


def leaves_of(subject: Subject, thing: Any) -> Iterator[Leaf]:
    """Return every such value of one object."""
    kind = VOICEMAIL if subject.kind == COMPANY_VOICEMAIL else subject.kind
    return subject.table.leaves(thing, subject.place(thing), (kind, subject.name_of(thing)))


def names_in(leaf: Leaf) -> Iterator[Named]:
    """Return what a value names."""
    match leaf.kind:
        case Reference(kind):
            yield Named(leaf.place, kind, leaf.value)
        case SendsCallsTo() | BackupTo():
            named = kind_and_id(leaf.value)
            if named is not None:
                yield Named(leaf.place, *named)
        case BoxOnLamp() if leaf.value != COMPANY_BOX:
            yield Named(leaf.place, "shared_voicemail", leaf.value)
        case _:
            pass


def exits_in(leaf: Leaf) -> Iterator[Exit]:
    """Return where a value sends calls, if it does as the object is set."""
    if isinstance(leaf.kind, SendsCallsTo | BackupTo) and leaf.applies:
        yield Exit(leaf.place, leaf.owner, leaf.value, leaf.kind.use, leaf.kind.by_itself)


def faults_in(leaf: Leaf) -> Iterator[Problem]:
    """Return what is wrong with a value by itself; a rule newer than some saved offices is not asked."""
    match leaf.kind:
        case Count() | Text(is_newer=False):
            try:
                leaf.kind.check(leaf.value)
            except InvalidValueError as fault:
                yield fault.at_place(leaf.place)
        case _:
            pass


def references(office: Office) -> Iterator[Named]:
    """Return every place that names an object."""
    for leaf in leaves(office):
        yield from names_in(leaf)


def exits(office: Office) -> Iterator[Exit]:
    """Return every place that sends calls elsewhere than as delivered."""
    for leaf in leaves(office):
        yield from exits_in(leaf)


def used_where(office: Office, kind: str, one: str) -> tuple[Place, ...]:
    """Return the places that name an object.

    Those that name an extension's box name the extension, and those that show a number of the office name the number.
    """
    return office.once("used where", _uses).get((kind, one), ())


def _uses(office: Office) -> Mapping[tuple[str, str], tuple[Place, ...]]:
    """Return the places that name each object, in the order of the office, by kind and id."""
    ids_of = defaultdict(list)
    for number in office.numbers:
        ids_of[number.number].append(number.id)
    found: dict[tuple[str, str], dict[Place, None]] = defaultdict(dict)
    for leaf in leaves(office):
        for named in names_in(leaf):
            kind = "extension" if named.kind == VOICEMAIL else named.kind
            found[kind, named.id][leaf.place] = None
        if leaf.kind == PublicNumber(is_ours=True):
            for number_id in ids_of[leaf.value]:
                found["number", number_id][leaf.place] = None
    return {one: tuple(places) for one, places in found.items()}


def ids_by_kind(office: Office) -> dict[str, list[str]]:
    """Return the ids of every kind that has them, in the order of the office, doubles included."""
    ids = {
        subject.kind: [thing.id for thing in subject.objects(office)]
        for subject in SUBJECTS
        if subject.has_ids and not subject.is_one
    }
    return ids | {VOICEMAIL: [extension.id for extension in office.extensions if extension.voicemail]}


def short_numbers(office: Office) -> Iterator[tuple[Place, str, str]]:
    """Return the place, the digits and the owner's name of every number that is dialled inside the office.

    Parking, which has many, is not among them.
    """
    for subject in SUBJECTS:
        if not subject.number_key or subject.is_one:
            continue
        for thing in subject.objects(office):
            number = getattr(thing, subject.number_key)
            if isinstance(number, ExtensionNumber):
                yield subject.place(thing).below(subject.number_key), number.digits, thing.name

"""Putting and removing any declared object of an office: what a page, a program and the command line have in common."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.declared.keys import IdKey
from appliance.office.declared.moving import Move, NothingLeftError
from appliance.office.declared.place import Place, place_of
from appliance.office.declared.reading import AlreadyReported, SecretMaker, Spot
from appliance.office.declared.rows import learn_names, reading, row_of
from appliance.office.declared.subject import Subject
from appliance.office.declared.walk import used_where
from appliance.office.destination import Destination
from appliance.office.forward_targets import number_of
from appliance.office.ids import check_id
from appliance.office.numbers import ExtensionNumber
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem, problem_at

LONGEST_ID = 32
MOST_OF_ONE_ID = 1000
NEW = "new"  # stands in a place for an object that has no name yet


def find(office: Office, subject: Subject, name: str) -> Any | None:
    """Return the object with this name, or the only one there is; None if there is none."""
    return next((thing for thing in subject.objects(office) if subject.is_one or subject.name_of(thing) == name), None)


def fingerprint(row: Mapping[str, object]) -> str:
    """Return what changes whenever an object's row, with what is as delivered, does (16 hexadecimal digits)."""
    text = json.dumps(row, default=str, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def put(
    changer: Changer, secrets: SecretMaker, subject: Subject, name: str, row: Mapping[str, object], seen: str = ""
) -> Outcome:
    """Add (empty name) or replace an object by what a row says; secrets that the row leaves out are kept.

    `seen`: the fingerprint of the object as the writer saw it; another one now is a problem, `object-changed`.
    Problems have the place of the row, or of whatever else in the office the change would break.
    """
    put_name = name
    put_at: Place | None = None

    def edit(office: Office) -> Office:
        nonlocal put_name, put_at
        old = find(office, subject, name) if name or subject.is_one else None
        place = place_of(subject.kind) if subject.is_one else place_of(subject.kind, name or NEW)
        if name and old is None:
            raise FieldProblemsError(_no_such(subject, name))
        if seen and old is not None and fingerprint(row_of(office, subject, old, with_defaults=True)) != seen:
            raise FieldProblemsError(problem_at(place, "object-changed", value=name))
        new = _read(office, secrets, subject, place, row, old)
        put_name, put_at = subject.name_of(new), subject.place(new)
        return renumbered(_with(office, subject, old, new), _short_number(subject, old), _short_number(subject, new))

    outcome = changer.change(f"{subject.kind} {name or NEW}", edit, {})
    return replace(outcome, name=put_name, place=put_at)


def remove(changer: Changer, subject: Subject, name: str, calls_to: Callable[[Office], Destination] | None) -> Outcome:
    """Remove an object.

    Without `calls_to`, one that is used is refused (`in-use`, with the places). With it, calls that went there go to
    that destination instead; lists, keys and settings that named the object go on without it. Where something cannot
    be without it, that is the problem, at its place.
    """

    def edit(office: Office) -> Office:
        thing = find(office, subject, name)
        if thing is None:
            raise FieldProblemsError(_no_such(subject, name))
        places = used_where(office, subject.kind, name) if subject.has_ids else ()
        if places and calls_to is None:
            facts = {"value": name, "places": ", ".join(str(place) for place in places)}
            raise FieldProblemsError(problem_at(subject.place(thing), "in-use", **facts))
        if subject.is_one:
            return _without_the_only(office, subject)
        left = tuple(one for one in subject.objects(office) if one is not thing)
        office = subject.put_in(office, left)
        if calls_to is None:
            return office
        instead, number = calls_to(office), _short_number(subject, thing)
        return moved(office, Move(subject.kind, name, instead, number=number, forwards_to=number_of(office, instead)))

    return changer.change(f"{subject.kind} {name} removed", edit, {})


def put_back(changer: Changer, subject: Subject, name: str, old: Any | None) -> Outcome:
    """Put an object back as it was (`old`), which is None where it was not there; it is checked like any change."""
    if old is None:
        return remove(changer, subject, name, None)

    def edit(office: Office) -> Office:
        return _with(office, subject, find(office, subject, name), old)

    return changer.change(f"{subject.kind} {name} as it was", edit, {})


def shift(changer: Changer, subject: Subject, name: str, by: int) -> Outcome:
    """Move an object up (-1) or down (1) in its list; the order of lines is the one in which they are tried."""

    def edit(office: Office) -> Office:
        things = list(subject.objects(office))
        at = next((at for at, thing in enumerate(things) if subject.name_of(thing) == name), None)
        if at is None:
            raise FieldProblemsError(_no_such(subject, name))
        to = min(max(at + by, 0), len(things) - 1)
        things.insert(to, things.pop(at))
        return subject.put_in(office, tuple(things))

    return changer.change(f"{subject.kind} {name} moved", edit, {})


def renumbered(office: Office, old: ExtensionNumber | None, new: ExtensionNumber | None) -> Office:
    """Return the office in which calls that were forwarded to a number are forwarded to the one in its place."""
    if old is None or new is None or old == new:
        return office
    return moved(office, Move("", "", number=old, forwards_to=new))


def moved(office: Office, move: Move) -> Office:
    """Return the office in which nothing names an object that goes; FieldProblemsError where that cannot be."""
    problems: list[Problem] = []
    for subject in SUBJECTS:
        things = subject.objects(office)
        left: list[Any] = []
        for thing in things:
            try:
                left.append(subject.table.moved(thing, move))
            except NothingLeftError:
                left.append(thing)
                problems.append(problem_at(subject.place(thing), "cannot-be-without", value=move.id))
        if tuple(left) != things:
            office = subject.put_in(office, left[0] if subject.is_one else tuple(left))
    if problems:
        raise FieldProblemsError(*problems)
    return office


def _read(
    office: Office, secrets: SecretMaker, subject: Subject, place: Place, row: Mapping[str, object], old: Any
) -> Any:
    noted = reading(office, secrets)
    given = {key: value for key, value in row.items() if key != "id"}
    if old is not None:
        # What the box has made stays, unless the row says otherwise.
        made = row_of(office, subject, old)
        given |= {
            column.key: made[column.key]
            for column in subject.table.columns()
            if column.is_made and column.key not in given and column.key in made
        }
    if subject.has_ids:
        given["id"] = old.id if old is not None else _new_id(office, secrets, subject, row)
        learn_names(noted, subject, given)
    try:
        return subject.table.read(given, Spot(noted, place), old)
    except InvalidValueError as fault:
        raise FieldProblemsError(fault.at_place(place)) from fault
    except AlreadyReported:
        raise FieldProblemsError(*noted.problems) from None


def _new_id(office: Office, secrets: SecretMaker, subject: Subject, row: Mapping[str, object]) -> str:
    """Return an id that is free: the one that is given, the one of its number, or one like its name."""
    taken = {thing.id for thing in subject.objects(office)}
    given = row.get("id")
    if isinstance(given, str) and given:
        return given
    key = next(part for part in subject.table.parts if isinstance(part, IdKey))
    wanted = None
    if key.derived is not None and isinstance(row.get(key.source), str):
        with suppress(InvalidValueError):  # the other key's fault
            wanted = check_id(key.derived(str(row[key.source]), reading(office, secrets)))
    wanted = wanted or _like(str(row.get("name", "")), subject.kind)
    return next(one for one in _numbered(wanted) if one not in taken)


def _like(name: str, kind: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    word = word if word[:1].isalpha() else f"{kind.replace('_', '-')}-{word}".strip("-")
    return word[:LONGEST_ID].rstrip("-")


def _numbered(wanted: str) -> list[str]:
    return [wanted, *(f"{wanted[: LONGEST_ID - 5]}-{count}" for count in range(2, MOST_OF_ONE_ID))]


def _short_number(subject: Subject, thing: Any) -> ExtensionNumber | None:
    number = getattr(thing, subject.number_key) if thing is not None and subject.number_key else None
    return number if isinstance(number, ExtensionNumber) else None


def _with(office: Office, subject: Subject, old: Any, new: Any) -> Office:
    if subject.is_one:
        return subject.put_in(office, new)
    things = subject.objects(office)
    changed = tuple(new if thing is old else thing for thing in things) if old is not None else (*things, new)
    return subject.put_in(office, changed)


def _without_the_only(office: Office, subject: Subject) -> Office:
    default = next(one.default for one in dataclasses.fields(Office) if one.name == subject.attribute)
    if default is dataclasses.MISSING:
        raise FieldProblemsError(problem_at(place_of(subject.kind), "cannot-be-removed", value=subject.kind))
    return subject.put_in(office, default)


def _no_such(subject: Subject, name: str) -> Problem:
    return problem_at(place_of(subject.kind, name), f"no-such-{subject.kind.replace('_', '-')}", value=name)

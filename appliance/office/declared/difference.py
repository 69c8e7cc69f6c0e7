"""What is different between two offices, object by object and key by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.declared.known_names import Writing
from appliance.office.declared.rows import writing
from appliance.office.declared.subject import Subject
from appliance.office.office import Office


class What(StrEnum):
    """What happened to an object."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # to another place in its list
    SECRET = "secret"  # one of its secrets is another


@dataclass(frozen=True, slots=True)
class Difference:
    """`title`: what a person calls the object. `key`, `before`, `after`: of a change; None stands for as delivered."""

    what: What
    kind: str
    name: str
    title: str
    key: str = ""
    before: object = None
    after: object = None


def differences(before: Office, after: Office) -> Iterator[Difference]:
    """Return what is different, in the order of the office file; secrets are told without what they are."""
    old_names, new_names = writing(before), writing(after)
    for subject in SUBJECTS:
        old = {subject.name_of(thing): thing for thing in subject.objects(before)}
        new = {subject.name_of(thing): thing for thing in subject.objects(after)}
        for name in [one for one in old if one not in new]:
            yield Difference(What.REMOVED, subject.kind, name, subject.title_of(old[name]))
        for name, thing in new.items():
            if name not in old:
                yield Difference(What.ADDED, subject.kind, name, subject.title_of(thing))
            elif old[name] != thing:
                yield from _of_one(subject, name, (old[name], old_names), (thing, new_names))
        kept = [name for name in new if name in old]
        if kept != [name for name in old if name in new]:
            yield Difference(What.MOVED, subject.kind, "", "")


def _of_one(subject: Subject, name: str, old: tuple[Any, Writing], new: tuple[Any, Writing]) -> Iterator[Difference]:
    title = subject.title_of(new[0])
    before: Mapping[str, object] = subject.table.write(*old)
    after: Mapping[str, object] = subject.table.write(*new)
    found = False
    for key in (*after, *(key for key in before if key not in after)):
        if before.get(key) != after.get(key):
            found = True
            yield Difference(What.CHANGED, subject.kind, name, title, key, before.get(key), after.get(key))
    if not found:
        yield Difference(What.SECRET, subject.kind, name, title)

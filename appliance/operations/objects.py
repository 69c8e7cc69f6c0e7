"""Every declared subject of the office: listed, added, changed, removed, and put back as it was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from appliance.changes import objects
from appliance.changes.extensions import remove_employee
from appliance.changes.outcome import Outcome
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.destinations import read_destination
from appliance.office.declared.difference import Difference, differences
from appliance.office.declared.known_names import Writing
from appliance.office.declared.place import Place
from appliance.office.declared.rows import blank_row, reading, writing
from appliance.office.declared.subject import Subject
from appliance.office.declared.walk import used_where
from appliance.office.destination import Destination
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError
from appliance.operations.box import Box
from appliance.storage.office_repository import Revision
from appliance.storage.secrets import SECRET_MAKER

LOOKED_BACK = 60  # revisions; older ones are looked at one by one in the history


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One object. `row`: without secrets, with what is as delivered. `fingerprint` changes when the row does."""

    kind: str
    name: str
    title: str
    row: Mapping[str, Any]
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PastChange:
    """What one revision changed: of one object, or of all."""

    revision: int
    made_at: datetime
    author: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Objects:
    """The declared objects of one box's office; a subject is asked for by its kind, the table's name in the file."""

    box: Box

    def listed(self, kind: str) -> tuple[Listed, ...]:
        """Return every object of a kind, in the order of the office."""
        office, subject = self._office(), SUBJECT_OF[kind]
        written = writing(office, with_defaults=True)
        return tuple(_listed(subject, thing, written) for thing in subject.objects(office))

    def find(self, kind: str, name: str) -> Listed | None:
        """Return the object with this name, or the only one; None if there is none."""
        office, subject = self._office(), SUBJECT_OF[kind]
        thing = objects.find(office, subject, name)
        return None if thing is None else _listed(subject, thing, writing(office, with_defaults=True))

    def blank(self, kind: str) -> Mapping[str, Any]:
        """Return the row of a new object."""
        return blank_row(self._office(), SUBJECT_OF[kind])

    def put(self, kind: str, name: str, row: Mapping[str, Any], *, author: str, seen: str = "") -> Outcome:
        """Add (empty name) or replace one by a row; see changes.objects.put."""
        return objects.put(self.box.changer(author), SECRET_MAKER, SUBJECT_OF[kind], name, row, seen)

    def remove(self, kind: str, name: str, *, author: str, calls_to: str | None = None) -> Outcome:
        """Remove one. `calls_to`: where calls that went there go, as the office file says it; None: refuse if used."""
        changer, subject = self.box.changer(author), SUBJECT_OF[kind]
        if calls_to is None:
            return objects.remove(changer, subject, name, None)
        try:
            self._destination(self._office(), calls_to)
        except InvalidValueError as fault:
            return Outcome(None, (fault.at("calls_to"),))
        if kind == "extension":
            return remove_employee(changer, name, lambda office: self._destination(office, calls_to))
        return objects.remove(changer, subject, name, lambda office: self._destination(office, calls_to))

    def shift(self, kind: str, name: str, by: int, *, author: str) -> Outcome:
        """Move one up or down in its list."""
        return objects.shift(self.box.changer(author), SUBJECT_OF[kind], name, by)

    def used_where(self, kind: str, name: str) -> tuple[Place, ...]:
        """Return the places that name one."""
        return used_where(self._office(), kind, name) if SUBJECT_OF[kind].has_ids else ()

    def history(self, kind: str, name: str) -> tuple[PastChange, ...]:
        """Return what the last revisions changed of one object, newest first."""
        found: list[PastChange] = []
        for change in self.changes(LOOKED_BACK):
            of_it = tuple(one for one in change.differences if (one.kind, one.name) == (kind, name))
            if of_it:
                found.append(
                    PastChange(
                        revision=change.revision, made_at=change.made_at, author=change.author, differences=of_it
                    )
                )
        return tuple(found)

    def changes(self, most: int) -> Iterator[PastChange]:
        """Yield what each of the last revisions changed, newest first."""
        for revision in self.box.repository.history(most):
            yield PastChange(
                revision=revision.number,
                made_at=revision.made_at,
                author=revision.author,
                differences=self._differences(revision),
            )

    def undo(self, number: int, kind: str, name: str, *, author: str) -> Outcome:
        """Put one object back as it was before a revision; BelboxError if there is no such revision."""
        subject = SUBJECT_OF[kind]
        before = self.box.repository.load(number - 1)
        return objects.put_back(self.box.changer(author), subject, name, objects.find(before, subject, name))

    def _differences(self, revision: Revision) -> tuple[Difference, ...]:
        if revision.differences is not None:
            return revision.differences
        load = self.box.repository.load
        return tuple(differences(load(revision.number - 1), load(revision.number)))

    def _office(self) -> Office:
        return self.box.repository.newest()[1]

    def _destination(self, office: Office, text: str) -> Destination:
        return read_destination(text, reading(office, SECRET_MAKER))


def _listed(subject: Subject, thing: Any, written: Writing) -> Listed:
    row = subject.table.write(thing, written)
    return Listed(
        kind=subject.kind,
        name=subject.name_of(thing),
        title=subject.title_of(thing),
        row=row,
        fingerprint=objects.fingerprint(row),
    )

"""The whole office as one TOML text: readable, diffable, complete; with its secrets only when asked.

Short numbers stand for extensions and ring groups, so that a person can write the file; ids may be left out
of a new file where an object has a number, and are always written. The tables are declared in `office/declared/`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from appliance.office.checks import check_office, has_errors
from appliance.office.country import Country, Language
from appliance.office.declared.catalogue import COMPANY_VOICEMAIL, SUBJECT_OF, SUBJECTS
from appliance.office.declared.known_names import NamesInDocument
from appliance.office.declared.people import COMPANY_BOX_TABLE
from appliance.office.declared.place import place_of
from appliance.office.declared.reading import (
    LONGEST_SHOWN,
    AlreadyReported,
    Reading,
    Row,
    SecretMaker,
    Spot,
    printable,
)
from appliance.office.declared.rows import learn_names, writing
from appliance.office.declared.subject import Subject
from appliance.office.forward_targets import without_lost_forwards
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.secret import Secret
from appliance.office.site import Site
from appliance.office.voicemail import COMPANY_BOX, CompanyVoicemail
from appliance.storage.toml_layout import lay_out

__all__ = ["ReadDocument", "SecretMaker", "read_document", "read_revision", "write_document"]

_SITE = "site"
_COMPANY_BOX_PREFIX = "voicemail_"  # the company's box stands in [site]
_LISTS = tuple(subject for subject in SUBJECTS if not subject.is_one)
# Those that a file may leave out; what is as delivered is not written.
_ONES = tuple(subject for subject in SUBJECTS if subject.is_one and subject.kind not in {_SITE, COMPANY_VOICEMAIL})


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """`office` is None when any problem is an error."""

    office: Office | None
    problems: tuple[Problem, ...]


def read_document(text: str, secrets: SecretMaker, keep: Office | None = None) -> ReadDocument:
    """Read an office and say every fault with its place; objects with an id of `keep` keep their secrets."""
    return _read(text, secrets, keep, is_stored=False)


def read_revision(text: str, secrets: SecretMaker) -> ReadDocument:
    """Read an office as it was saved: it was good then, and a rule that came later does not make it unreadable."""
    read = _read(text, secrets, None, is_stored=True)
    return read if read.office is None else replace(read, office=without_lost_forwards(read.office))


def write_document(office: Office, *, with_secrets: bool = False) -> str:
    """Return the office as TOML; read back (over the same office, if without secrets) it gives that office.

    What is as delivered is left out, but for ids, names and numbers.
    """
    written_with = writing(office, with_secrets=with_secrets)
    box = COMPANY_BOX_TABLE.write(office.company_voicemail, written_with)
    tree: dict[str, object] = {
        _SITE: SUBJECT_OF[_SITE].table.write(office.site, written_with)
        | {_COMPANY_BOX_PREFIX + key: value for key, value in box.items()}
    }
    for subject in _LISTS:
        tree[subject.kind] = [subject.table.write(thing, written_with) for thing in subject.objects(office)]
    for subject in _ONES:
        tree[subject.kind] = next((subject.table.write(one, written_with) for one in subject.objects(office)), {})
    return lay_out({key: value for key, value in tree.items() if value})


def _read(text: str, secrets: SecretMaker, keep: Office | None, *, is_stored: bool) -> ReadDocument:
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:  # also an endless number, and lists inside lists without end
        return ReadDocument(None, (Problem(where="file", rule="not-toml", facts={"value": str(fault)}),))
    reader = _DocumentReader(tree, secrets, keep, is_stored=is_stored)
    office = reader.office()
    across = () if is_stored else tuple(one for one in check_office(office) if not reader.is_echo(one))
    problems = (*reader.reading.problems, *across)
    return ReadDocument(None if has_errors(problems) else office, problems)


class _DocumentReader:
    """One document on its way to an office; a table that cannot be read is left out, after its faults are noted."""

    def __init__(self, tree: Mapping[str, Any], secrets: SecretMaker, keep: Office | None, *, is_stored: bool) -> None:
        self._tree = tree
        self._keep = keep
        self._unread: set[tuple[str, str]] = set()
        self.reading = Reading(secrets, _country(tree), NamesInDocument(), is_stored=is_stored)
        for subject in _LISTS:
            for row in self._rows(subject):
                learn_names(self.reading, subject, row)
        site = tree.get(_SITE)
        number = site.get(f"{_COMPANY_BOX_PREFIX}number") if isinstance(site, dict) else None
        if isinstance(number, str):
            self.reading.names.learn(COMPANY_VOICEMAIL, COMPANY_BOX, number)

    def office(self) -> Office:
        known = {_SITE, *(subject.kind for subject in (*_LISTS, *_ONES))}
        for key in sorted(self._tree.keys() - known):
            shown = printable(key)[:LONGEST_SHOWN]
            Spot(self.reading, place_of(shown)).note("unknown-key", value=key[:LONGEST_SHOWN])
        site, company_voicemail = self._site()
        held: dict[str, Any] = {subject.attribute: self._all(subject) for subject in _LISTS}
        held |= {subject.attribute: one for subject in _ONES if (one := self._one(subject)) is not None}
        return Office(site=site, company_voicemail=company_voicemail, **held)

    def is_echo(self, problem: Problem) -> bool:
        """Tell whether a problem only says that a table with faults of its own is not there."""
        kind = problem.rule.removeprefix("no-such-").replace("-", "_")
        if kind == "voicemail":
            kind = "extension"
        if problem.rule == "no-trunk":
            return any(unread == "trunk" for unread, _ in self._unread)
        return problem.rule.startswith("no-such-") and (kind, problem.facts.get("value", "")) in self._unread

    def _rows(self, subject: Subject) -> list[Mapping[str, object]]:
        rows = self._tree.get(subject.kind, [])
        return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []

    def _all(self, subject: Subject) -> tuple[Any, ...]:
        rows = self._tree.get(subject.kind, [])
        spot = Spot(self.reading, place_of(subject.kind))
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            spot.note("not-a-list-of-tables", value=subject.kind)
            return ()
        things: list[Any] = []
        for position, row in enumerate(rows, start=1):
            one = subject.id_of(row, self.reading)
            kept = next((old for old in self._kept(subject) if old.id == one), None)
            try:
                things.append(subject.table.read(row, spot.row(position, row.get(subject.called)), kept))
            except AlreadyReported:
                if one is not None:
                    self._unread.add((subject.kind, one))
        return tuple(things)

    def _kept(self, subject: Subject) -> tuple[Any, ...]:
        return getattr(self._keep, subject.attribute) if self._keep and subject.has_ids else ()

    def _site(self) -> tuple[Site, CompanyVoicemail]:
        table, spot = self._tree.get(_SITE), Spot(self.reading, place_of(_SITE))
        if not isinstance(table, dict):
            spot.note("missing", value=_SITE)
            return _NO_SITE, _NO_BOX
        row = Row(table, spot, self._keep)
        site, box = replace(_NO_SITE, country=self.reading.country), _NO_BOX
        with suppress(AlreadyReported):
            site = SUBJECT_OF[_SITE].table.part_of(row)
        with suppress(AlreadyReported):
            box = COMPANY_BOX_TABLE.part_of(row.part(_COMPANY_BOX_PREFIX, "company_voicemail"))
        row.finish()
        return site, box

    def _one(self, subject: Subject) -> Any:
        if subject.kind not in self._tree:
            return None
        spot = Spot(self.reading, place_of(subject.kind))
        try:
            kept = getattr(self._keep, subject.attribute) if self._keep else None
            return subject.table.read(self._tree[subject.kind], spot, kept)
        except InvalidValueError as fault:
            spot.note_fault(fault)
        except AlreadyReported:
            pass
        return None


def _country(tree: Mapping[str, Any]) -> Country:
    """The country decides how every number is read, so it is looked at before anything else."""
    site = tree.get(_SITE)
    country = site.get("country") if isinstance(site, dict) else None
    return Country(country) if isinstance(country, str) and country in set(Country) else Country.BELGIUM


# Stand in for what has faults, so that the rest can be looked at.
_NO_SITE = Site(company_name="?", country=Country.BELGIUM, time_zone="Europe/Brussels", language=Language.DUTCH)
_NO_BOX = CompanyVoicemail(pin=Secret(""))

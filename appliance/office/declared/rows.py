"""Objects of an office as rows, and rows as objects: what the office file, a form and the API have in common."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from appliance.office.declared.catalogue import COMPANY_VOICEMAIL, SUBJECTS
from appliance.office.declared.known_names import NamesInDocument, Writing
from appliance.office.declared.reading import Reading, SecretMaker
from appliance.office.declared.subject import Subject
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError
from appliance.office.voicemail import COMPANY_BOX


def writing(office: Office, *, with_secrets: bool = False, with_defaults: bool = False) -> Writing:
    """Return what the objects of this office are written with."""
    return Writing(numbers_by_kind(office), with_secrets, with_defaults)


def row_of(office: Office, subject: Subject, thing: Any, *, with_defaults: bool = False) -> dict[str, object]:
    """Return an object as a row, without its secrets; what is as delivered is left out unless it is asked for."""
    return subject.table.write(thing, writing(office, with_defaults=with_defaults))


def blank_row(office: Office, subject: Subject) -> dict[str, object]:
    """Return the row of a new object, with what is as delivered."""
    return subject.table.blank(writing(office, with_defaults=True))


def reading(office: Office, secrets: SecretMaker) -> Reading:
    """Return what rows of objects of this office are read with."""
    names = NamesInDocument()
    numbers = numbers_by_kind(office)
    for subject in SUBJECTS:
        if subject.has_ids:
            for thing in subject.objects(office):
                names.learn(subject.kind, thing.id, numbers.get(subject.kind, {}).get(thing.id))
    names.learn(COMPANY_VOICEMAIL, COMPANY_BOX, office.company_voicemail.number.digits)
    return Reading(secrets, office.site.country, names, is_stored=False)


def learn_names(reading: Reading, subject: Subject, row: Mapping[str, object]) -> None:
    """Note a row's id and number before anything is read that may refer to them, the row itself too."""
    one = subject.id_of(row, reading)
    if one is None:
        return
    number = row.get(subject.number_key)
    if not isinstance(number, str):
        number = None
    elif subject.kind == "number":
        try:
            number = reading.phone_number(number).e164
        except InvalidValueError:
            number = None
    reading.names.learn(subject.kind, one, number)


def numbers_by_kind(office: Office) -> Mapping[str, Mapping[str, str]]:
    """Return, for each kind whose objects have numbers, those numbers by id."""
    return {
        subject.kind: _numbers(subject, subject.objects(office))
        for subject in SUBJECTS
        if subject.number_key and not subject.is_one
    }


def _numbers(subject: Subject, things: Iterable[Any]) -> dict[str, str]:
    numbers = ((thing.id, getattr(thing, subject.number_key)) for thing in things)
    return {one: str(number) for one, number in numbers if number is not None}

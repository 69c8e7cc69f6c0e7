"""Putting a whole office in the place of the one that is there: an office file, or an earlier revision."""

from __future__ import annotations

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.outcome import Outcome
from appliance.office.office import Office
from appliance.storage.office_document import ReadDocument, read_document, write_document
from appliance.storage.secrets import SECRET_MAKER


def import_office(changer: Changer, text: str, name: str) -> Outcome:
    """Save the office of a file; objects with an id that is there already keep their secrets."""
    return changer.change(
        f"Import of {name}", lambda office: _accepted(read_document(text, SECRET_MAKER, keep=office)), {}
    )


def put_back_revision(changer: Changer, number: int) -> Outcome:
    """Save an earlier revision's office as the newest; refused, with every fault, where today's rules forbid it.

    Raises BelboxError if there is no such revision.
    """
    text = write_document(changer.repository.load(number), with_secrets=True)
    return changer.change(f"Back to revision {number}", lambda _: _accepted(read_document(text, SECRET_MAKER)), {})


def _accepted(read: ReadDocument) -> Office:
    if read.office is None:
        raise FieldProblemsError(*read.problems)
    return read.office

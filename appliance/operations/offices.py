"""The office as it is saved: read, checked, taken from a file and put into one."""

from __future__ import annotations

from dataclasses import dataclass

from appliance.changes.outcome import Outcome
from appliance.changes.whole_office import import_office
from appliance.office.checks import check_office
from appliance.office.declared.difference import Difference, differences
from appliance.office.office import Office
from appliance.office.problems import Problem
from appliance.operations.box import Box
from appliance.storage.office_document import ReadDocument as ReadDocument
from appliance.storage.office_document import read_document, write_document
from appliance.storage.office_repository import unpacked_office as unpacked_office
from appliance.storage.secrets import SECRET_MAKER


@dataclass(frozen=True, slots=True)
class Offices:
    """The office of one box."""

    box: Box

    def newest(self) -> Office:
        """Return the office of the newest revision."""
        return self.box.repository.newest()[1]

    def problems(self) -> tuple[Problem, ...]:
        """Return what is wrong with it, or needs somebody's attention."""
        return check_office(self.newest())

    def read(self, text: str) -> ReadDocument:
        """Read an office file as an import would, and change nothing."""
        return read_document(text, SECRET_MAKER, keep=self.newest())

    def differences(self, other: Office) -> tuple[Difference, ...]:
        """Return what would change if another office came in the place of the newest."""
        return tuple(differences(self.newest(), other))

    def take_in(self, text: str, name: str, *, author: str) -> Outcome:
        """Save the office of a file; objects with an id that is there already keep their secrets."""
        return import_office(self.box.changer(author), text, name)

    def as_text(self) -> str:
        """Return the newest office as an office file, without its secrets."""
        return write_document(self.newest())


def read_alone(text: str) -> ReadDocument:
    """Read an office file that belongs to no box."""
    return read_document(text, SECRET_MAKER)

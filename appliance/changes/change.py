"""The one way an office is changed: read the newest, edit, check, save as a revision."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from appliance.changes.handed_over import with_new_passwords
from appliance.changes.outcome import Outcome
from appliance.office.checks import check_office
from appliance.office.declared.difference import differences
from appliance.office.office import Office
from appliance.office.problems import InvalidValueError, Problem, Severity
from appliance.office.secret import Secret
from appliance.storage.office_repository import ChangedMeanwhile, OfficeRepository
from appliance.storage.secrets import new_password

MOST_TRIES = 5  # an edit is made anew on the newest office, so only a storm of writers uses them up


class FieldProblemsError(Exception):
    """What was typed cannot be: problems whose `where` is a field's name."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(", ".join(problem.rule for problem in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Changer:
    """Makes changes in somebody's name."""

    repository: OfficeRepository
    author: str
    new_password: Callable[[], Secret] = new_password
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: TID251  (an entrance's default)

    def change(self, summary: str, edit: Callable[[Office], Office], fields: Mapping[str, str]) -> Outcome:
        """Save what `edit` makes of the office.

        Whoever loses a phone by it gets a new SIP password (handed_over.py). `fields` maps a part of a problem's place
        (`.number`) to the field that a person typed it in; errors that were there before do not stand in its way.
        """
        for _ in range(MOST_TRIES):
            revision, office = self.repository.newest()
            try:
                edited = with_new_passwords(office, edit(office), self.new_password)
            except FieldProblemsError as fault:
                return Outcome(None, fault.problems)
            before = {(problem.where, problem.rule) for problem in check_office(office)}
            problems = tuple(
                replace(problem, where=_field(problem.where, fields))
                for problem in check_office(edited)
                if problem.severity is Severity.ERROR and (problem.where, problem.rule) not in before
            )
            if problems:
                return Outcome(None, problems)
            if edited == office and revision:
                return Outcome(revision)
            try:
                saved = self.repository.save(
                    edited,
                    based_on=revision,
                    author=self.author,
                    summary=summary,
                    now=self.clock(),
                    differences=tuple(differences(office, edited)),
                )
            except ChangedMeanwhile:
                continue
            return Outcome(saved)
        return Outcome(None, (Problem(where="", rule="changed-meanwhile"),))


def parse_fields(**parsers: Callable[[], object]) -> None:
    """Run every parser and raise all that is wrong at once, each at its field."""
    problems: list[Problem] = []
    for field, parse in parsers.items():
        try:
            parse()
        except InvalidValueError as fault:
            problems.append(fault.at(field))
    if problems:
        raise FieldProblemsError(*problems)


def _field(where: str, fields: Mapping[str, str]) -> str:
    return next((field for part, field in fields.items() if part in where), where)

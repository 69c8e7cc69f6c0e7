"""The office's revisions: load one, save the next; nothing else knows the table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from appliance.errors import ApplianceError
from appliance.office.country import Country, Language
from appliance.office.office import Office
from appliance.office.site import Site
from appliance.office.voicemail import VoicemailBox
from appliance.storage.database import transaction
from appliance.storage.office_document import read_revision, write_document
from appliance.storage.secrets import SECRET_MAKER, new_pin


class ChangedMeanwhile(ApplianceError):  # noqa: N818
    """Somebody else saved the office after it was read."""

    exit_code = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One saved state of the office: who, when (UTC), and what was done in words."""

    number: int
    made_at: datetime
    author: str
    summary: str


class OfficeRepository:
    """The office as the manager edits it is the newest revision; revision 0 is an office just unpacked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._parsed: tuple[str, Office] | None = None  # who looks often finds the same document: parsing is the work

    def newest(self) -> tuple[int, Office]:
        """Return the newest revision's number and office."""
        with self._engine.connect() as connection:
            row = connection.execute(
                text("SELECT number, document FROM revision ORDER BY number DESC LIMIT 1")
            ).one_or_none()
        if row is None:
            return 0, unpacked_office()
        parsed = self._parsed
        if parsed is None or parsed[0] != row.document:
            parsed = self._parsed = (row.document, _parse(row.document))
        return row.number, parsed[1]

    def load(self, number: int) -> Office:
        """Return the office of one revision, 0 for one just unpacked; ApplianceError if there is no such revision."""
        if number == 0:
            return unpacked_office()
        with self._engine.connect() as connection:
            row = connection.execute(
                text("SELECT document FROM revision WHERE number = :number"), {"number": number}
            ).one_or_none()
        if row is None:
            raise ApplianceError(f"There is no revision {number}.", "See `belbox history`.")
        return _parse(row.document)

    def save(self, office: Office, *, based_on: int, author: str, summary: str, now: datetime) -> int:
        """Add a revision and return its number; ChangedMeanwhile if `based_on` is not the newest any more."""
        with transaction(self._engine) as connection:
            newest = connection.execute(text("SELECT coalesce(max(number), 0) FROM revision")).scalar_one()
            if newest != based_on:
                raise ChangedMeanwhile(
                    "Somebody else changed the office meanwhile.", "Look at the change and save again."
                )
            connection.execute(
                text(
                    "INSERT INTO revision (made_at, author, summary, document)"
                    " VALUES (:made_at, :author, :summary, :document)"
                ),
                {
                    "made_at": now.isoformat(),
                    "author": author,
                    "summary": summary,
                    "document": write_document(office, with_secrets=True),
                },
            )
            return int(connection.execute(text("SELECT last_insert_rowid()")).scalar_one())

    def history(self) -> tuple[Revision, ...]:
        """Return all revisions, newest first."""
        with self._engine.connect() as connection:
            rows = connection.execute(
                text("SELECT number, made_at, author, summary FROM revision ORDER BY number DESC")
            ).all()
        return tuple(
            Revision(
                number=row.number,
                made_at=datetime.fromisoformat(row.made_at),
                author=row.author,
                summary=row.summary,
            )
            for row in rows
        )


def _parse(document: str) -> Office:
    result = read_revision(document, SECRET_MAKER)
    if result.office is None:
        faults = "; ".join(f"{problem.where}: {problem.rule}" for problem in result.problems)
        raise ApplianceError(f"A saved revision cannot be read: {faults}", "Go back to an earlier revision.")
    return result.office


def unpacked_office() -> Office:
    """Return the office of a box that nobody has set up yet."""
    return Office(
        site=Site(
            company_name="Belbox",
            country=Country.BELGIUM,
            time_zone="Europe/Brussels",
            language=Language.DUTCH,
        ),
        company_voicemail=VoicemailBox(pin=new_pin()),
    )

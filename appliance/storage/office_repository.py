"""The office's revisions: load one, save the next; nothing else knows the table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Engine, text

from appliance.errors import BelboxError
from appliance.office.country import Country, Language
from appliance.office.declared.difference import Difference, What
from appliance.office.office import Office
from appliance.office.site import Site
from appliance.office.voicemail import CompanyVoicemail
from appliance.storage.database import transaction
from appliance.storage.office_document import read_revision, write_document
from appliance.storage.secrets import SECRET_MAKER, new_pin


class ChangedMeanwhile(BelboxError):  # noqa: N818
    """Somebody else saved the office after it was read."""

    exit_code = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One saved state of the office: who, when (UTC), and what was done in words.

    `differences` from the one before; None where they were not kept.
    """

    number: int
    made_at: datetime
    author: str
    summary: str
    differences: tuple[Difference, ...] | None


class OfficeRepository:
    """The office as the manager edits it is the newest revision; revision 0 is an office just unpacked."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def newest(self) -> tuple[int, Office]:
        """Return the newest revision's number and office."""
        with self._engine.connect() as connection:
            row = connection.execute(
                text("SELECT number, document FROM revision ORDER BY number DESC LIMIT 1")
            ).one_or_none()
        if row is None:
            return 0, unpacked_office()
        return row.number, _parse(row.document)

    def load(self, number: int) -> Office:
        """Return the office of one revision, 0 for one just unpacked; BelboxError if there is no such revision."""
        if number == 0:
            return unpacked_office()
        with self._engine.connect() as connection:
            row = connection.execute(
                text("SELECT document FROM revision WHERE number = :number"), {"number": number}
            ).one_or_none()
        if row is None:
            raise BelboxError("no-such-revision", value=str(number))
        return _parse(row.document)

    def save(
        self,
        office: Office,
        *,
        based_on: int,
        author: str,
        summary: str,
        now: datetime,
        differences: Iterable[Difference] | None = None,
    ) -> int:
        """Add a revision and return its number; ChangedMeanwhile if `based_on` is not the newest any more."""
        with transaction(self._engine) as connection:
            newest = connection.execute(text("SELECT coalesce(max(number), 0) FROM revision")).scalar_one()
            if newest != based_on:
                raise ChangedMeanwhile("office-changed-meanwhile")
            connection.execute(
                text(
                    "INSERT INTO revision (made_at, author, summary, document, differences)"
                    " VALUES (:made_at, :author, :summary, :document, :differences)"
                ),
                {
                    "made_at": now.isoformat(),
                    "author": author,
                    "summary": summary,
                    "document": write_document(office, with_secrets=True),
                    "differences": None if differences is None else _written(differences),
                },
            )
            return int(connection.execute(text("SELECT last_insert_rowid()")).scalar_one())

    def history(self, most: int | None = None) -> tuple[Revision, ...]:
        """Return all revisions, or the last ones, newest first."""
        asked = "SELECT number, made_at, author, summary, differences FROM revision ORDER BY number DESC"
        limited = {} if most is None else {"most": most}
        with self._engine.connect() as connection:
            rows = connection.execute(text(asked + (" LIMIT :most" if limited else "")), limited).all()
        return tuple(
            Revision(
                number=row.number,
                made_at=datetime.fromisoformat(row.made_at),
                author=row.author,
                summary=row.summary,
                differences=None if row.differences is None else _read(row.differences),
            )
            for row in rows
        )


def _written(differences: Iterable[Difference]) -> str:
    return json.dumps([asdict(one) for one in differences], default=_moment)


def _moment(value: object) -> str:
    return value.isoformat(sep=" ", timespec="minutes") if isinstance(value, datetime) else str(value)


def _read(text_of_differences: str) -> tuple[Difference, ...]:
    return tuple(Difference(**{**one, "what": What(one["what"])}) for one in json.loads(text_of_differences))


@lru_cache(maxsize=4)  # parsing is the work, and who looks often finds the same: the newest, that in force, one before
def _parse(document: str) -> Office:
    result = read_revision(document, SECRET_MAKER)
    if result.office is None:
        faults = "; ".join(f"{problem.where}: {problem.rule}" for problem in result.problems)
        raise BelboxError("revision-unreadable", value=faults)
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
        company_voicemail=CompanyVoicemail(pin=new_pin()),
    )

"""What the wizard has proven, and since when each thing that it proves is in force."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from appliance.storage.database import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the box saw of a subject: facts for a sentence, and the moment (UTC)."""

    subject: str
    seen_at: datetime
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectInForce:
    """A subject as it is in force: a digest of its settings, since when (UTC), and what was registered just then.

    `before` names the registrations of a phone's extensions, by contact and time of expiry; of what is no phone it is
    empty. None: nobody could be asked.
    """

    subject: str
    digest: str
    since: datetime
    before: frozenset[str] | None


class ProofStore:
    """Proofs and what is in force, in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, subject: str, facts: Mapping[str, str], now: datetime) -> None:
        """Keep what was seen; a newer proof takes an older one's place."""
        with transaction(self._engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO wizard_proof (step, seen_at, facts) VALUES (:subject, :seen_at, :facts)"
                    " ON CONFLICT (step) DO UPDATE SET seen_at = excluded.seen_at, facts = excluded.facts"
                ),
                {"subject": subject, "seen_at": now.isoformat(), "facts": json.dumps(dict(facts))},
            )

    def drop(self, subject: str) -> None:
        """Take a proof back: it was seen not to work."""
        with transaction(self._engine) as connection:
            connection.execute(text("DELETE FROM wizard_proof WHERE step = :subject"), {"subject": subject})

    def proofs(self) -> Mapping[str, Proof]:
        """Return the proof of each subject that has one, true or not any more."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT step, seen_at, facts FROM wizard_proof")).all()
        return {
            row.step: Proof(subject=row.step, seen_at=datetime.fromisoformat(row.seen_at), facts=json.loads(row.facts))
            for row in rows
        }

    def in_force(self) -> Mapping[str, SubjectInForce]:
        """Return every subject that was noted."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT subject, digest, since, before FROM in_force")).all()
        return {
            row.subject: SubjectInForce(
                subject=row.subject,
                digest=row.digest,
                since=datetime.fromisoformat(row.since),
                before=_names(json.loads(row.before)),
            )
            for row in rows
        }

    def note(
        self, came: Collection[SubjectInForce], gone: Collection[str], known: Mapping[str, SubjectInForce]
    ) -> None:
        """Note what came into force; the proofs of it, and of what is gone, are dropped in the same act.

        `known`: what was noted when that was found. Of a subject that somebody else noted anew since, nothing is done.
        """
        with transaction(self._engine) as connection:
            rows = connection.execute(text("SELECT subject, digest FROM in_force")).all()
            now = {row.subject: row.digest for row in rows}
            before_us = {subject: one.digest for subject, one in known.items()}
            changed = {one for one in now.keys() | before_us.keys() if now.get(one) != before_us.get(one)}
            came = [one for one in came if one.subject not in changed]
            gone = [one for one in gone if one not in changed]
            for subject in (*gone, *(one.subject for one in came)):
                connection.execute(text("DELETE FROM in_force WHERE subject = :subject"), {"subject": subject})
                connection.execute(text("DELETE FROM wizard_proof WHERE step = :subject"), {"subject": subject})
            for one in came:
                before = None if one.before is None else sorted(one.before)
                connection.execute(
                    text(
                        "INSERT INTO in_force (subject, digest, since, before)"
                        " VALUES (:subject, :digest, :since, :before)"
                    ),
                    {
                        "subject": one.subject,
                        "digest": one.digest,
                        "since": one.since.isoformat(),
                        "before": json.dumps(before),
                    },
                )

    def note_registrations(self, before: Mapping[str, frozenset[str]]) -> None:
        """Note who was registered when each subject came into force, where nobody could be asked at once."""
        with transaction(self._engine) as connection:
            for subject, registered in before.items():
                connection.execute(
                    text("UPDATE in_force SET before = :before WHERE subject = :subject"),
                    {"before": json.dumps(sorted(registered)), "subject": subject},
                )


def _names(before: list[str] | None) -> frozenset[str] | None:
    return None if before is None else frozenset(before)

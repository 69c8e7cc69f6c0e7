"""Who may open the console, and what the wizard has proven."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from appliance.storage.database import transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Administrator:
    """One account; `password_hash` is argon2id."""

    id: int
    user_name: str
    password_hash: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What the box saw that proves a step of the wizard: facts for a sentence, and the moment (UTC)."""

    step: str
    seen_at: datetime
    facts: Mapping[str, str]


class Administrators:
    """Accounts and proofs in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_claimed(self) -> bool:
        """Tell whether the box has its first administrator."""
        with self._engine.connect() as connection:
            return bool(connection.execute(text("SELECT count(*) FROM administrator")).scalar_one())

    def add(self, user_name: str, password_hash: str, language: str, now: datetime) -> Administrator:
        """Add an account; sqlalchemy.exc.IntegrityError if the name is taken."""
        with transaction(self._engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO administrator (user_name, password_hash, language, made_at)"
                    " VALUES (:user_name, :password_hash, :language, :made_at)"
                ),
                {
                    "user_name": user_name,
                    "password_hash": password_hash,
                    "language": language,
                    "made_at": now.isoformat(),
                },
            )
            number = int(connection.execute(text("SELECT last_insert_rowid()")).scalar_one())
        return Administrator(id=number, user_name=user_name, password_hash=password_hash, language=language)

    def by_id(self, administrator_id: int) -> Administrator | None:
        """Return an account by its number."""
        return self._one("id = :value", administrator_id)

    def by_name(self, user_name: str) -> Administrator | None:
        """Return an account by its user name."""
        return self._one("user_name = :value", user_name)

    def set_language(self, administrator_id: int, language: str) -> None:
        """Remember the language in which this administrator reads."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET language = :language WHERE id = :id"),
                {"language": language, "id": administrator_id},
            )

    def keep_proof(self, step: str, facts: Mapping[str, str], now: datetime) -> None:
        """Tick a step of the wizard with what was seen; a newer proof takes an older one's place."""
        with transaction(self._engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO wizard_proof (step, seen_at, facts) VALUES (:step, :seen_at, :facts)"
                    " ON CONFLICT (step) DO UPDATE SET seen_at = excluded.seen_at, facts = excluded.facts"
                ),
                {"step": step, "seen_at": now.isoformat(), "facts": json.dumps(dict(facts))},
            )

    def drop_proof(self, step: str) -> None:
        """Take a tick back: what it proved has changed."""
        with transaction(self._engine) as connection:
            connection.execute(text("DELETE FROM wizard_proof WHERE step = :step"), {"step": step})

    def proofs(self) -> Mapping[str, Proof]:
        """Return the proof of each step that has one."""
        with self._engine.connect() as connection:
            rows = connection.execute(text("SELECT step, seen_at, facts FROM wizard_proof")).all()
        return {
            row.step: Proof(step=row.step, seen_at=datetime.fromisoformat(row.seen_at), facts=json.loads(row.facts))
            for row in rows
        }

    def _one(self, condition: str, value: int | str) -> Administrator | None:
        # `condition` is one of the two literals above.
        query = f"SELECT id, user_name, password_hash, language FROM administrator WHERE {condition}"
        with self._engine.connect() as connection:
            row = connection.execute(text(query), {"value": value}).one_or_none()
        if row is None:
            return None
        return Administrator(id=row.id, user_name=row.user_name, password_hash=row.password_hash, language=row.language)

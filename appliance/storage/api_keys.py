"""Keys of programs: kept as a hash, so that the database opens nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Engine, text

from appliance.storage.database import transaction
from appliance.storage.secrets import key_hash, new_key

BEGINNING = "belbox_"  # so that a key that lies about is known for one


class Scope(StrEnum):
    """What a key may do; a key that changes may read too."""

    READ = "read"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without the key itself. `made_at` is UTC."""

    id: int
    name: str
    scope: Scope
    made_at: datetime
    made_by: str


class ApiKeyStore:
    """The keys in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def make(self, name: str, scope: Scope, author: str, now: datetime) -> str:
        """Make a key and return it, which is the only time that it can be seen."""
        token = BEGINNING + new_key()
        with transaction(self._engine) as connection:
            connection.execute(
                text(
                    "INSERT INTO api_key (name, scope, token_hash, made_at, made_by)"
                    " VALUES (:name, :scope, :token_hash, :made_at, :made_by)"
                ),
                {
                    "name": name,
                    "scope": scope.value,
                    "token_hash": key_hash(token),
                    "made_at": now.isoformat(),
                    "made_by": author,
                },
            )
        return token

    def all(self) -> tuple[ApiKey, ...]:
        """Return every key, the newest first."""
        return self._where("1 = 1 ORDER BY id DESC", {})

    def of(self, token: str) -> ApiKey | None:
        """Return whose key this is; None for one that was removed or never was."""
        return next(iter(self._where("token_hash = :token_hash", {"token_hash": key_hash(token)})), None)

    def remove(self, key_id: int) -> None:
        """End a key."""
        with transaction(self._engine) as connection:
            connection.execute(text("DELETE FROM api_key WHERE id = :id"), {"id": key_id})

    def _where(self, condition: str, facts: dict[str, str]) -> tuple[ApiKey, ...]:
        with self._engine.connect() as connection:
            rows = connection.execute(
                text(f"SELECT id, name, scope, made_at, made_by FROM api_key WHERE {condition}"), facts
            ).all()
        return tuple(
            ApiKey(
                id=row.id,
                name=row.name,
                scope=Scope(row.scope),
                made_at=datetime.fromisoformat(row.made_at),
                made_by=row.made_by,
            )
            for row in rows
        )

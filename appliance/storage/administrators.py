"""Who may open the console."""

from __future__ import annotations

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


class Administrators:
    """Accounts in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_claimed(self) -> bool:
        """Tell whether the box has its first administrator."""
        with self._engine.connect() as connection:
            return bool(connection.execute(text("SELECT count(*) FROM administrator")).scalar_one())

    def add_first(self, user_name: str, password_hash: str, language: str, now: datetime) -> Administrator | None:
        """Add the first account; None if there is one already, whoever asks at the same moment."""
        with transaction(self._engine) as connection:
            if connection.execute(text("SELECT count(*) FROM administrator")).scalar_one():
                return None
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

    def set_password(self, administrator_id: int, password_hash: str) -> None:
        """Change the password and end every session of this account, as one act."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET password_hash = :password_hash WHERE id = :id"),
                {"password_hash": password_hash, "id": administrator_id},
            )
            connection.execute(text("DELETE FROM console_session WHERE administrator = :id"), {"id": administrator_id})

    def set_language(self, administrator_id: int, language: str) -> None:
        """Remember the language in which this administrator reads."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET language = :language WHERE id = :id"),
                {"language": language, "id": administrator_id},
            )

    def _one(self, condition: str, value: int | str) -> Administrator | None:
        # `condition` is one of the two literals above.
        query = f"SELECT id, user_name, password_hash, language FROM administrator WHERE {condition}"
        with self._engine.connect() as connection:
            row = connection.execute(text(query), {"value": value}).one_or_none()
        if row is None:
            return None
        return Administrator(id=row.id, user_name=row.user_name, password_hash=row.password_hash, language=row.language)

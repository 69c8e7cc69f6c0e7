"""Who is logged in: each session is a row, so that the box ends it, and not the browser that holds the cookie."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine, text

from appliance.storage.database import transaction
from appliance.storage.secrets import key_hash, new_key

MOST_SESSIONS = 20  # of one account; the oldest one ends when another begins


class ConsoleSessions:
    """Sessions in the office's database; each ends `lifetime` after it began, however much it is used."""

    def __init__(self, engine: Engine, lifetime: timedelta) -> None:
        self._engine = engine
        self._lifetime = lifetime

    def begin(self, administrator_id: int, now: datetime) -> str:
        """Begin a session and return its token, which is kept nowhere; sessions past their time are removed."""
        token = new_key()
        with transaction(self._engine) as connection:
            connection.execute(
                text("DELETE FROM console_session WHERE begun_at <= :oldest OR begun_at > :now"), self._limits(now)
            )
            connection.execute(
                text(
                    "INSERT INTO console_session (token_hash, administrator, begun_at)"
                    " VALUES (:token_hash, :administrator, :now)"
                ),
                {"token_hash": key_hash(token), "administrator": administrator_id, "now": now.isoformat()},
            )
            connection.execute(
                text(
                    "DELETE FROM console_session WHERE administrator = :administrator AND token_hash NOT IN"
                    " (SELECT token_hash FROM console_session WHERE administrator = :administrator"
                    " ORDER BY begun_at DESC, rowid DESC LIMIT :most)"
                ),
                {"administrator": administrator_id, "most": MOST_SESSIONS},
            )
        return token

    def administrator_id(self, token: str, now: datetime) -> int | None:
        """Return whose session this is; None for one that ended, or that began after `now` (the clock was wrong)."""
        with self._engine.connect() as connection:
            found = connection.execute(
                text(
                    "SELECT administrator FROM console_session"
                    " WHERE token_hash = :token_hash AND begun_at > :oldest AND begun_at <= :now"
                ),
                {"token_hash": key_hash(token), **self._limits(now)},
            ).scalar_one_or_none()
        return None if found is None else int(found)

    def end(self, token: str) -> None:
        """End a session."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("DELETE FROM console_session WHERE token_hash = :token_hash"), {"token_hash": key_hash(token)}
            )

    def _limits(self, now: datetime) -> dict[str, str]:
        return {"oldest": (now - self._lifetime).isoformat(), "now": now.isoformat()}

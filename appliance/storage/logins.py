"""Who may open the console: logins, each with a role, and the invitations by which one gets a password."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Row, text

from appliance.storage.database import transaction
from appliance.storage.secrets import key_hash, new_key

_COLUMNS = "id, user_name, password_hash, language, role, is_blocked, extension, second_factor, email, alerts"


class Role(StrEnum):
    """What a login is for; what each may do stands in the table of the pages (wizard/access.py)."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    TECHNICIAN = "technician"
    EMPLOYEE = "employee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One login; `password_hash` is argon2id, empty until an invitation is taken up.

    `extension_id`: whose own phone and voicemail these are; empty for a login that belongs to nobody of the office.
    `second_factor`: the secret of its codes (base32, RFC 6238), empty without one. `alerts`: what `email` is told of.
    """

    id: int
    user_name: str
    password_hash: str
    language: str
    role: Role
    is_blocked: bool = False
    extension_id: str = ""
    second_factor: str = field(default="", repr=False)
    email: str = ""
    alerts: frozenset[str] = frozenset()


class Logins:
    """Logins in the office's database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def is_claimed(self) -> bool:
        """Tell whether the box has its first administrator."""
        with self._engine.connect() as connection:
            return bool(connection.execute(text("SELECT count(*) FROM administrator")).scalar_one())

    def add_first(self, user_name: str, password_hash: str, language: str, now: datetime) -> Login | None:
        """Add the first administrator; None if there is one already, whoever asks at the same moment."""
        with transaction(self._engine) as connection:
            if connection.execute(text("SELECT count(*) FROM administrator")).scalar_one():
                return None
            number = _insert(connection, user_name, password_hash, language, Role.ADMINISTRATOR, "", now)
        return Login(
            id=number, user_name=user_name, password_hash=password_hash, language=language, role=Role.ADMINISTRATOR
        )

    def invite(self, user_name: str, language: str, role: Role, extension_id: str, now: datetime) -> str | None:
        """Add a login without a password and return the token of its invitation; None if the name is taken."""
        with transaction(self._engine) as connection:
            taken = "SELECT count(*) FROM administrator WHERE lower(user_name) = lower(:user_name)"
            if connection.execute(text(taken), {"user_name": user_name}).scalar_one():
                return None
            number = _insert(connection, user_name, "", language, role, extension_id, now)
            return _invitation(connection, number, now)

    def invite_again(self, login_id: int, now: datetime) -> str:
        """Take a password and a second factor back, end every session, and return the token of a new invitation."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET password_hash = '', second_factor = '' WHERE id = :id"),
                {"id": login_id},
            )
            _end_sessions(connection, login_id)
            return _invitation(connection, login_id, now)

    def new_invitation(self, login_id: int, now: datetime) -> str:
        """Return the token of a new invitation, in place of one before; the password stays until it is taken up."""
        with transaction(self._engine) as connection:
            return _invitation(connection, login_id, now)

    def invited(self, token: str, oldest: datetime) -> Login | None:
        """Return whose invitation this is; None for one that was taken up, or made before `oldest`."""
        with self._engine.connect() as connection:
            row = connection.execute(
                text(
                    f"SELECT {_COLUMNS} FROM administrator"
                    " WHERE id = (SELECT login FROM invitation WHERE token_hash = :hash AND made_at > :oldest)"
                ),
                {"hash": key_hash(token), "oldest": oldest.isoformat()},
            ).one_or_none()
        return None if row is None else _login(row)

    def take_up(self, token: str, password_hash: str, oldest: datetime) -> Login | None:
        """Give the login of an invitation its password, once; None as for `invited`."""
        with transaction(self._engine) as connection:
            found = connection.execute(
                text("SELECT login FROM invitation WHERE token_hash = :hash AND made_at > :oldest"),
                {"hash": key_hash(token), "oldest": oldest.isoformat()},
            ).scalar_one_or_none()
            if found is None:
                return None
            connection.execute(text("DELETE FROM invitation WHERE login = :login"), {"login": found})
            connection.execute(
                text("UPDATE administrator SET password_hash = :hash WHERE id = :id"),
                {"hash": password_hash, "id": found},
            )
            _end_sessions(connection, int(found))
        return self.by_id(int(found))

    def all(self) -> tuple[Login, ...]:
        """Return every login, by name."""
        with self._engine.connect() as connection:
            rows = connection.execute(text(f"SELECT {_COLUMNS} FROM administrator ORDER BY lower(user_name)")).all()
        return tuple(map(_login, rows))

    def by_id(self, login_id: int) -> Login | None:
        """Return a login by its number."""
        return self._one("id = :value", login_id)

    def by_name(self, user_name: str) -> Login | None:
        """Return a login by its user name."""
        return self._one("user_name = :value", user_name)

    def set_password(self, login_id: int, password_hash: str) -> None:
        """Change the password and end every session of this login, as one act."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET password_hash = :password_hash WHERE id = :id"),
                {"password_hash": password_hash, "id": login_id},
            )
            _end_sessions(connection, login_id)

    def set_alerts(self, login_id: int, email: str, alerts: Collection[str]) -> None:
        """Keep the address of a login, and the kinds of alerts that go to it."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET email = :email, alerts = :alerts WHERE id = :id"),
                {"email": email, "alerts": " ".join(sorted(alerts)), "id": login_id},
            )

    def set_second_factor(self, login_id: int, secret: str) -> None:
        """Keep the secret of a login's codes; an empty one ends asking for them."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET second_factor = :secret, last_code = 0 WHERE id = :id"),
                {"secret": secret, "id": login_id},
            )

    def use_code(self, login_id: int, time_step: int) -> bool:
        """Note that a code of this time step was used; False if it, or a later one, was used before."""
        with transaction(self._engine) as connection:
            used = connection.execute(
                text("UPDATE administrator SET last_code = :step WHERE id = :id AND last_code < :step"),
                {"step": time_step, "id": login_id},
            )
            return used.rowcount == 1

    def set_language(self, login_id: int, language: str) -> None:
        """Remember the language in which this one reads."""
        with transaction(self._engine) as connection:
            connection.execute(
                text("UPDATE administrator SET language = :language WHERE id = :id"),
                {"language": language, "id": login_id},
            )

    def change(self, login_id: int, role: Role, extension_id: str, *, is_blocked: bool) -> bool:
        """Give a login a role, and end its sessions; False, and nothing, where no administrator could log in then."""
        with transaction(self._engine) as connection:
            keeps_one = role is Role.ADMINISTRATOR and not is_blocked
            if not keeps_one and not _another_administrator(connection, login_id):
                return False
            connection.execute(
                text("UPDATE administrator SET role = :role, is_blocked = :blocked, extension = :ext WHERE id = :id"),
                {"role": role.value, "blocked": int(is_blocked), "ext": extension_id, "id": login_id},
            )
            _end_sessions(connection, login_id)
            return True

    def remove(self, login_id: int) -> bool:
        """Remove a login with its sessions; False, and nothing, where no administrator would be left."""
        with transaction(self._engine) as connection:
            if not _another_administrator(connection, login_id):
                return False
            _end_sessions(connection, login_id)
            connection.execute(text("DELETE FROM invitation WHERE login = :id"), {"id": login_id})
            connection.execute(text("DELETE FROM administrator WHERE id = :id"), {"id": login_id})
            return True

    def _one(self, condition: str, value: int | str) -> Login | None:
        # `condition` is one of the two literals above.
        with self._engine.connect() as connection:
            query = f"SELECT {_COLUMNS} FROM administrator WHERE {condition}"
            row = connection.execute(text(query), {"value": value}).one_or_none()
        return None if row is None else _login(row)


def _insert(
    connection: Connection,
    user_name: str,
    password_hash: str,
    language: str,
    role: Role,
    extension_id: str,
    now: datetime,
) -> int:
    connection.execute(
        text(
            "INSERT INTO administrator (user_name, password_hash, language, made_at, role, extension)"
            " VALUES (:user_name, :password_hash, :language, :made_at, :role, :extension)"
        ),
        {
            "user_name": user_name,
            "password_hash": password_hash,
            "language": language,
            "made_at": now.isoformat(),
            "role": role.value,
            "extension": extension_id,
        },
    )
    return int(connection.execute(text("SELECT last_insert_rowid()")).scalar_one())


def _invitation(connection: Connection, login_id: int, now: datetime) -> str:
    """Make the only invitation of a login; the token itself is kept nowhere."""
    token = new_key()
    connection.execute(text("DELETE FROM invitation WHERE login = :login"), {"login": login_id})
    connection.execute(
        text("INSERT INTO invitation (token_hash, login, made_at) VALUES (:hash, :login, :made_at)"),
        {"hash": key_hash(token), "login": login_id, "made_at": now.isoformat()},
    )
    return token


def _another_administrator(connection: Connection, login_id: int) -> bool:
    others = (
        "SELECT count(*) FROM administrator"
        " WHERE id <> :id AND role = 'administrator' AND is_blocked = 0 AND password_hash <> ''"
    )
    return bool(connection.execute(text(others), {"id": login_id}).scalar_one())


def _end_sessions(connection: Connection, login_id: int) -> None:
    connection.execute(text("DELETE FROM console_session WHERE administrator = :id"), {"id": login_id})


def _login(row: Row[Any]) -> Login:
    return Login(
        id=row.id,
        user_name=row.user_name,
        password_hash=row.password_hash,
        language=row.language,
        role=Role(row.role),
        is_blocked=bool(row.is_blocked),
        extension_id=row.extension,
        second_factor=row.second_factor,
        email=row.email,
        alerts=frozenset(row.alerts.split()),
    )

"""Who may open the console: the one claim, logging in and out, and the password."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from appliance.office.problems import Problem
from appliance.operations.tries import Tries
from appliance.storage.administrators import Administrator, Administrators
from appliance.storage.console_sessions import ConsoleSessions
from appliance.system.first_keys import read_claim_code

LEAST_PASSWORD_LETTERS = 12
MOST_PASSWORD_LETTERS = 256
LEAST_DIFFERENT_LETTERS = 5
LEAST_USER_NAME_LETTERS = 2
MOST_USER_NAME_LETTERS = 64
# argon2id works in 64 MiB (RFC 9106, low-memory profile): more at once would be more memory than the process has.
MOST_HASHING = 2
SESSION_TIME = timedelta(hours=12)  # one working day, from logging in


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is logged in, and the language (nl, fr, en) in which they read."""

    id: int
    user_name: str
    language: str


class Accounts:
    """The accounts of one box. `clock` gives the moment in UTC."""

    def __init__(
        self,
        administrators: Administrators,
        sessions: ConsoleSessions,
        claim_code: Path,
        clock: Callable[[], datetime],
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._administrators = administrators
        self._sessions = sessions
        self._claim_code = claim_code
        self._clock = clock
        self._hasher = hasher or PasswordHasher()  # argon2id with the library's defaults
        self._hashing = threading.BoundedSemaphore(MOST_HASHING)
        # A name that nobody has is checked against this, with the same work as a wrong password. Made once: making
        # one costs as much as checking one.
        self._nobodys_hash = self._hasher.hash("nobody has this password")
        self._claims, self._logins, self._changes = Tries(), Tries(), Tries()

    def is_claimed(self) -> bool:
        """Tell whether the box has its administrator."""
        return self._administrators.is_claimed()

    def claim(
        self, code: str, user_name: str, password: str, language: str, source: str
    ) -> Account | tuple[Problem, ...]:
        """Make the first administrator; of any number at once, one. `source` is the address that asks."""
        if self.is_claimed():
            return (Problem(where="code", rule="already-claimed"),)
        if not self._claims.begin(source):
            return (Problem(where="code", rule="claim-locked"),)
        problems = _user_name_problems(user_name) + _password_problems(user_name, password)
        if not self._is_claim_code(code):
            left = str(self._claims.left(source))
            return (Problem(where="code", rule="claim-code-wrong", facts={"left": left}), *problems)
        self._claims.succeeded(source)
        if problems:
            return problems
        made = self._administrators.add_first(user_name.strip(), self._hash(password), language, self._clock())
        if made is None:
            return (Problem(where="code", rule="already-claimed"),)
        self._claim_code.unlink(missing_ok=True)
        return _account(made)

    def log_in(self, user_name: str, password: str, source: str) -> Account | tuple[Problem, ...]:
        """Return whose name and password these are. Counted by `source`: nobody locks anybody else out."""
        if not self._logins.begin(source):
            return (Problem(where="password", rule="login-locked"),)
        found = self._administrators.by_name(user_name.strip())
        is_right = self._is_password(found.password_hash if found else self._nobodys_hash, password)
        if found is None or not is_right:
            return (Problem(where="password", rule="login-wrong"),)
        self._logins.succeeded(source)
        return _account(found)

    def begin_session(self, account_id: int) -> str:
        """Begin a session of somebody who has shown who they are, and return its token."""
        return self._sessions.begin(account_id, self._clock())

    def account_of_session(self, token: str) -> Account | None:
        """Return whose session this is; None for one that has ended."""
        account_id = self._sessions.administrator_id(token, self._clock())
        found = None if account_id is None else self._administrators.by_id(account_id)
        return _account(found) if found else None

    def end_session(self, token: str) -> None:
        """End a session, for every copy of its cookie."""
        self._sessions.end(token)

    def set_password(self, account_id: int, old: str, new: str) -> tuple[Problem, ...]:
        """Change a password and end every session of the account; fields: old_password, new_password."""
        key = str(account_id)
        if not self._changes.begin(key):
            return (Problem(where="old_password", rule="login-locked"),)
        account = self._administrators.by_id(account_id)
        if account is None or not self._is_password(account.password_hash, old):
            return (Problem(where="old_password", rule="password-wrong"),)
        self._changes.succeeded(key)
        problems = _password_problems(account.user_name, new, where="new_password")
        if not problems:
            self._administrators.set_password(account_id, self._hash(new))
        return problems

    def set_language(self, account_id: int, language: str) -> None:
        """Remember in which language this account reads."""
        self._administrators.set_language(account_id, language)

    def _is_claim_code(self, typed: str) -> bool:
        wanted = read_claim_code(self._claim_code)
        if wanted is None:
            return False  # the box was claimed at this moment, or the file holds none of full strength
        return hmac.compare_digest(_letters(typed).encode(), _letters(wanted).encode())

    def _hash(self, password: str) -> str:
        with self._hashing:
            return self._hasher.hash(password)

    def _is_password(self, password_hash: str, password: str) -> bool:
        with self._hashing:
            try:
                return self._hasher.verify(password_hash, password)
            except (Argon2Error, InvalidHashError):
                return False


def _user_name_problems(user_name: str) -> tuple[Problem, ...]:
    is_short_enough = LEAST_USER_NAME_LETTERS <= len(user_name.strip()) <= MOST_USER_NAME_LETTERS
    if is_short_enough and user_name.isprintable():
        return ()
    return (Problem(where="user_name", rule="user-name-form"),)


def _password_problems(user_name: str, password: str, where: str = "password") -> tuple[Problem, ...]:
    if len(password) < LEAST_PASSWORD_LETTERS:
        return (Problem(where=where, rule="password-short", facts={"least": str(LEAST_PASSWORD_LETTERS)}),)
    if len(password) > MOST_PASSWORD_LETTERS:
        return (Problem(where=where, rule="password-long", facts={"most": str(MOST_PASSWORD_LETTERS)}),)
    if not password.isprintable():
        return (Problem(where=where, rule="password-control"),)
    name = user_name.strip().lower()
    if len(set(password)) < LEAST_DIFFERENT_LETTERS or (name and name in password.lower()):
        return (Problem(where=where, rule="password-common"),)
    return ()


def _account(administrator: Administrator) -> Account:
    return Account(id=administrator.id, user_name=administrator.user_name, language=administrator.language)


def _letters(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())

"""Who may open the console: the one claim, logging in and out, and the password."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from appliance.mail.alerts import AlertKind as AlertKind
from appliance.office.problems import InvalidValueError, Problem
from appliance.office.voicemail import check_email
from appliance.operations.one_time_code import time_step_of
from appliance.operations.tries import Tries
from appliance.storage.console_sessions import ConsoleSessions
from appliance.storage.logins import Login, Logins

# For the faces, which may not reach further.
from appliance.storage.logins import Role as Role
from appliance.system.first_keys import read_claim_code

LEAST_PASSWORD_LETTERS = 12
MOST_PASSWORD_LETTERS = 256
LEAST_DIFFERENT_LETTERS = 5
LEAST_USER_NAME_LETTERS = 2
MOST_USER_NAME_LETTERS = 64
# argon2id works in 64 MiB (RFC 9106, low-memory profile): more at once would be more memory than the process has.
MOST_HASHING = 2
INVITATION_TIME = timedelta(days=7)
SESSION_TIME = timedelta(hours=12)  # one working day, from logging in


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is logged in, what for, and the language (nl, fr, en) in which they read."""

    id: int
    user_name: str
    language: str
    role: Role
    extension_id: str = ""
    has_second_factor: bool = False
    email: str = ""
    alerts: frozenset[str] = frozenset()


class Accounts:
    """The accounts of one box. `clock` gives the moment in UTC."""

    def __init__(
        self,
        logins: Logins,
        sessions: ConsoleSessions,
        claim_code: Path,
        clock: Callable[[], datetime],
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._stored = logins
        self._sessions = sessions
        self._claim_code = claim_code
        self._clock = clock
        self._hasher = hasher or PasswordHasher()  # argon2id with the library's defaults
        self._hashing = threading.BoundedSemaphore(MOST_HASHING)
        # A name that nobody has is checked against this, with the same work as a wrong password. Made once: making
        # one costs as much as checking one.
        self._nobodys_hash = self._hasher.hash("nobody has this password")
        self._claims, self._logins, self._changes = Tries(), Tries(), Tries()
        self._codes, self._forgotten = Tries(), Tries()

    def is_claimed(self) -> bool:
        """Tell whether the box has its administrator."""
        return self._stored.is_claimed()

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
        made = self._stored.add_first(user_name.strip(), self._hash(password), language, self._clock())
        if made is None:
            return (Problem(where="code", rule="already-claimed"),)
        self._claim_code.unlink(missing_ok=True)
        return _account(made)

    def log_in(self, user_name: str, password: str, source: str) -> Account | tuple[Problem, ...]:
        """Return whose name and password these are. Counted by `source`: nobody locks anybody else out.

        Who has a second factor is not logged in before `check_code` says so too.
        """
        if not self._logins.begin(source):
            return (Problem(where="password", rule="login-locked"),)
        found = self._stored.by_name(user_name.strip())
        is_right = self._is_password(found.password_hash if found else self._nobodys_hash, password)
        if found is None or not is_right or found.is_blocked:
            return (Problem(where="password", rule="login-wrong"),)
        self._logins.succeeded(source)
        return _account(found)

    def check_code(self, account_id: int, code: str) -> Account | tuple[Problem, ...]:
        """Return the account whose second factor gives this code now; each code counts once. Field: code."""
        # By account: who knows the password could begin anew at this door from the same address as often as he likes.
        if not self._codes.begin(str(account_id)):
            return (Problem(where="code", rule="login-locked"),)
        found = self._stored.by_id(account_id)
        if found is None or found.is_blocked or not found.second_factor:
            return (Problem(where="code", rule="code-wrong"),)
        step = time_step_of(found.second_factor, code, self._clock())
        if step is None or not self._stored.use_code(account_id, step):
            return (Problem(where="code", rule="code-wrong"),)
        self._codes.succeeded(str(account_id))
        return _account(found)

    def set_second_factor(self, account_id: int, secret: str, code: str) -> tuple[Problem, ...]:
        """Ask for codes of this secret from now on, once one of them was typed. Field: code."""
        try:
            step = time_step_of(secret, code, self._clock())
        except ValueError:  # the page's own field was changed
            step = None
        if step is None:
            return (Problem(where="code", rule="code-wrong"),)
        self._stored.set_second_factor(account_id, secret)
        self._stored.use_code(account_id, step)
        return ()

    def end_second_factor(self, account_id: int, password: str) -> tuple[Problem, ...]:
        """Ask for no codes any more. Field: password."""
        key = str(account_id)
        if not self._changes.begin(key):
            return (Problem(where="password", rule="login-locked"),)
        account = self._stored.by_id(account_id)
        if account is None or not self._is_password(account.password_hash, password):
            return (Problem(where="password", rule="password-wrong"),)
        self._changes.succeeded(key)
        self._stored.set_second_factor(account_id, "")
        return ()

    def begin_session(self, account_id: int) -> str:
        """Begin a session of somebody who has shown who they are, and return its token."""
        return self._sessions.begin(account_id, self._clock())

    def account_of_session(self, token: str) -> Account | None:
        """Return whose session this is; None for one that has ended."""
        account_id = self._sessions.administrator_id(token, self._clock())
        found = None if account_id is None else self._stored.by_id(account_id)
        return _account(found) if found and not found.is_blocked else None

    def end_session(self, token: str) -> None:
        """End a session, for every copy of its cookie."""
        self._sessions.end(token)

    def set_password(self, account_id: int, old: str, new: str) -> tuple[Problem, ...]:
        """Change a password and end every session of the account; fields: old_password, new_password."""
        key = str(account_id)
        if not self._changes.begin(key):
            return (Problem(where="old_password", rule="login-locked"),)
        account = self._stored.by_id(account_id)
        if account is None or not self._is_password(account.password_hash, old):
            return (Problem(where="old_password", rule="password-wrong"),)
        self._changes.succeeded(key)
        problems = _password_problems(account.user_name, new, where="new_password")
        if not problems:
            self._stored.set_password(account_id, self._hash(new))
        return problems

    def invited(self, token: str) -> Account | None:
        """Return whose invitation this is; None for one that was taken up or is older than INVITATION_TIME."""
        found = self._stored.invited(token, self._clock() - INVITATION_TIME)
        return _account(found) if found and not found.is_blocked else None

    def take_up(self, token: str, password: str, source: str) -> Account | tuple[Problem, ...]:
        """Give the login of an invitation the password that its owner chose. Field: password."""
        if not self._claims.begin(source):
            return (Problem(where="password", rule="login-locked"),)
        invited = self.invited(token)
        if invited is None:
            return (Problem(where="password", rule="invitation-over"),)
        self._claims.succeeded(source)
        problems = _password_problems(invited.user_name, password)
        if problems:
            return problems
        taken = self._stored.take_up(token, self._hash(password), self._clock() - INVITATION_TIME)
        return _account(taken) if taken else (Problem(where="password", rule="invitation-over"),)

    def logins(self) -> tuple[Login, ...]:
        """Return everybody's login, by name."""
        return self._stored.all()

    def invite(self, user_name: str, role: Role, extension_id: str, language: str) -> str | tuple[Problem, ...]:
        """Make a login and return the token of its invitation, which is kept nowhere. Field: user_name."""
        problems = _user_name_problems(user_name)
        if problems:
            return problems
        token = self._stored.invite(user_name.strip(), language, role, extension_id, self._clock())
        return token or (Problem(where="user_name", rule="user-name-taken", facts={"value": user_name}),)

    def invite_again(self, login_id: int) -> str:
        """Take somebody's password back and return the token by which they choose another."""
        return self._stored.invite_again(login_id, self._clock())

    def may_ask_again(self, source: str) -> bool:
        """Count that somebody forgot a password; False when this source asked too often."""
        return self._forgotten.begin(source)

    def forgotten(self, user_name: str) -> tuple[Account, str] | None:
        """Return the account of a name and the token of a new invitation; the password counts until that is used.

        None for a name that nobody has, that is blocked, or that has no address.
        """
        found = self._stored.by_name(user_name.strip())
        if found is None or found.is_blocked or not found.email:
            return None
        return _account(found), self._stored.new_invitation(found.id, self._clock())

    def change(self, login_id: int, role: Role, extension_id: str, *, is_blocked: bool) -> tuple[Problem, ...]:
        """Change what somebody's login is for; it is logged out. Field: role."""
        if self._stored.change(login_id, role, extension_id, is_blocked=is_blocked):
            return ()
        return (Problem(where="role", rule="last-administrator"),)

    def remove(self, login_id: int) -> tuple[Problem, ...]:
        """Remove somebody's login. Field: role."""
        return () if self._stored.remove(login_id) else (Problem(where="role", rule="last-administrator"),)

    def set_alerts(self, account_id: int, email: str, alerts: Collection[str]) -> tuple[Problem, ...]:
        """Say what goes by mail to the owner of an account (kinds of AlertKind). Field: email."""
        address, chosen = email.strip(), set(alerts) & set(AlertKind)
        if not address and chosen:
            return (Problem(where="email", rule="alerts-without-email"),)
        try:
            if address:
                check_email(address)
        except InvalidValueError as fault:
            return (fault.at("email"),)
        self._stored.set_alerts(account_id, address, chosen)
        return ()

    def set_language(self, account_id: int, language: str) -> None:
        """Remember in which language this account reads."""
        self._stored.set_language(account_id, language)

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


def _account(login: Login) -> Account:
    return Account(
        id=login.id,
        user_name=login.user_name,
        language=login.language,
        role=login.role,
        extension_id=login.extension_id,
        has_second_factor=bool(login.second_factor),
        email=login.email,
        alerts=login.alerts,
    )


def _letters(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())

"""Who is logged in, for flask-login. The cookie holds a token; whether it still counts is known on the box alone."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Flask, redirect, session, url_for
from flask_login import LoginManager, login_user, logout_user
from werkzeug.wrappers import Response

from appliance.operations.accounts import Account
from appliance.operations.composition import Operations
from wizard.current import operations, session_token

HALF = "half"  # in the session: who has shown a password, and when


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account and its session as flask-login wants them."""

    account: Account
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie keeps."""
        return self.token


def use_accounts(app: Flask, below: Operations) -> None:
    """Let flask-login find the account of the session in the cookie."""
    manager = LoginManager(app)

    @manager.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
    def find(token: str) -> SignedIn | None:
        account = below.accounts.account_of_session(token)
        return SignedIn(account, token) if account else None


def sign_in(account: Account) -> None:
    """Begin a new session; nothing of the session before it stays."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(account, operations().accounts.begin_session(account.id)))


def come_in(account: Account) -> Response:
    """Lead on whoever has shown a password, or chosen one: who has a second factor is asked for its code first."""
    if not account.has_second_factor:
        sign_in(account)
        return redirect(url_for("home.page"), 303)
    session.clear()
    session[HALF] = [account.id, time.time()]
    return redirect(url_for("login.code"), 303)


def sign_out() -> None:
    """End the session, for every copy of its cookie."""
    operations().accounts.end_session(session_token())
    logout_user()
    session.clear()

"""Who is logged in, for flask-login."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, session
from flask_login import LoginManager, login_user

from wizard.services import Account, Services


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An account as flask-login wants it."""

    account: Account
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the session keeps."""
        return str(self.account.id)


def use_accounts(app: Flask, services: Services) -> None:
    """Let flask-login find accounts by the number in the session."""
    manager = LoginManager(app)

    @manager.user_loader  # type: ignore[untyped-decorator]  # flask-login has no types
    def find(number: str) -> SignedIn | None:
        account = services.account(int(number)) if number.isdecimal() else None
        return SignedIn(account) if account else None


def sign_in(account: Account) -> None:
    """Begin a new session; nothing of the session before it stays."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(account))

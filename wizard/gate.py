"""Who may open which page: nobody, until it is said here; and no form from elsewhere."""

from __future__ import annotations

import hmac
import secrets

from flask import Flask, Response, redirect, request, session, url_for
from werkzeug.exceptions import BadRequest, Forbidden
from werkzeug.wrappers import Response as AnyResponse

from appliance.operations.accounts import Role
from wizard.access import may_open
from wizard.current import account, is_logged_in, operations

ALWAYS_OPEN = frozenset({"static", "health"})
API = "/api/"  # programs come here, with a key that is asked for at each request (api/routes.py)
CLAIM = "claim.page"
LOGIN, LOGIN_CODE, FORGOTTEN = "login.page", "login.code", "login.forgotten"
HOME, PORTAL = "home.page", "portal.page"
INVITATION = "invitation.page"  # opened by whoever has its token, which is in the address
DOORS = frozenset({LOGIN, LOGIN_CODE, FORGOTTEN, INVITATION})  # how somebody without a session comes in
ALREADY_CLAIMED = "claimed"  # in the address of the login: another one was faster
CSRF_FIELD = "csrf_token"
_CSRF_KEY = "csrf"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


class StaleForm(BadRequest):
    """A form without the token of this session."""


def use_gate(app: Flask) -> None:
    """Put the gate before every request and the headers behind every answer."""
    app.before_request(_let_in)
    app.before_request(_check_token)
    app.after_request(_protect)


def csrf_token() -> str:
    """Return the token every form of this session carries."""
    if _CSRF_KEY not in session:
        session[_CSRF_KEY] = secrets.token_urlsafe(32)
    return str(session[_CSRF_KEY])


def _let_in() -> AnyResponse | None:
    if request.endpoint in ALWAYS_OPEN or request.path.startswith(API):
        return None
    if not operations().accounts.is_claimed():
        return None if request.endpoint == CLAIM else redirect(url_for(CLAIM), 303)
    if is_logged_in():
        return _led_on()
    if request.endpoint in DOORS:
        return None
    was_claiming = request.endpoint == CLAIM and request.method == "POST"
    return redirect(url_for(LOGIN, claimed="1" if was_claiming else None), 303)  # ALREADY_CLAIMED


def _led_on() -> AnyResponse | None:
    """Let who is logged in open what their role may; an employee's own page takes the place of the overview."""
    role = account().role
    first_page = PORTAL if role is Role.EMPLOYEE else HOME
    if request.endpoint in {CLAIM, HOME, *DOORS} - {first_page}:
        return redirect(url_for(first_page), 303)
    if request.endpoint is not None and not may_open(role, request.endpoint, request.view_args or {}):
        raise Forbidden
    return None


def _check_token() -> None:
    if request.method in SAFE_METHODS:  # no page takes a form from these (form.is_sent)
        return
    if request.path.startswith(API):  # it takes a key, and no cookie that a browser would send along
        return
    given = request.form.get(CSRF_FIELD, "")
    if not hmac.compare_digest(given.encode(), csrf_token().encode()):
        raise StaleForm


def _protect(response: Response) -> Response:
    headers = response.headers
    headers["Content-Security-Policy"] = _POLICY
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Referrer-Policy"] = "same-origin"
    if request.endpoint != "static":
        headers["Cache-Control"] = "no-store"
    return response

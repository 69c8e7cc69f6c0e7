"""The pages as one application: create_app puts them together."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask, render_template
from flask.typing import ResponseReturnValue
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from wizard.accounts import use_accounts
from wizard.console import home, login
from wizard.current import SERVICES_KEY, template_words
from wizard.first_boot import claim, place
from wizard.gate import StaleForm, csrf_token, use_gate
from wizard.services import Services

MOST_REQUEST_BYTES = 256 * 1024  # the longest thing typed is a list of employees
SESSION_TIME = timedelta(hours=12)  # one working day


def create_app(services: Services, *, session_key: bytes, secure_cookies: bool) -> Flask:
    """Return the application; it expects nginx before it, which says who asks (X-Forwarded-For, -Proto)."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=session_key,
        SESSION_COOKIE_NAME="belbox",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure_cookies,
        PERMANENT_SESSION_LIFETIME=SESSION_TIME,
        MAX_CONTENT_LENGTH=MOST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_REQUEST_BYTES,
    )
    app.extensions[SERVICES_KEY] = services
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # Flask's own way
    app.context_processor(template_words)
    use_accounts(app, services)
    use_gate(app)
    app.add_url_rule("/health", "health", _health)
    for module in (claim, login, home, place):
        app.register_blueprint(module.pages)
    app.register_error_handler(HTTPException, _refused)
    return app


def _health() -> ResponseReturnValue:
    """Say that this process answers; needs no session and tells nothing else."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _refused(fault: HTTPException) -> ResponseReturnValue:
    if isinstance(fault, StaleForm):
        subject = "stale"
    elif fault.code is not None and fault.code < 500:
        subject = "missing"
    else:
        subject = "broken"
    return render_template("error.html", subject=subject), fault.code or 500

"""The pages as one application: create_app puts them together."""

from __future__ import annotations

import logging

from flask import Flask, g, render_template, request
from flask.sessions import SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.middleware.proxy_fix import ProxyFix

from appliance.office.problems import Problem
from appliance.operations.accounts import SESSION_TIME
from appliance.operations.composition import Operations
from appliance.operations.recordings import MOST_RECORDING_BYTES
from wizard import live
from wizard.accounts import use_accounts
from wizard.api import routes as api
from wizard.api.refusals import refusal
from wizard.api.schema import PREFIX
from wizard.console import (
    by_hand,
    explain,
    firmware,
    home,
    invitation,
    jobs,
    login,
    logins,
    messages,
    network,
    objects,
    office_file,
    own_login,
    password,
    phone,
    phone_password,
    portal,
    programs,
    recordings,
    search,
    second_factor,
    switches,
)
from wizard.current import BROKEN_KEY, OPERATIONS_KEY
from wizard.first_boot import (
    backup_route,
    claim,
    company_number,
    employees,
    frame,
    hand_over,
    hours,
    lines,
    mail_step,
    phones,
    place,
    subjects,
)
from wizard.form import NoSuchChoice
from wizard.gate import StaleForm, use_gate
from wizard.template_words import use_templates

MOST_REQUEST_BYTES = 256 * 1024  # the longest thing typed is a list of employees
_PAGES = (
    claim,
    login,
    password,
    home,
    live,
    frame,
    place,
    company_number,
    lines,
    hours,
    employees,
    phones,
    backup_route,
    mail_step,
    hand_over,
    phone,
    network,
    firmware,
    by_hand,
    jobs,
    objects,
    programs,
    messages,
    explain,
    switches,
    recordings,
    logins,
    invitation,
    portal,
    office_file,
    phone_password,
    second_factor,
    own_login,
    search,
    api,
)
_log = logging.getLogger(__name__)


def create_app(operations: Operations, *, session_key: bytes) -> Flask:
    """Return the application; it expects nginx before it, which says who asks (X-Forwarded-For, -Proto)."""
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=session_key,
        SESSION_COOKIE_NAME="belbox",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        PERMANENT_SESSION_LIFETIME=SESSION_TIME,
        MAX_CONTENT_LENGTH=MOST_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MOST_REQUEST_BYTES,
    )
    app.session_interface = _SessionByScheme()
    app.extensions[OPERATIONS_KEY] = operations
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]  # Flask's own way
    use_templates(app)
    use_accounts(app, operations)
    app.before_request(_let_files_be_long)  # before the gate, which reads the form
    use_gate(app)
    app.add_url_rule("/health", "health", _health)
    for module in _PAGES:
        app.register_blueprint(module.pages)
    for blueprint in (subjects.groups, subjects.menu):
        app.register_blueprint(blueprint)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _broken)
    return app


class _SessionByScheme(SecureCookieSessionInterface):
    """Who came by HTTPS gets a cookie that never leaves by HTTP; 127.0.0.1 of a virtual office has no HTTPS."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def _let_files_be_long() -> None:
    if request.endpoint in recordings.UPLOADS:
        request.max_content_length = MOST_RECORDING_BYTES + MOST_REQUEST_BYTES
    elif request.endpoint in office_file.UPLOADS:
        # The text comes back in a field of the form that confirms it, where a line break takes three letters more.
        request.max_content_length = request.max_form_memory_size = 4 * office_file.MOST_FILE_BYTES


def _health() -> ResponseReturnValue:
    """Say that this process answers; needs no session and tells nothing else."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _refused(fault: HTTPException) -> ResponseReturnValue:
    if request.path.startswith(f"{PREFIX}/"):
        answer = refusal(fault.code or 500, (Problem(where="", rule="api-no-such"),))
        if isinstance(fault, MethodNotAllowed):
            answer.allow.update(api.methods_of(request.path) or fault.valid_methods or ())
        return answer
    match fault:
        case StaleForm():
            subject = "stale"
        case NoSuchChoice():
            subject = "choice"
        case Forbidden():
            subject = "denied"
        case RequestEntityTooLarge():
            subject = "long"
        case _:
            subject = "missing"
    return render_template("error.html", subject=subject), fault.code or 500


def _broken(fault: Exception) -> ResponseReturnValue:
    _log.error("a page failed", exc_info=fault)
    if request.path.startswith(f"{PREFIX}/"):
        return refusal(500, (Problem(where="", rule="api-broken"),))
    setattr(g, BROKEN_KEY, True)
    return render_template("error.html", subject="broken"), 500

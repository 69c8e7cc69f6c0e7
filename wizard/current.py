"""What a page may know of the request it answers: the operations, the reader and the reader's language."""

from __future__ import annotations

from typing import cast

from flask import current_app, g, request
from flask_login import current_user

from appliance.office.destination import ToOutsideNumber
from appliance.office.office import Office
from appliance.operations.accounts import Account
from appliance.operations.composition import Operations
from appliance.operations.live import LiveOffice
from appliance.words.texts import LANGUAGES, text
from wizard.access import may_open

OPERATIONS_KEY = "belbox-operations"
LANGUAGE_ARGUMENT = "language"  # in the address of a page that needs no account
BROKEN_KEY = "is_broken"


def operations() -> Operations:
    """Return what may be asked of this box."""
    return cast(Operations, current_app.extensions[OPERATIONS_KEY])


def account() -> Account:
    """Return who is logged in; only pages behind the gate ask."""
    return cast(Account, current_user.account)


def may(endpoint: str, **arguments: str) -> bool:
    """Tell whether who is logged in may open a page, so that nothing leads where nobody is let in."""
    return may_open(account().role, endpoint, arguments)


def session_token() -> str:
    """Return what names this session; only pages behind the gate ask."""
    return str(current_user.token)


def is_logged_in() -> bool:
    """Tell whether somebody is logged in; not asked again on the page that says that something broke."""
    return not g.get(BROKEN_KEY, False) and bool(current_user.is_authenticated)


def language() -> str:
    """Return the language of this page: the account's, the one in a public page's address, or the browser's."""
    if is_logged_in():
        return account().language
    chosen = request.args.get(LANGUAGE_ARGUMENT, "")
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def office() -> Office:
    """Return the newest office, read once for each page."""
    if "office" not in g:
        g.office = operations().offices.newest()
    return cast(Office, g.office)


def backup_number() -> str:
    """Return the number of the backup route; empty while there is none."""
    for route in office().backup_routes:
        if isinstance(route.destination, ToOutsideNumber):
            return str(route.destination.number)
    return ""


def live() -> LiveOffice:
    """Return what is so at this moment, asked once for each page."""
    if "live" not in g:
        g.live = operations().live.now()
    return cast(LiveOffice, g.live)


def say(key: str, /, **facts: str) -> str:
    """Return a text in the language of this page."""
    return text(key, language(), **facts)

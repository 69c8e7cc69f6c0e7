"""What a page may know of the request it answers: the services, the reader and the reader's language."""

from __future__ import annotations

from functools import partial
from typing import Any, cast

from flask import current_app, g, request, session
from flask_login import current_user

from appliance.office.office import Office
from wizard.services import Account, LiveView, Services
from wizard.texts import LANGUAGES, problem_text, text

SERVICES_KEY = "belbox-services"
LANGUAGE_KEY = "language"


def services() -> Services:
    """Return what lies below the pages."""
    return cast(Services, current_app.extensions[SERVICES_KEY])


def account() -> Account:
    """Return who is logged in; only pages behind the gate ask."""
    return cast(Account, current_user.account)


def is_logged_in() -> bool:
    """Tell whether somebody is logged in."""
    return bool(current_user.is_authenticated)


def language() -> str:
    """Return the language of this page: the account's, the one chosen on a public page, or the browser's."""
    if is_logged_in():
        return account().language
    chosen = session.get(LANGUAGE_KEY)
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]


def office() -> Office:
    """Return the newest office, read once for each page."""
    if "office" not in g:
        g.office = services().office()
    return cast(Office, g.office)


def live() -> LiveView:
    """Return what is so at this moment, asked once for each page."""
    if "live" not in g:
        g.live = services().live()
    return cast(LiveView, g.live)


def say(key: str, **facts: str) -> str:
    """Return a text in the language of this page."""
    return text(key, language(), **facts)


def template_words() -> dict[str, Any]:
    """What every template can use."""
    spoken = language()
    return {
        "t": partial(_text_in, spoken),
        "problem_text": partial(_problem_in, spoken),
        "language": spoken,
        "languages": LANGUAGES,
        "is_logged_in": is_logged_in(),
    }


def _text_in(spoken: str, key: str, **facts: object) -> str:
    return text(key, spoken, **{name: str(value) for name, value in facts.items()})


def _problem_in(spoken: str, problem: Any) -> str:
    return problem_text(problem, spoken)

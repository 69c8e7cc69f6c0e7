"""What every template can use, besides what its page gives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from flask import Flask, request
from jinja2 import StrictUndefined

from appliance.office.extension import Extension
from appliance.office.numbers import MacAddress
from appliance.office.problems import Problem
from appliance.office.state_at import StateAt, state_at
from appliance.operations.live import LineState
from appliance.operations.phone_list import ListedPhone, Standing
from appliance.operations.set_at_phones import KINDS_SET_AT_PHONES, Fact
from appliance.operations.status_part import Part
from appliance.words.explanations import so_now_words
from appliance.words.texts import LANGUAGES, has_text, part_remedy, part_what, problem_text, text
from provisioning.firmware_rollout import Rollout
from wizard import evidence
from wizard.current import account, is_logged_in, language, live, may, office, operations
from wizard.first_boot.frame import proof_text
from wizard.form import LONGEST_TEXT
from wizard.gate import csrf_token
from wizard.state_sentence import StateSentence, state_sentence

PHONES_OF_A_PAGE = 100
PHONES_OF_HOME = 50
# What stands at the top of every page: where it leads, its endpoint and its words.
_PLACES = (
    ("/", "home.page", "home-title"),
    ("/me", "portal.page", "portal-title"),
    ("/settings/extension", "employees.page", "subject-extension-many"),
    ("/setup/phones", "phones.page", "subject-phone-many"),
    ("/settings", "objects.index", "objects-title"),
    ("/messages", "messages.page", "nav-messages"),
    ("/explain", "explain.page", "nav-explain"),
    ("/settings/history", "objects.history", "objects-history"),
    ("/setup/", "setup.resume", "nav-setup"),
    ("/search", "search.page", "search-title"),
    ("/logins", "logins.page", "logins-title"),
    ("/own-login", "own_login.page", "own-login-title"),
)


@dataclass(frozen=True, slots=True)
class SaidFact:
    """One thing that codes, keys or switches have set, and its sentence."""

    fact: Fact
    words: str


def use_templates(app: Flask) -> None:
    """Give the templates their words; a name that is not there is an error, not an empty text."""
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        csrf_token=csrf_token,
        live_now=live,
        office_now=office,
        account_now=account,
        sentence_now=_sentence,
        proof_text=proof_text,
        person_of=_person_of,
        typed_owner=_typed_owner,
        phones_shown=_phones_shown,
        phones_of_home=_phones_of_home,
        pages_of_phones=_pages_of_phones,
        page_asked=_page_asked,
        line_state=_line_state,
        hour=_hour,
        moment=_moment,
        seconds_until=_seconds_until,
        rollout_now=_rollout,
        so_now=_so_now,
        so_now_of=_so_now_of,
        recordings_of=_recordings_of,
        state_of=_state_of,
        may=may,
    )
    app.context_processor(_words)


def _words() -> dict[str, Any]:
    spoken = language()
    return {
        "t": partial(_text_in, spoken),
        "name_of": partial(_name_of, spoken),
        "problem_text": partial(_problem_in, spoken),
        "part_text": partial(_part_in, spoken),
        "language": spoken,
        "languages": LANGUAGES,
        "is_logged_in": is_logged_in(),
        "path": request.path if request.method == "GET" else "/",
        "places": _PLACES,
    }


def _text_in(spoken: str, key: str, /, **facts: object) -> str:
    return text(key, spoken, **{name: str(value) for name, value in facts.items()})


def _name_of(spoken: str, kind: str, value: str) -> str:
    """A brand or a part has a text, or is shown as it is called."""
    key = f"{kind}-{value}"
    return text(key, spoken) if has_text(key, spoken) else value


def _problem_in(spoken: str, problem: Problem) -> str:
    return problem_text(problem, spoken)


def _part_in(spoken: str, part: Part) -> str:
    said = part_what(part.what, spoken, part.facts, part.causes)
    return f"{said} {part_remedy(part.remedy, spoken, part.facts)}".strip()


def _person_of(extension_id: str | None) -> Extension | None:
    try:
        return office().extension(extension_id or "")
    except KeyError:
        return None


def _page_asked() -> int:
    """Return which page of a long list is asked for, the first where none is."""
    return min(max(request.args.get("page", 1, int), 1), 1000)


def _pages_of_phones() -> int:
    return -(-len(live().phones) // PHONES_OF_A_PAGE)


def _phones_shown() -> Sequence[ListedPhone]:
    first = (_page_asked() - 1) * PHONES_OF_A_PAGE
    return live().phones[first : first + PHONES_OF_A_PAGE]


def _phones_of_home() -> tuple[Sequence[ListedPhone], int]:
    """Return the phones of employees, first those that cannot be called, and how many more there are."""
    phones = [phone for phone in live().phones if phone.extension_id]
    phones.sort(key=lambda phone: (phone.state is Standing.REGISTERED, phone.extension_id))
    return phones[:PHONES_OF_HOME], max(0, len(phones) - PHONES_OF_HOME)


def _typed_owner(mac: MacAddress) -> str | None:
    """Return what was typed as the owner of this phone and not taken; None where nothing was."""
    is_asked = request.method == "POST" and (request.view_args or {}).get("mac") == str(mac)
    return request.form.get("owner", "")[:LONGEST_TEXT] if is_asked else None


def _line_state(trunk_id: str) -> LineState:
    return next((line.state for line in live().lines if line.id == trunk_id), LineState.UNKNOWN)


def _sentence() -> StateSentence:
    return state_sentence(office(), live())


def _rollout() -> Rollout | None:
    return operations().firmware.rollout()


def _so_now() -> tuple[SaidFact, ...] | None:
    """Return what codes, keys and switches have set; None: the switch does not answer."""
    facts = operations().set_at_phones.facts(office())
    return None if facts is None else tuple(SaidFact(fact, so_now_words(fact, language())) for fact in facts)


def _so_now_of(kind: str, name: str) -> tuple[SaidFact, ...] | None:
    """Return those of one object."""
    if kind not in KINDS_SET_AT_PHONES:
        return ()
    so = _so_now()
    return None if so is None else tuple(one for one in so if (one.fact.kind, one.fact.id) == (kind, name))


def _state_of(kind: str, name: str, at: datetime) -> StateAt:
    return state_at(office(), kind, name, at)


def _recordings_of(kind: str, name: str) -> tuple[str, ...]:
    return operations().recordings.of(kind, name)


def _hour(when: datetime) -> str:
    return evidence.hour(when, office().site.time_zone)


def _moment(when: datetime) -> str:
    return evidence.moment(when, office().site.time_zone, language())


def _seconds_until(when: datetime) -> int:
    now = datetime.now(UTC)  # noqa: TID251  (a page is an entrance)
    return max(0, int((when - now).total_seconds()))

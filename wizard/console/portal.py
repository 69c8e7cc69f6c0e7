"""What an employee sees of himself: forwards as they really are, voicemail, and the way to one's own password."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.errors import BelboxError
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.place import place_of
from appliance.office.extension import Extension
from appliance.office.forwarding import ForwardCase
from appliance.office.problems import Problem
from wizard.answers import recording
from wizard.console.messages import acted
from wizard.current import account, language, office, operations
from wizard.form import is_sent, typed
from wizard.forms.building import Builder, at_the_form
from wizard.forms.options import options_of
from wizard.forms.reading import row_typed
from wizard.forms.words import Words
from wizard.saving import apply_now, tell, tell_problem

pages = Blueprint("portal", __name__, url_prefix="/me")
KIND = "extension"
FORWARDS = {f"forward_{case.value.replace('-', '_')}": case for case in ForwardCase}
OWN_KEYS = (*FORWARDS, "do_not_disturb")  # what an employee may set of the own extension


@pages.route("", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Show the own number, forwards and messages."""
    own = _own()
    if own is None:
        return render_template("portal.html", own=None, fields=(), messages=())
    if not is_sent():
        return _show(own, _row_now(own), ())
    listed = operations().objects.find(KIND, own.id)
    assert listed is not None
    sent = {name: request.form.getlist(name) for name in request.form}
    own_row = {key: value for key, value in row_typed(SUBJECT_OF[KIND].table, sent).items() if key in OWN_KEYS}
    row = {key: value for key, value in listed.row.items() if key not in OWN_KEYS} | own_row
    outcome = operations().objects.put(KIND, own.id, row, author=account().user_name)
    if outcome.problems:
        return _show(own, own_row, at_the_form(outcome.problems, outcome.place, place_of(KIND, own.id))), 422
    if apply_now() and _is_so(own.id):
        tell("portal-saved")
    return redirect(url_for("portal.page"), 303)


@pages.get("/messages/<message>.wav")
def sound(message: str) -> ResponseReturnValue:
    """Return one of the own messages."""
    own = _own()
    return recording(operations().messages.own_sound(own.id, message) if own else None)


@pages.post("/messages/<message>/remove")
def remove(message: str) -> ResponseReturnValue:
    """Remove one of the own messages for good."""
    own = _own() or abort(404)
    return acted(lambda: operations().messages.own_remove(own.id, message), "portal.page", "messages-removed")


@pages.post("/messages/<message>/send-on")
def send_on(message: str) -> ResponseReturnValue:
    """Put a copy of one of the own messages in a colleague's box."""
    own, to = _own() or abort(404), typed("to")
    return acted(
        lambda: operations().messages.own_send_on(office(), own.id, message, to), "portal.page", "messages-sent"
    )


def _own() -> Extension | None:
    """Return whose page this is; None for a login that belongs to nobody of the office (any more)."""
    return next((one for one in office().extensions if one.id == account().extension_id), None)


def _row_now(own: Extension) -> Mapping[str, Any]:
    """Return the own settings as the switch has them; as the office says where it does not answer."""
    so = operations().set_at_phones.now(office())
    if so is None:
        listed = operations().objects.find(KIND, own.id)
        return listed.row if listed else {}
    forwards = {key: so.forwards.get((own.id, case), "") for key, case in FORWARDS.items()}
    return {**forwards, "do_not_disturb": own.id in so.do_not_disturb}


def _is_so(extension_id: str) -> bool:
    try:
        operations().switches.as_configured(office(), extension_id)
    except (BelboxError, OSError) as fault:
        tell_problem(Problem(where="", rule="not-turned", cause=fault))
        return False
    return True


def _show(own: Extension, row: Mapping[str, Any], problems: tuple[Problem, ...]) -> str:
    words = Words(language())
    subject = SUBJECT_OF[KIND]
    builder = Builder(subject, options_of(office(), words), words, problems)
    place = place_of(KIND, own.id)
    columns = {column.key: column for column in subject.table.columns()}
    fields = [builder.field(columns[key], row.get(key), key, place.below(key)) for key in OWN_KEYS]
    at_fields = [one for field in fields for one in field.problems]
    return render_template(
        "portal.html",
        own=own,
        fields=fields,
        problems=[one for one in problems if one not in at_fields],
        messages=operations().messages.own(own.id),
    )

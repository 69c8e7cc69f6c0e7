"""Programs that use this box: their keys, and how to begin."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from appliance.operations.api_keys import Scope
from wizard.api.schema import PREFIX, document
from wizard.current import account, language, operations
from wizard.form import Form, chosen, typed, typed_form
from wizard.saving import tell

pages = Blueprint("programs", __name__, url_prefix="/programs")
FIELDS = ("name", "scope")
_SPEED_DIAL = '{"short": "8001", "name": "Taxi", "number": "02 555 10 01"}'
SCOPES = tuple(scope.value for scope in Scope)


@pages.get("")
def page() -> ResponseReturnValue:
    """Show the keys."""
    return _show(Form(values={"scope": Scope.READ.value}))


@pages.post("")
def make() -> ResponseReturnValue:
    """Make a key, which is shown this once."""
    made = operations().api_keys.make(typed("name"), Scope(chosen("scope", *SCOPES)), author=account().user_name)
    if not isinstance(made, str):
        return _show(Form(values=typed_form(*FIELDS), problems=made)), 422
    return _show(Form(values={"scope": Scope.READ.value}), made)


@pages.post("/<int:key_id>/remove")
def remove(key_id: int) -> ResponseReturnValue:
    """End a key."""
    operations().api_keys.remove(key_id)
    tell("programs-removed")
    return redirect(url_for("programs.page"), 303)


@pages.get("/openapi.json")
def described() -> ResponseReturnValue:
    """Return the OpenAPI document to who is logged in."""
    return jsonify(document(language()))


def _show(form: Form, token: str = "") -> str:
    call = f'curl -H "Authorization: Bearer {token or "…"}" https://{request.host}{PREFIX}'
    return render_template(
        "programs.html",
        form=form,
        keys=operations().api_keys.all(),
        token=token,
        scopes=SCOPES,
        fields=FIELDS,
        examples=(f"{call}/extension", f"{call}/speed_dial --json '{_SPEED_DIAL}'"),
    )

"""One phone: its keys on a picture, reload and reboot, another phone in its place, and what it asked for."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from appliance.changes.outcome import Outcome
from appliance.changes.phones import TypedKey
from appliance.errors import BelboxError
from appliance.office.names import OUTER_SPACES
from appliance.office.numbers import MacAddress
from appliance.office.problems import Problem
from appliance.operations.phone_keys import PhoneDetail
from appliance.operations.phone_signals import Signal
from wizard.console.jobs import follow
from wizard.current import account, language, live, office, operations
from wizard.form import Form, typed
from wizard.key_words import read_key, show_key, suggestions
from wizard.phone_picture import phone_picture
from wizard.saving import apply_now, not_applied, refused, tell

pages = Blueprint("phone", __name__, url_prefix="/phones")
EMPTY_ROWS = 4
MOST_ROWS = 300
_PLACE = re.compile(r"[0-9]{1,3}")


@pages.get("/<mac>")
def page(mac: str) -> ResponseReturnValue:
    """Show a phone."""
    detail = _detail(mac)
    return _show(detail, Form(values=_values(detail)))


@pages.post("/<mac>/keys")
def keys(mac: str) -> ResponseReturnValue:
    """Save the keys; every phone that has new settings is told by itself, and on request this one is waited for."""
    detail = _detail(mac)
    rows = _typed_rows()
    problems = tuple(problem for row in rows for problem in _place_problems(row, detail))
    if not problems:
        typed_keys = [_key(row) for row in rows]
        outcome = operations().phone_keys.save(detail.phone.mac, typed_keys, author=account().user_name)
        problems = tuple(_at_field(problem, rows) for problem in outcome.problems)
    if problems:
        return _show(detail, Form(values={name: typed(name) for name in request.form}, problems=problems)), 422
    if apply_now():
        tell("key-saved")
        if "reload" in request.form:
            return _told(detail.phone.mac, Signal.RESYNC)
    return redirect(url_for("phone.page", mac=mac), 303)


@pages.post("/<mac>/<any(resync, reboot):what>")
def signal(mac: str, what: str) -> ResponseReturnValue:
    """Tell the phone to fetch its settings again, or to start again."""
    return _told(_detail(mac).phone.mac, Signal(what))


@pages.post("/<mac>/approve")
def approve(mac: str) -> ResponseReturnValue:
    """Let this phone fetch its settings for the first time."""
    operations().phones.approve(_detail(mac).phone.mac)
    tell("key-approved")
    return redirect(url_for("phone.page", mac=mac), 303)


@pages.post("/<mac>/replace")
def replace(mac: str) -> ResponseReturnValue:
    """Let another phone take its place."""
    detail = _detail(mac)
    try:
        outcome = operations().phones.replace(detail.phone.mac, typed("new"), author=account().user_name)
    except BelboxError as fault:
        outcome = Outcome(None, (not_applied(fault, "new"),))
    if outcome.problems:
        return refused(lambda: page(mac), outcome.problems)
    tell("key-replaced", old=str(detail.phone.mac), new=typed("new"))
    return redirect(url_for("phone.page", mac=typed("new")), 303)


@pages.get("/<mac>/label")
def label(mac: str) -> ResponseReturnValue:
    """Show the paper label to print."""
    return render_template("phone_label.html", detail=_detail(mac))


def _told(mac: MacAddress, signal: Signal) -> ResponseReturnValue:
    return follow(lambda: operations().long_acts.tell_phone(mac, signal), url_for("phone.page", mac=mac))


def _detail(mac: str) -> PhoneDetail:
    detail = operations().phone_keys.detail(mac)
    if detail is None:
        abort(404)
    return detail


def _show(detail: PhoneDetail, form: Form) -> str:
    owned = {phone.mac for phone in office().phones}  # with an owner or without: none takes another's place
    free = [phone for phone in live().phones if phone.mac not in owned and phone.mac != detail.phone.mac]
    return render_template(
        "phone.html",
        detail=detail,
        form=form,
        row_count=sum(name.endswith("-position") for name in form.values),
        picture=Markup(phone_picture(detail, language())),
        suggestions=tuple(suggestions(office(), len(detail.lines), language())),
        free_phones=free,
    )


def _values(detail: PhoneDetail) -> dict[str, str]:
    """The keys in use and the first free ones, in their order."""
    chosen = [key for key in (*detail.keys, *detail.dropped) if key.kind]
    free = [key for key in detail.keys if not key.kind][:EMPTY_ROWS]
    values: dict[str, str] = {}
    for count, key in enumerate(sorted((*chosen, *free), key=lambda key: (key.module, key.position)), start=1):
        values[f"key-{count}-position"] = str(key.position)
        values[f"key-{count}-module"] = str(key.module)
        values[f"key-{count}-does"] = show_key(office(), key, language()) if key.kind else ""
        values[f"key-{count}-label"] = key.label
    return values


def _typed_rows() -> list[dict[str, str]]:
    """The rows with something in them; a row is empty when it says nothing of what the key does."""
    rows = []
    for count in range(1, MOST_ROWS + 1):
        if f"key-{count}-position" not in request.form:
            break
        row = {
            name: typed(f"key-{count}-{name}").strip(OUTER_SPACES) for name in ("position", "module", "does", "label")
        }
        if row["does"]:
            rows.append({**row, "row": str(count)})
    return rows


def _key(row: dict[str, str]) -> TypedKey:
    kind, value = read_key(office(), row["does"])
    module, position = int(row["module"] or "0"), int(row["position"])
    return TypedKey(module=module, position=position, kind=kind, value=value, label=row["label"])


def _place_problems(row: dict[str, str], detail: PhoneDetail) -> Iterator[Problem]:
    """What is typed as a place and is no number of one."""
    for name, most in (("position", detail.line_keys), ("module", detail.modules)):
        if not (_PLACE.fullmatch(row[name]) or (name == "module" and not row[name])):
            facts = {"value": row[name], "most": str(most)}
            yield Problem(where=f"key-{row['row']}-position", rule=f"key-{name}", facts=facts)


def _at_field(problem: Problem, rows: list[dict[str, str]]) -> Problem:
    """The Nth key that was saved stands in another row of the form when rows before it are empty."""
    number = problem.where.removeprefix("key ")
    if not number.isdecimal():
        return problem
    row = rows[int(number) - 1]["row"]
    field = "position" if problem.rule in ("key-position", "key-twice", "key-module") else "does"
    return dataclasses.replace(problem, where=f"key-{row}-{field}")

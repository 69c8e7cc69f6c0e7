"""What would happen to a call: asked in a form, answered in words, with their seconds, and as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from appliance.office.circumstances import Circumstances
from appliance.office.declared.walk import short_numbers
from appliance.office.extension import Extension
from appliance.office.night import NightSetting
from appliance.office.numbers import PhoneNumber
from appliance.office.problems import InvalidValueError, Problem
from appliance.operations.explain import DialledCode, FollowedCall
from appliance.words.call_picture import plan_picture
from appliance.words.explanations import ShownStep, shown_steps
from wizard.current import language, office, operations, say
from wizard.form import Form

pages = Blueprint("explain", __name__, url_prefix="/explain")
FIELDS = ("called", "caller", "at", "keys", "night", "phones")
AS_NOW, ALL_WORK = "now", "work"  # how phones and lines are: as they are now, or all of them work
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is shown of a call: its steps, or what a code does."""

    steps: tuple[ShownStep, ...] = ()
    code: str = ""
    has_picture: bool = False


@pages.get("")
def page() -> ResponseReturnValue:
    """Ask, and answer what was asked; the question stands in the address."""
    asked = _asked()
    problems: tuple[Problem, ...] = ()
    answer: Answer | None = None
    if asked["called"]:
        found, problems = _followed(asked)
        answer = None if problems else _answer(found)
    newest = office()
    numbers = [(str(number.number), number.label) for number in newest.numbers]
    inside = [(digits, name) for _, digits, name in short_numbers(newest)]
    shown = render_template(
        "explain.html",
        form=Form(values=asked, problems=problems),
        fields=FIELDS,
        answer=answer,
        callable=numbers + inside,
        people=[(one.number.digits, one.name) for one in newest.extensions],
        nights=("", *NightSetting),
        states=(AS_NOW, ALL_WORK),
        question=request.query_string.decode("ascii", "replace"),
    )
    return (shown, 422) if problems else shown


@pages.get("/picture.svg")
def picture() -> ResponseReturnValue:
    """Return the picture of what was asked."""
    found, problems = _followed(_asked())
    if problems or not isinstance(found, FollowedCall):
        abort(404)
    drawn = plan_picture(office(), found.call_path, found.entry, language(), found.explanation)
    return Response(drawn, content_type="image/svg+xml")


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "")[:_LONGEST].strip() for name in FIELDS}


def _answer(found: FollowedCall | DialledCode | None) -> Answer:
    if isinstance(found, FollowedCall):
        return Answer(steps=shown_steps(found.explanation, language()), has_picture=True)
    assert found is not None
    said = say(f"code-{found.code.value}")
    return Answer(
        code=f"{said} {say(f'explain-typed-{found.verdict}', number=found.number)}" if found.verdict else said
    )


def _followed(
    asked: Mapping[str, str],
) -> tuple[FollowedCall | DialledCode | None, tuple[Problem, ...]]:
    """Return what becomes of the call, or what is wrong with the question."""
    newest, explain = office(), operations().explain
    try:
        at = datetime.fromisoformat(asked["at"]) if asked["at"] else operations().set_at_phones.local_moment(newest)
    except ValueError:
        return None, (Problem(where="at", rule="explain-moment", facts={"value": asked["at"]}),)
    caller = next((one for one in newest.extensions if one.number.digits == asked["caller"]), None)
    now, _ = explain.circumstances(newest, at.replace(tzinfo=None))
    try:
        now = _as_asked(now, asked, caller)
    except InvalidValueError as fault:
        return None, (Problem(where="caller", rule=fault.rule, facts=fault.facts),)
    if asked["phones"] != ALL_WORK:
        now = explain.as_it_is(newest, now)
    found = explain.call(newest, caller, asked["called"], now)
    if found is None:
        rule = "explain-no-number" if caller is None else "explain-nowhere"
        return None, (Problem(where="called", rule=rule, facts={"value": asked["called"]}),)
    return found, ()


def _as_asked(now: Circumstances, asked: Mapping[str, str], caller: Extension | None) -> Circumstances:
    """Return the circumstances with what was asked; raise InvalidValueError for a caller that is no number."""
    if caller is None:
        typed = asked["caller"]
        now = replace(now, caller=PhoneNumber.parse(typed, office().site.country).e164 if typed else "")
    if asked["night"] in set(NightSetting):
        now = replace(now, night=NightSetting(asked["night"]))
    return replace(now, keys=tuple(asked["keys"].replace(",", " ").split()))

"""What every page of the wizard shows around its question: the checklist and the ways back and on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wizard.current import account, language, may, office, operations, say
from wizard.evidence import evidence, moment
from wizard.first_boot.steps import ENDPOINTS, OPTIONAL, CheckedStep, StepName, checklist, resume_at
from wizard.form import typed
from wizard.saving import tell_problem

pages = Blueprint("setup", __name__, url_prefix="/setup")


@pages.get("/")
def resume() -> ResponseReturnValue:
    """Go on where the wizard was left."""
    return redirect(url_for(resume_at(_open_ones(steps())).endpoint), 303)


@pages.post("/pass/<step>")
def pass_by(step: str) -> ResponseReturnValue:
    """Do without a step, for a reason."""
    name = _optional(step)
    problems = operations().steps.pass_by(name, typed("reason"), account().user_name)
    for problem in problems:
        tell_problem(problem)
    return redirect(url_for(ENDPOINTS[name] if problems else resume_at(_open_ones(steps())).endpoint), 303)


@pages.post("/take-up/<step>")
def take_up(step: str) -> ResponseReturnValue:
    """Do a step after all."""
    name = _optional(step)
    operations().steps.take_up(name)
    return redirect(url_for(ENDPOINTS[name]), 303)


def _optional(step: str) -> StepName:
    if step not in OPTIONAL:
        abort(404)
    if not may(ENDPOINTS[StepName(step)]):
        abort(403)
    return StepName(step)


def _open_ones(listed: tuple[CheckedStep, ...]) -> tuple[CheckedStep, ...]:
    """Return the steps that who is logged in may take."""
    return tuple(one for one in listed if one.endpoint and may(one.endpoint))


def steps() -> tuple[CheckedStep, ...]:
    """Return the checklist as it is now."""
    return checklist(office(), operations().steps.proven(), operations().steps.passed())


def question(name: StepName, template: str, **words: Any) -> str:
    """Return the page of one step."""
    around = words_around(name)
    reachable = _open_ones(around["steps"])
    index = reachable.index(around["here"])
    return render_template(
        template,
        **around,
        before=reachable[index - 1] if index else None,
        after=reachable[index + 1] if index + 1 < len(reachable) else None,
        office=office(),
        **words,
    )


def words_around(name: StepName) -> dict[str, Any]:
    """Return what the checklist needs, on a step's page and in its live parts."""
    listed = steps()
    return {"steps": listed, "here": next(step for step in listed if step.name is name)}


def proof_text(step: CheckedStep) -> str:
    """Say what proves a step, or why the office does without it; empty while neither is so."""
    if step.passed is not None:
        when = moment(step.passed.passed_at, office().site.time_zone, language())
        return say("progress-passed-why", reason=step.passed.reason, who=step.passed.passed_by, at=when)
    if step.proof is None:
        return ""
    return evidence(step.name, step.proof, office().site.time_zone, language())

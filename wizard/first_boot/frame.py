"""What every page of the wizard shows around its question: the checklist and the ways back and on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from wizard.current import language, office, operations
from wizard.evidence import evidence
from wizard.first_boot.steps import CheckedStep, StepName, checklist, resume_at

pages = Blueprint("setup", __name__, url_prefix="/setup")


@pages.get("/")
def resume() -> ResponseReturnValue:
    """Go on where the wizard was left."""
    return redirect(url_for(resume_at(steps()).endpoint), 303)


def steps() -> tuple[CheckedStep, ...]:
    """Return the checklist as it is now."""
    return checklist(office(), operations().steps.proven())


def question(name: StepName, template: str, **words: Any) -> str:
    """Return the page of one step."""
    around = words_around(name)
    reachable = [step for step in around["steps"] if step.endpoint]
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
    """Say what proves a step; empty while nothing does."""
    if step.proof is None:
        return ""
    return evidence(step.name, step.proof, office().site.time_zone, language())

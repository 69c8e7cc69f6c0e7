"""The steps of the wizard in their order, and how far each is: a tick only on proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.office import Office
from appliance.operations.steps import StepProof


class StepName(StrEnum):
    """One question each; the values are the names of their proofs and texts."""

    CLAIM = "claim"
    LANGUAGE = "language"
    COMPANY_NUMBER = "company_number"
    LINE = "line"
    EMPLOYEES = "employees"
    PHONES = "phones"
    BACKUP_ROUTE = "backup_route"
    HAND_OVER = "hand_over"


class Progress(StrEnum):
    """How far a step is. Entered means: answered, and not yet seen to work."""

    PROVEN = "proven"
    ENTERED = "entered"
    OPEN = "open"


ENDPOINTS: Mapping[StepName, str] = {
    StepName.LANGUAGE: "place.page",
    StepName.COMPANY_NUMBER: "company_number.page",
    StepName.LINE: "lines.page",
    StepName.EMPLOYEES: "employees.page",
    StepName.PHONES: "phones.page",
    StepName.BACKUP_ROUTE: "backup_route.page",
    StepName.HAND_OVER: "hand_over.page",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStep:
    """A step with its state; `endpoint` is empty for the claim, which is not left again."""

    number: int
    name: StepName
    progress: Progress
    proof: StepProof | None
    endpoint: str


def checklist(office: Office, proofs: Mapping[str, StepProof]) -> tuple[CheckedStep, ...]:
    """Return every step; whoever sees the list has claimed the box."""
    steps: list[CheckedStep] = []
    for number, name in enumerate(StepName, start=1):
        if name is StepName.CLAIM:
            progress = Progress.PROVEN
        elif name is StepName.HAND_OVER:
            proven_before = all(step.progress is Progress.PROVEN for step in steps)
            progress = Progress.PROVEN if proven_before else Progress.OPEN
        elif name in proofs:
            progress = Progress.PROVEN
        else:
            progress = Progress.ENTERED if _is_entered(name, office) else Progress.OPEN
        steps.append(
            CheckedStep(
                number=number,
                name=name,
                progress=progress,
                proof=proofs.get(name),
                endpoint=ENDPOINTS.get(name, ""),
            )
        )
    return tuple(steps)


def resume_at(steps: tuple[CheckedStep, ...]) -> CheckedStep:
    """Return the step to go on with: the first without an answer, then the first without proof."""
    for wanted in (Progress.OPEN, Progress.ENTERED):
        for step in steps:
            if step.progress is wanted and step.name is not StepName.HAND_OVER:
                return step
    return steps[-1]


def is_finished(steps: tuple[CheckedStep, ...]) -> bool:
    """Tell whether every step has its tick."""
    return all(step.progress is Progress.PROVEN for step in steps)


def _is_entered(name: StepName, office: Office) -> bool:
    match name:
        case StepName.COMPANY_NUMBER:
            return office.site.company_number is not None
        case StepName.LINE:
            return bool(office.trunks)
        case StepName.EMPLOYEES:
            return bool(office.extensions)
        case StepName.PHONES:
            return any(phone.extension_id for phone in office.phones)
        case StepName.BACKUP_ROUTE:
            return bool(office.backup_routes)
        case _:
            return False

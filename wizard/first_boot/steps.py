"""The steps of the wizard in their order, and how far each is: a tick only on proof."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from appliance.office.office import Office
from appliance.operations.steps import PassedStep, StepProof


class StepName(StrEnum):
    """One question each; the values are the names of their proofs and texts."""

    CLAIM = "claim"
    LANGUAGE = "language"
    COMPANY_NUMBER = "company_number"
    LINE = "line"
    HOURS = "hours"
    EMPLOYEES = "employees"
    PHONES = "phones"
    GROUPS = "groups"
    MENU = "menu"
    BACKUP_ROUTE = "backup_route"
    MAIL = "mail"
    HAND_OVER = "hand_over"


class Progress(StrEnum):
    """How far a step is. Passed: the office does without it. Entered: answered, and not yet seen to work."""

    PROVEN = "proven"
    PASSED = "passed"
    ENTERED = "entered"
    OPEN = "open"


ENDPOINTS: Mapping[StepName, str] = {
    StepName.LANGUAGE: "place.page",
    StepName.COMPANY_NUMBER: "company_number.page",
    StepName.LINE: "lines.page",
    StepName.HOURS: "hours.page",
    StepName.EMPLOYEES: "employees.page",
    StepName.PHONES: "phones.page",
    StepName.GROUPS: "groups.groups_page",
    StepName.MENU: "menu.menu_page",
    StepName.BACKUP_ROUTE: "backup_route.page",
    StepName.MAIL: "mail_step.page",
    StepName.HAND_OVER: "hand_over.page",
}


# What an office may do without; the reason stands in the report.
OPTIONAL = frozenset({StepName.HOURS, StepName.GROUPS, StepName.MENU, StepName.BACKUP_ROUTE, StepName.MAIL})
DONE = frozenset({Progress.PROVEN, Progress.PASSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedStep:
    """A step with its state; `endpoint` is empty for the claim, made once for all. `passed`: why there is none."""

    number: int
    name: StepName
    progress: Progress
    proof: StepProof | None
    passed: PassedStep | None
    endpoint: str

    @property
    def is_optional(self) -> bool:
        """Whether the office may do without it."""
        return self.name in OPTIONAL


def checklist(
    office: Office, proofs: Mapping[str, StepProof], passed: Mapping[str, PassedStep]
) -> tuple[CheckedStep, ...]:
    """Return every step; whoever sees the list has claimed the box. A proof counts for more than having passed."""
    steps: list[CheckedStep] = []
    for number, name in enumerate(StepName, start=1):
        if name is StepName.CLAIM:
            progress = Progress.PROVEN
        elif name is StepName.HAND_OVER:
            progress = Progress.PROVEN if is_finished(tuple(steps)) else Progress.OPEN
        elif name in proofs:
            progress = Progress.PROVEN
        elif name in passed and name in OPTIONAL:
            progress = Progress.PASSED
        else:
            progress = Progress.ENTERED if _is_entered(name, office) else Progress.OPEN
        steps.append(
            CheckedStep(
                number=number,
                name=name,
                progress=progress,
                proof=proofs.get(name),
                passed=passed.get(name) if progress is Progress.PASSED else None,
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
    """Tell whether every step has its tick, or was passed."""
    return all(step.progress in DONE for step in steps)


def _is_entered(name: StepName, office: Office) -> bool:
    match name:
        case StepName.COMPANY_NUMBER:
            return office.site.company_number is not None
        case StepName.LINE:
            return bool(office.trunks)
        case StepName.HOURS:
            return bool(office.opening_hours)
        case StepName.GROUPS:
            return bool(office.ring_groups)
        case StepName.MENU:
            return bool(office.attendants)
        case StepName.MAIL:
            return office.mail_server is not None
        case StepName.EMPLOYEES:
            return bool(office.extensions)
        case StepName.PHONES:
            return any(phone.extension_id for phone in office.phones)
        case StepName.BACKUP_ROUTE:
            return bool(office.backup_routes)
        case _:
            return False

"""Which steps of the wizard are proven, and what is proven by being in force."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from appliance.asterisk.live_state import LiveState
from appliance.asterisk.manager_interface import ManagerInterface
from appliance.compiler.object_names import phone_endpoint
from appliance.errors import BelboxError
from appliance.office.office import Office
from appliance.office.problems import Problem
from appliance.operations import proofs
from appliance.operations.box import Box
from appliance.operations.shared_look import SharedLook

# For the faces, which may not reach further.
from appliance.storage.passed_steps import PassedStep as PassedStep

MOST_REASON_LETTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProof:
    """What was seen that proves a step of the wizard, and when (UTC)."""

    seen_at: datetime
    facts: Mapping[str, str]


class SeenSince:
    """Since when the same is seen, kept while a process runs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: StepProof | None = None

    def note(self, facts: Mapping[str, str] | None, moment: datetime) -> StepProof | None:
        """Note what is seen at a moment (None: nothing), and return it with the moment since which it is so."""
        with self._lock:
            if facts is None:
                self._last = None
            elif self._last is None or self._last.facts != facts:
                self._last = StepProof(seen_at=moment, facts=facts)
            return self._last


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one box. `look` is what the switch says, shared with the pages."""

    box: Box
    look: SharedLook
    phones_seen: SeenSince

    def proven(self) -> Mapping[str, StepProof]:
        """Return the proof of each step that has one which holds, by the step's name."""
        _, office = self.box.repository.newest()
        state = self.look.look()
        seen = self.box.proofs.true_ones(state)
        steps = {
            step: StepProof(seen_at=seen[step].seen_at, facts=seen[step].facts)
            for step in (
                proofs.PLACE,
                proofs.COMPANY_NUMBER,
                proofs.HOURS,
                proofs.EMPLOYEES,
                proofs.BACKUP_ROUTE,
                proofs.MAIL,
            )
            if step in seen
        }
        of_many = (
            ("line", [(proofs.line(one.id), one.name) for one in office.trunks]),
            ("groups", [(proofs.ring_group(one.id), one.name) for one in office.ring_groups]),
            ("menu", [(proofs.attendant(one.id), one.name) for one in office.attendants]),
        )
        for step, subjects in of_many:
            proven = [seen[subject] for subject, _ in subjects if subject in seen]
            if proven and len(proven) == len(subjects):
                facts = {step: ", ".join(name for _, name in subjects)}
                steps[step] = StepProof(seen_at=min(one.seen_at for one in proven), facts=facts)
        if phones := self.phones_seen.note(self._registered_phones(office, state), self.box.now()):
            steps["phones"] = phones
        return steps

    def seen(self, subjects: Collection[str]) -> frozenset[str]:
        """Return those of these subjects that are proven."""
        return frozenset(self.box.proofs.true_ones(self.look.look()).keys() & set(subjects))

    def passed(self) -> Mapping[str, PassedStep]:
        """Return the steps that the office does without, by their names."""
        return self.box.passed_steps.all()

    def pass_by(self, step: str, reason: str, author: str) -> tuple[Problem, ...]:
        """Do without a step; the reason stands in the report. Field: reason."""
        said = reason.strip()
        if not said:
            return (Problem(where="reason", rule="reason-missing"),)
        if len(said) > MOST_REASON_LETTERS or not said.isprintable():
            return (Problem(where="reason", rule="reason-form", facts={"most": str(MOST_REASON_LETTERS)}),)
        passed = PassedStep(step=step, reason=said, passed_at=self.box.now(), passed_by=author)
        self.box.passed_steps.keep(passed)
        return ()

    def take_up(self, step: str) -> None:
        """Do a step after all."""
        self.box.passed_steps.drop(step)

    def prove_settings(self, *, switch_was_running: bool) -> None:
        """Keep what is proven by being in force: the office's place, and extensions that the switch itself names."""
        began, office = self.box.now(), self.box.proofs.office_in_force()
        if office is None or not switch_was_running:
            return
        site = office.site
        self.box.proofs.keep(proofs.PLACE, {"language": site.language, "time_zone": site.time_zone}, began)
        wanted = {phone_endpoint(extension) for extension in office.extensions}
        try:
            with ManagerInterface(self.box.manager) as manager:
                known = {item.get("ObjectName", "") for item in manager.list("PJSIPShowEndpoints")}
        except (BelboxError, OSError):
            return
        if wanted and wanted <= known:
            self.box.proofs.keep(proofs.EMPLOYEES, {"count": str(len(wanted))}, began)

    def _registered_phones(self, office: Office, state: LiveState | None) -> Mapping[str, str] | None:
        """Return what is seen while all phones of the office are registered; None: one is not."""
        registered = self.box.proofs.registered_phones(state, self.box.seen_phones())
        if not office.phones or len(registered) < len(office.phones):
            return None
        return {"count": str(len(registered)), "addresses": ", ".join(registered.values())}

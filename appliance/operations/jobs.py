"""Long work that outlives the request that began it: it has steps, a result, and may be watched by many."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from appliance.errors import BelboxError
from appliance.office.problems import Problem
from appliance.operations.job_steps import Progress, Step
from appliance.operations.phone_signals import Told
from appliance.test_phone.result import TestCallResult

MOST_KEPT = 100  # jobs that are over; whoever wants to know of one asks within minutes
MOST_RUNNING = 10

# Of a search nothing but that nothing is wrong: what it found is kept where everybody looks.
JobResult: TypeAlias = tuple[Problem, ...] | TestCallResult | Told

_log = logging.getLogger(__name__)


class JobKind(StrEnum):
    """What is done."""

    LINE_TEST = "line-test"
    PHONE_CALL = "phone-call"
    BACKUP_CALL = "backup-call"
    GROUP_CALL = "group-call"
    MENU_CALL = "menu-call"
    HOURS_CALL = "hours-call"
    MAIL_TEST = "mail-test"
    INVITATION_MAIL = "invitation-mail"
    PHONE_SIGNAL = "phone-signal"
    LAN_SCAN = "lan-scan"
    DHCP_SEARCH = "dhcp-search"


STEPS = {
    JobKind.LINE_TEST: (Step.LOG_IN, Step.CALL_IN),
    JobKind.PHONE_CALL: (Step.RING,),
    JobKind.BACKUP_CALL: (Step.RING,),
    JobKind.GROUP_CALL: (Step.RING,),
    JobKind.MENU_CALL: (Step.RING,),
    JobKind.HOURS_CALL: (Step.RING,),
    JobKind.MAIL_TEST: (Step.MAIL,),
    JobKind.INVITATION_MAIL: (Step.MAIL,),
    JobKind.PHONE_SIGNAL: (Step.TELL, Step.FETCH),
    JobKind.LAN_SCAN: (Step.ASK_LAN,),
    JobKind.DHCP_SEARCH: (Step.ASK_LAN,),
}


class TooManyJobs(BelboxError):  # noqa: N818
    """As many jobs run as may run at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job. `subject`: the id of what it is about. `step`: what it does now, or did last; None: nothing yet.

    Over when `ended_at` is set, with a result, or with what kept it from one in `fault`.
    """

    id: str
    kind: JobKind
    subject: str
    begun_at: datetime
    step: Step | None = None
    ended_at: datetime | None = None
    result: JobResult | None = None
    fault: BaseException | None = None

    @property
    def is_over(self) -> bool:
        """Nothing of it goes on any more."""
        return self.ended_at is not None

    @property
    def steps_done(self) -> int:
        """How many of its steps are behind it."""
        steps = STEPS[self.kind]
        if self.is_over:
            return len(steps)
        return steps.index(self.step) if self.step else 0


class Jobs:
    """The jobs of this process; a restart forgets them. `clock` gives the moment in UTC."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._changed = threading.Condition()

    def begin(self, kind: JobKind, subject: str, work: Callable[[Progress], JobResult]) -> Job:
        """Begin a job, or return the one that does the same already; TooManyJobs."""
        with self._changed:
            running = [job for job in self._jobs.values() if not job.is_over]
            same = next((job for job in running if (job.kind, job.subject) == (kind, subject)), None)
            if same is not None:
                return same
            if len(running) >= MOST_RUNNING:
                raise TooManyJobs("too-many-jobs")
            job = Job(id=secrets.token_hex(8), kind=kind, subject=subject, begun_at=self._clock())
            self._jobs[job.id] = job
            self._forget_old_ones()
        threading.Thread(target=self._run, args=(job.id, work), name=f"job {kind}", daemon=True).start()
        return job

    def job(self, job_id: str) -> Job | None:
        """Return a job as it is now; None for one that was never there, or is forgotten."""
        with self._changed:
            return self._jobs.get(job_id)

    def wait_for_change(self, known: Job, seconds: float) -> Job:
        """Return a job as soon as it is another than `known`, or as it is after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs.get(known.id, known) != known, seconds)
            return self._jobs.get(known.id, known)

    def wait_until_over(self, job: Job, seconds: float) -> Job:
        """Return a job as soon as it is over, or as it is after `seconds`."""
        with self._changed:
            self._changed.wait_for(lambda: self._jobs.get(job.id, job).is_over, seconds)
            return self._jobs.get(job.id, job)

    def _run(self, job_id: str, work: Callable[[Progress], JobResult]) -> None:
        result, fault = None, None
        try:
            result = work(lambda step: self._change(job_id, step=step))
        except Exception as failure:  # an entrance: whoever watches is told that it is over, and why
            is_known = isinstance(failure, BelboxError | OSError)
            _log.warning("a job failed: %s", failure, exc_info=not is_known)
            fault = failure if is_known else BelboxError("unexpected", value=f"{type(failure).__name__}: {failure}")
        self._change(job_id, result=result, fault=fault, ended_at=self._clock())

    def _change(self, job_id: str, **changes: object) -> None:
        with self._changed:
            self._jobs[job_id] = replace(self._jobs[job_id], **changes)  # type: ignore[arg-type]  # of Job's own fields
            self._changed.notify_all()

    def _forget_old_ones(self) -> None:
        over = [job.id for job in self._jobs.values() if job.is_over]
        for job_id in over[: max(0, len(over) - MOST_KEPT)]:
            del self._jobs[job_id]

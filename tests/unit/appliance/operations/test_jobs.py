"""A job goes on without whoever began it, says what it does, and is over with a result or with a reason."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from appliance.errors import BelboxError
from appliance.office.problems import Problem
from appliance.operations.job_steps import Progress, Step
from appliance.operations.jobs import MOST_KEPT, MOST_RUNNING, Job, JobKind, JobResult, Jobs, TooManyJobs
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.edges.telephone import a_call
from tests.offices import two_phones

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECONDS = 10.0


@pytest.fixture
def jobs() -> Jobs:
    return Jobs(lambda: NOON)


def held(release: threading.Event) -> Callable[[Progress], JobResult]:
    """Work that goes on until it is let go."""

    def work(step: Progress) -> JobResult:
        step(Step.LOG_IN)
        assert release.wait(SECONDS)
        step(Step.CALL_IN)
        return ()

    return work


def over(jobs: Jobs, job: Job) -> Job:
    job = jobs.wait_until_over(job, SECONDS)
    assert job.is_over
    return job


def test_a_job_tells_each_step_and_then_its_result(jobs: Jobs) -> None:
    release = threading.Event()
    job = jobs.begin(JobKind.LINE_TEST, "line1", held(release))
    while job.step is None:
        job = jobs.wait_for_change(job, SECONDS)
    assert (job.step, job.steps_done, job.is_over) == (Step.LOG_IN, 0, False)
    release.set()
    job = over(jobs, job)
    assert (job.step, job.steps_done, job.result, job.ended_at) == (Step.CALL_IN, 2, (), NOON)


def test_the_same_is_not_done_twice_at_once(jobs: Jobs) -> None:
    release = threading.Event()
    job = jobs.begin(JobKind.LINE_TEST, "line1", held(release))
    assert jobs.begin(JobKind.LINE_TEST, "line1", held(release)).id == job.id
    other = jobs.begin(JobKind.LINE_TEST, "line2", held(release))
    assert other.id != job.id
    release.set()
    over(jobs, job)
    assert jobs.begin(JobKind.LINE_TEST, "line1", held(release)).id != job.id


def test_who_asks_for_too_much_at_once_is_refused(jobs: Jobs) -> None:
    release = threading.Event()
    running = [jobs.begin(JobKind.PHONE_CALL, str(count), held(release)) for count in range(MOST_RUNNING)]
    with pytest.raises(TooManyJobs):
        jobs.begin(JobKind.PHONE_CALL, "one more", held(release))
    release.set()
    for job in running:
        over(jobs, job)
    over(jobs, jobs.begin(JobKind.PHONE_CALL, "one more", held(release)))


@pytest.mark.parametrize(
    ("failure", "fault"),
    [(BelboxError("switch-not-connected"), "switch-not-connected"), (KeyError("x"), "KeyError: 'x'")],
)
def test_a_job_that_fails_is_over_and_says_why(jobs: Jobs, failure: Exception, fault: str) -> None:
    def work(_step: Progress) -> JobResult:
        raise failure

    job = over(jobs, jobs.begin(JobKind.PHONE_CALL, "e201", work))
    assert job.result is None
    assert fault in str(job.fault)


def test_old_jobs_are_forgotten_and_running_ones_never(jobs: Jobs) -> None:
    release = threading.Event()
    running = jobs.begin(JobKind.LINE_TEST, "line1", held(release))
    first = over(jobs, jobs.begin(JobKind.PHONE_CALL, "first", lambda _: a_call()))
    for count in range(MOST_KEPT + 1):
        over(jobs, jobs.begin(JobKind.PHONE_CALL, str(count), lambda _: a_call()))
    assert jobs.job(first.id) is None
    assert jobs.job(running.id) is not None
    release.set()
    over(jobs, running)


def test_who_waits_for_a_change_that_does_not_come_is_let_go(jobs: Jobs) -> None:
    job = over(jobs, jobs.begin(JobKind.PHONE_CALL, "e201", lambda _: a_call()))
    assert jobs.wait_for_change(job, 0.01) == job


def test_every_long_act_of_a_box_is_a_job(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(two_phones())
    box.line_is("Registered")
    acts, waiting = box.operations.long_acts, box.operations.jobs
    assert [problem.rule for problem in _problems(over(waiting, acts.test_line("line1")))] == ["loop-call-lost"]
    assert over(waiting, acts.ring_phone("e201")).result == a_call()
    assert over(waiting, acts.ring_backup()).result == a_call()
    assert box.test_phone.called == ["+3225551001", "201", "+32470123456"]


def _problems(job: Job) -> tuple[Problem, ...]:
    assert isinstance(job.result, tuple)
    return job.result

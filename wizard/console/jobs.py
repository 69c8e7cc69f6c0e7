"""Long work as a page: what it does now, by itself or when looked at again, and then what came of it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from appliance.office.problems import Problem
from appliance.operations.jobs import STEPS, Job, JobKind, TooManyJobs
from appliance.operations.phone_signals import Told, Way
from appliance.test_phone.result import TestCallOutcome, TestCallResult
from wizard.current import backup_number, office, operations
from wizard.live import WAIT_SECONDS, event_stream
from wizard.saving import tell, tell_call, tell_problem

AT_ONCE_SECONDS = 1.5  # what takes no longer has no page of its own

pages = Blueprint("jobs", __name__, url_prefix="/jobs")


@pages.get("/<job_id>")
def page(job_id: str) -> ResponseReturnValue:
    """Show a job; once it is over, the page that it was begun on, with what came of it."""
    job = _job(job_id)
    if job.is_over:
        return _over(job)
    return render_template("job.html", job=job, steps=STEPS[job.kind])


@pages.get("/<job_id>/live")
def stream(job_id: str) -> Response:
    """Send how far the job is, now and whenever it goes on, until it is over."""
    seen = [_job(job_id)]
    jobs = operations().jobs

    def render() -> str:
        seen[0] = jobs.job(job_id) or seen[0]
        return render_template("live/job.html", job=seen[0], steps=STEPS[seen[0].kind])

    return event_stream(
        render, wait=lambda: jobs.wait_for_change(seen[0], WAIT_SECONDS), is_over=lambda: seen[0].is_over
    )


def follow(begin: Callable[[], Job], back: str) -> ResponseReturnValue:
    """Begin a job and answer with what came of it; where that takes longer, with the page of the job.

    `back` is shown where too much is under way to begin.
    """
    job = begin_beside(begin)
    if job is None:
        return redirect(back, 303)
    job = operations().jobs.wait_until_over(job, AT_ONCE_SECONDS)
    return _over(job) if job.is_over else redirect(url_for("jobs.page", job_id=job.id), 303)


def begin_beside(begin: Callable[[], Job]) -> Job | None:
    """Begin a job that nobody need wait for; where too much is under way, say so and return None."""
    try:
        return begin()
    except TooManyJobs as fault:
        tell_problem(Problem(where="", rule="job-failed", cause=fault))
        return None


def _job(job_id: str) -> Job:
    job = operations().jobs.job(job_id)
    if job is None:
        abort(404)
    return job


def _over(job: Job) -> ResponseReturnValue:
    match job.result:
        case TestCallResult(outcome=TestCallOutcome.RANG) if job.kind is JobKind.BACKUP_CALL:
            tell_problem(Problem(where="", rule="backup-not-taken", facts={"value": _called(job)}))
        case TestCallResult():
            tell_call(job.result, _called(job))
        case Told():
            _tell_told(job.result, job.subject)
        case None:
            tell_problem(Problem(where="", rule="job-failed", cause=job.fault))
        case problems if job.kind is JobKind.LINE_TEST:
            _tell_line(problems, job.subject)
        case problems if job.kind in {JobKind.MAIL_TEST, JobKind.INVITATION_MAIL}:
            for problem in problems:
                tell_problem(problem)
            if not problems:
                said = "mail-step-sent" if job.kind is JobKind.MAIL_TEST else "logins-mailed"
                tell(said, address=job.subject)
    return redirect(_begun_on(job), 303)


def _begun_on(job: Job) -> str:
    match job.kind:
        case JobKind.LINE_TEST:
            return url_for("lines.page")
        case JobKind.PHONE_CALL:
            return url_for("phones.page")
        case JobKind.BACKUP_CALL:
            return url_for("backup_route.page")
        case JobKind.GROUP_CALL:
            return url_for("groups.groups_page")
        case JobKind.MENU_CALL:
            return url_for("menu.menu_page")
        case JobKind.HOURS_CALL:
            return url_for("hours.page")
        case JobKind.MAIL_TEST:
            return url_for("mail_step.page")
        case JobKind.INVITATION_MAIL:
            return url_for("logins.page")
        case JobKind.PHONE_SIGNAL:
            return url_for("phone.page", mac=job.subject)
        case JobKind.LAN_SCAN:
            return url_for("phones.page")
        case JobKind.DHCP_SEARCH:
            return url_for("network.page", looked="1")  # network.LOOKED


def _called(job: Job) -> str:
    match job.kind:
        case JobKind.BACKUP_CALL:
            return backup_number()
        case JobKind.GROUP_CALL:
            return next((one.name for one in office().ring_groups if one.id == job.subject), "")
        case JobKind.MENU_CALL:
            return next((one.name for one in office().attendants if one.id == job.subject), "")
        case JobKind.HOURS_CALL:
            return str(office().site.company_number or "")
    return next((one.number.digits for one in office().extensions if one.id == job.subject), "")


def _tell_line(problems: tuple[Problem, ...], trunk_id: str) -> None:
    for problem in problems:
        tell_problem(problem)
    name = next((trunk.name for trunk in office().trunks if trunk.id == trunk_id), "")
    number = office().site.company_number
    if problems:
        return
    if number is None:
        tell("line-works-no-number", name=name)
    else:
        tell("line-works", name=name, number=str(number))


def _tell_told(told: Told, mac: str) -> None:
    if told.way is Way.NOT_DOCUMENTED:
        tell("key-not-documented")
    elif told.way is Way.NONE:
        tell_problem(Problem(where="", rule="phone-not-there", facts={"value": mac}))
    elif told.fetched_after is None:
        tell("key-told", code=str(told.code or ""), seconds="")
    else:
        tell("key-fetched", code=str(told.code or ""), seconds=f"{told.fetched_after:.1f}")

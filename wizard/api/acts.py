"""What a program may ask of the box besides objects: each act is declared here, for the routes and for OpenAPI."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Response, abort, jsonify, url_for
from flask.typing import ResponseReturnValue

from appliance.changes.outcome import Outcome
from appliance.errors import BelboxError
from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError, Problem
from appliance.operations.api_keys import Scope
from appliance.operations.jobs import Job, TooManyJobs
from appliance.operations.phone_signals import Signal
from wizard.api.refusals import no_such, refused
from wizard.api.rows import job_as_json
from wizard.api.sent import given_flag, given_text, key
from wizard.current import operations
from wizard.saving import not_applied

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """`path` below the API's own, as Flask has it; `about` in plain English. `code`: of its answer.

    `takes`: the keys of its JSON body, each with its schema; those in `needs` must be there.
    """

    method: str
    path: str
    name: str
    about: str
    run: Callable[..., ResponseReturnValue]
    code: int = 200
    takes: Mapping[str, Schema] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    answer: Schema = field(default_factory=lambda: {"type": "object"})
    content: str = "application/json"

    @property
    def scope(self) -> Scope:
        """What a key must allow."""
        return Scope.READ if self.method == "GET" else Scope.CHANGE


def _status() -> ResponseReturnValue:
    parts = operations().status.parts()
    return jsonify({"parts": [{"name": one.name, "state": one.state, "what": one.what} for one in parts]})


def _revisions() -> ResponseReturnValue:
    return jsonify(
        {
            "revisions": [
                {
                    "number": one.number,
                    "made_at": one.made_at.isoformat(),
                    "author": one.author,
                    "summary": one.summary,
                    "is_in_force": one.is_in_force,
                }
                for one in operations().history.revisions()
            ]
        }
    )


def _put_back(number: int) -> ResponseReturnValue:
    if number not in {one.number for one in operations().history.revisions()}:
        return no_such(f"revisions/{number}")
    return _saved(operations().history.put_back(number, author=key().name))


def _apply() -> ResponseReturnValue:
    return applied() or jsonify({})


def _office() -> ResponseReturnValue:
    return Response(operations().offices.as_text(), content_type="application/toml; charset=utf-8")


def _take_in() -> ResponseReturnValue:
    return _saved(operations().offices.take_in(given_text("office"), "API", author=key().name))


def _test_line(name: str) -> ResponseReturnValue:
    return _begun("trunk", name, operations().long_acts.test_line)


def _ring(name: str) -> ResponseReturnValue:
    return _begun("extension", name, operations().long_acts.ring_phone)


def _tell(name: str) -> ResponseReturnValue:
    signal = given_text("signal")
    if signal not in set(Signal):
        return refused(422, Problem(where="signal", rule="not-a-choice", facts={"value": signal}))
    mac = _mac(name)
    if operations().offices.newest().phone_by_mac(mac) is None:
        return no_such(f"phone/{name}")
    return _job_begun(lambda: operations().long_acts.tell_phone(mac, Signal(signal)))


def _replace(name: str) -> ResponseReturnValue:
    mac = _mac(name)
    if operations().offices.newest().phone_by_mac(mac) is None:
        return no_such(f"phone/{name}")
    return _saved(operations().phones.replace(mac, given_text("new"), author=key().name), is_applied=True)


def _ring_backup() -> ResponseReturnValue:
    return _job_begun(operations().long_acts.ring_backup)


def _scan() -> ResponseReturnValue:
    return _job_begun(operations().long_acts.scan_lan)


def _search_dhcp() -> ResponseReturnValue:
    return _job_begun(operations().long_acts.search_dhcp_servers)


def _job(job_id: str) -> ResponseReturnValue:
    job = operations().jobs.job(job_id)
    return jsonify(job_as_json(job)) if job is not None else no_such(f"jobs/{job_id}")


def _let_phones_in() -> ResponseReturnValue:
    operations().phones.open_enrolment()
    return jsonify({})


def _let_no_phones_in() -> ResponseReturnValue:
    operations().phones.close_enrolment()
    return jsonify({})


def _firmware() -> ResponseReturnValue:
    rollout = operations().firmware.rollout()
    return jsonify(
        {
            "files": [
                {"name": one.firmware.name, "version": one.firmware.version, "models": list(one.firmware.models)}
                for one in operations().firmware.library()
            ],
            "rollout": None if rollout is None else {"firmware": rollout.firmware, "state": rollout.state},
        }
    )


def _begin_firmware() -> ResponseReturnValue:
    try:
        operations().firmware.begin(given_text("firmware"), by_night=given_flag("by_night", as_delivered=True))
    except BelboxError as fault:
        return refused(422, Problem(where="firmware", rule="firmware-not-begun", cause=fault))
    return jsonify({})


def _stop_firmware() -> ResponseReturnValue:
    operations().firmware.stop(key().name)
    return jsonify({})


def _saved(outcome: Outcome, *, is_applied: bool = False) -> ResponseReturnValue:
    if outcome.problems:
        return refused(422, *outcome.problems)
    return (None if is_applied else applied()) or jsonify({"revision": outcome.revision})


def _begun(kind: str, name: str, begin: Callable[[str], Job]) -> ResponseReturnValue:
    """Begin a job about an object, which must be there."""
    found = operations().objects.find(kind, name)
    return no_such(f"{kind}/{name}") if found is None else _job_begun(lambda: begin(found.name))


def _job_begun(begin: Callable[[], Job]) -> ResponseReturnValue:
    try:
        job = begin()
    except TooManyJobs as fault:
        return refused(429, Problem(where="", rule="job-failed", cause=fault))
    answer = jsonify(job_as_json(job))
    answer.status_code = 202
    answer.headers["Location"] = url_for("api.job", job_id=job.id)
    return answer


def applied() -> Response | None:
    """Make the newest revision true; return what is wrong if that failed."""
    try:
        operations().in_force.apply()
    except BelboxError as fault:
        return refused(503, not_applied(fault))
    return None


def _mac(text: str) -> MacAddress:
    try:
        return MacAddress.parse(text)
    except InvalidValueError:
        abort(no_such(f"phone/{text}"))


_REVISION: Schema = {"type": "object", "properties": {"revision": {"type": ["integer", "null"]}}}
_JOB: Schema = {
    "type": "object",
    "properties": {
        "id": _TEXT,
        "kind": _TEXT,
        "subject": _TEXT,
        "step": {"type": ["string", "null"]},
        "is_over": {"type": "boolean"},
        "result": {"type": ["object", "null"]},
    },
}

ACTS: tuple[Act, ...] = (
    Act(method="GET", path="/status", name="status", about="How the box is: each part and its state.", run=_status),
    Act(method="GET", path="/revisions", name="revisions", about="Who changed what, newest first.", run=_revisions),
    Act(
        method="POST", path="/revisions/<int:number>/put-back", name="put_back",
        about="Save an earlier revision's office as the newest, and make it true.", run=_put_back, answer=_REVISION,
    ),
    Act(method="POST", path="/apply", name="apply", about="Make the newest revision true.", run=_apply),
    Act(
        method="GET", path="/office", name="read_office", about="The whole office as an office file, without secrets.",
        run=_office, content="application/toml", answer=_TEXT,
    ),
    Act(
        method="PUT", path="/office", name="put_office",
        about="Take in an office file in place of the whole office, and make it true; secrets of what stays are kept.",
        run=_take_in, takes={"office": _TEXT}, needs=("office",), answer=_REVISION,
    ),
    Act(
        method="POST", path="/trunk/<name>/test", name="test_line", about="Test a line: log in anew, call it.",
        run=_test_line, code=202, answer=_JOB,
    ),
    Act(
        method="POST", path="/extension/<name>/ring", name="ring_extension",
        about="Ring an employee's phones with the test phone.", run=_ring, code=202, answer=_JOB,
    ),
    Act(
        method="POST", path="/phone/<name>/tell", name="tell_phone",
        about="Tell a phone to fetch its settings, or to start again.", run=_tell, code=202,
        takes={"signal": {"type": "string", "enum": [one.value for one in Signal]}}, needs=("signal",), answer=_JOB,
    ),
    Act(
        method="POST", path="/phone/<name>/replace", name="replace_phone",
        about="Let a phone that was seen (its MAC address as `new`) take the place of a broken one.", run=_replace,
        takes={"new": _TEXT}, needs=("new",), answer=_REVISION,
    ),
    Act(
        method="POST", path="/backup-test", name="test_backup", about="Prove the backup route by a call.",
        run=_ring_backup, code=202, answer=_JOB,
    ),
    Act(method="POST", path="/lan/scan", name="scan_lan", about="Look for phones.", run=_scan, code=202, answer=_JOB),
    Act(
        method="POST", path="/lan/dhcp-search", name="search_dhcp", about="Look for other DHCP servers.",
        run=_search_dhcp, code=202, answer=_JOB,
    ),
    Act(method="GET", path="/jobs/<job_id>", name="job", about="How far a job is.", run=_job, answer=_JOB),
    Act(
        method="POST", path="/enrolment", name="open_enrolment",
        about="Let phones fetch their first settings for a while.", run=_let_phones_in,
    ),
    Act(method="DELETE", path="/enrolment", name="close_enrolment", about="End that now.", run=_let_no_phones_in),
    Act(method="GET", path="/firmware", name="firmware", about="The library, and what is under way.", run=_firmware),
    Act(
        method="POST", path="/firmware/rollout", name="begin_firmware",
        about="Begin to give a file of the library to the phones it is for.", run=_begin_firmware,
        takes={"firmware": _TEXT, "by_night": {"type": "boolean", "default": True}}, needs=("firmware",),
    ),
    Act(
        method="DELETE", path="/firmware/rollout", name="stop_firmware", about="Let no further phone begin.",
        run=_stop_firmware,
    ),
)  # fmt: skip

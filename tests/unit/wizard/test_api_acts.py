"""What a program asks of a box besides its objects: acts, jobs, and events as they happen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.test import TestResponse

from appliance.operations.api_keys import Scope
from appliance.test_phone.result import TestCallOutcome
from provisioning.enrolment import load_enrolment
from provisioning.phone_identity import PhoneState
from tests.edges.edged_box import MAC, EdgedBox, MakeBox
from tests.edges.telephone import a_call
from tests.offices import two_phones
from tests.unit.wizard.test_api import Program, rules


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    """Two employees, one phone that is registered."""
    made: EdgedBox = make_box(two_phones())
    made.see(state=PhoneState.FETCHED)
    made.register()
    return made


def over(program: Program, begun: TestResponse) -> dict[str, Any]:
    """Return a job that was begun once it is over."""
    assert begun.status_code == 202, begun.get_json()
    job = program.box.operations.jobs.job(begun.get_json()["id"])
    assert job is not None
    program.box.operations.jobs.wait_until_over(job, 10.0)
    shown: dict[str, Any] = program.ask("GET", begun.headers["Location"].removeprefix("/api/v1/")).get_json()
    assert shown["is_over"]
    return shown


def test_a_phone_is_rung_as_a_job_that_tells_what_came_of_it(box: EdgedBox) -> None:
    box.test_phone.result = a_call(TestCallOutcome.RANG)
    program = Program(box)
    done = over(program, program.ask("POST", "extension/e201/ring", {}))
    assert (done["kind"], done["result"]["outcome"]) == ("phone-call", "rang")
    assert box.test_phone.called == ["201"]


def test_a_phone_is_told_to_start_again(box: EdgedBox) -> None:
    program = Program(box)
    done = over(program, program.ask("POST", f"phone/{MAC}/tell", {"signal": "reboot"}))
    assert done["result"]["way"] == "switch"
    assert [one["Action"] for one in box.switch.heard].count("PJSIPNotify") >= 1


@pytest.mark.parametrize(
    ("path", "body", "code", "rule"),
    [
        (f"phone/{MAC}/tell", {"signal": "dance"}, 422, ("signal", "not-a-choice")),
        (f"phone/{MAC}/tell", {}, 422, ("signal", "missing")),
        (f"phone/{MAC}/tell", {"signal": 1}, 422, ("signal", "not-text")),
        ("phone/80:5e:c0:00:02:77/tell", {"signal": "reboot"}, 404, ("phone/80:5e:c0:00:02:77", "api-no-such")),
        ("phone/nothing/tell", {"signal": "reboot"}, 404, ("phone/nothing", "api-no-such")),
        ("phone/nothing/replace", {"new": str(MAC)}, 404, ("phone/nothing", "api-no-such")),
        ("extension/e999/ring", {}, 404, ("extension/e999", "api-no-such")),
        ("trunk/line9/test", {}, 404, ("trunk/line9", "api-no-such")),
        ("revisions/999/put-back", {}, 404, ("revisions/999", "api-no-such")),
        ("firmware/rollout", {"firmware": "none.rom"}, 422, ("firmware", "firmware-not-begun")),
        ("firmware/rollout", {"firmware": "none.rom", "by_night": 1}, 422, ("by_night", "not-true-or-false")),
    ],
)
def test_what_cannot_be_done_is_said_at_its_place(
    box: EdgedBox, path: str, body: dict[str, Any], code: int, rule: tuple[str, str]
) -> None:
    before = box.office
    answer = Program(box).ask("POST", path, body)
    assert (answer.status_code, rules(answer)) == (code, {rule})
    assert box.office == before


def test_an_office_is_read_as_a_file_taken_in_and_put_back(box: EdgedBox) -> None:
    program, before = Program(box), box.office
    text = program.ask("GET", "office").text
    revision = box.operations.history.revisions()[0].number
    changed = text.replace('name = "Jan Jansen"', 'name = "Jan De Smet"')
    assert changed != text
    assert program.ask("PUT", "office", {"office": changed}).status_code == 200
    assert box.office.extensions[0].name == "Jan De Smet"
    assert box.operations.history.revisions()[0].is_in_force
    assert program.ask("PUT", "office", {"office": text + "\n[[extension]]\n"}).status_code == 422
    assert program.ask("POST", f"revisions/{revision}/put-back", {}).status_code == 200
    assert box.office == before


def test_the_window_for_phones_is_opened_and_closed(box: EdgedBox) -> None:
    program = Program(box)
    assert program.ask("POST", "enrolment", {}).status_code == 200
    open_until = load_enrolment(box.box.paths).open_until
    assert open_until is not None
    assert open_until > box.clock()
    assert program.ask("DELETE", "enrolment").status_code == 200
    assert load_enrolment(box.box.paths).open_until is None


def told(events: Iterator[str]) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of the next piece of a stream."""
    found = []
    for event in next(events).strip().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in event.split("\n") if ": " in line)
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_events_tell_what_is_so_and_then_only_what_changed(box: EdgedBox) -> None:
    program = Program(box, Scope.READ)
    with program.client.get("/api/v1/events", headers=program.headers) as answer:
        assert answer.content_type.startswith("text/event-stream")
        events = (piece.decode() for piece in answer.response if isinstance(piece, bytes))
        next(events)  # when to come again
        first = told(events)
        assert ("switch", {"answers": True}) in first
        (phone,) = [value for kind, value in first if kind == "phone"]
        assert (phone["id"], phone["state"], phone["extension"]) == (str(MAC), "registered", "e201")
        box.switch.contacts = []
        box.look_anew()
        box.see(state=PhoneState.SEEN)
        assert [kind for kind, _ in told(events)] == ["phone"]
        key = next(one for one in box.operations.api_keys.all())
        box.operations.api_keys.remove(key.id)
        box.see()
        assert list(events) == [], "whose key has ended hears nothing more"

"""A page never waits long for the world: what takes its time is a page of its own, which leads back by itself."""

from __future__ import annotations

import threading
import time

import pytest

from appliance.operations.jobs import MOST_RUNNING, JobKind
from appliance.test_phone.result import TestCallOutcome
from appliance.words.texts import LANGUAGES, text
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.edges.telephone import a_call
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from wizard.console.jobs import AT_ONCE_SECONDS

MOST_SECONDS = 2.0  # that a request may wait for the world


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    """A box whose test phone rings until `hangs_up` is set."""
    made: EdgedBox = make_box(two_phones())
    made.test_phone.hangs_up = threading.Event()
    return made


def begun(person: Person) -> str:
    """Begin a call that takes its time, and return the page of its job."""
    began = time.monotonic()
    answer = person.send("/setup/phones/ring/e201", page="/setup/phones")
    assert AT_ONCE_SECONDS <= time.monotonic() - began < MOST_SECONDS + 1, "a second for a busy machine"
    place = str(answer.headers["Location"])
    assert place.startswith("/jobs/")
    return place


def hang_up(box: EdgedBox, outcome: TestCallOutcome = TestCallOutcome.RANG) -> None:
    assert box.test_phone.hangs_up is not None
    box.test_phone.result = a_call(outcome)
    box.test_phone.hangs_up.set()


def test_what_takes_long_has_a_page_that_leads_back_with_the_result(box: EdgedBox) -> None:
    person = Person(box)
    place = begun(person)
    page = person.see(place)
    assert text("job-step-ring", "nl") in page
    assert '<noscript><meta http-equiv="refresh"' in page, "without JavaScript it comes again by itself"
    hang_up(box)
    (job,) = [box.operations.jobs.job(place.removeprefix("/jobs/"))]
    assert job is not None
    assert box.operations.jobs.wait_until_over(job, 10.0).is_over
    answer = person.client.get(place)
    assert answer.headers["Location"] == "/setup/phones"
    assert text("call-rang", "nl", called="201", seconds="", code="180", detail="") in person.see("/setup/phones")


def test_the_job_is_told_while_it_goes_on_and_the_stream_ends_with_it(box: EdgedBox) -> None:
    person = Person(box)
    stream = person.client.get(begun(person) + "/live", buffered=False).iter_encoded()
    assert next(stream).startswith(b"retry")
    assert b"data-over" not in next(stream)
    hang_up(box)
    assert b"data-over" in b"".join(stream)


def test_the_page_may_be_left_and_the_call_goes_on(box: EdgedBox) -> None:
    person = Person(box)
    place = begun(person)
    assert person.client.get("/setup/phones").status_code == 200
    assert begun(person) == place, "pressed again, it is the same call"
    hang_up(box)


def test_a_job_that_nobody_began_has_no_page(box: EdgedBox) -> None:
    for place in ("/jobs/0123456789abcdef", "/jobs/0123456789abcdef/live"):
        assert Person(box).client.get(place).status_code == 404


def test_more_than_may_be_tested_at_once_is_refused_in_words(box: EdgedBox) -> None:
    person = Person(box)
    for count in range(MOST_RUNNING):
        box.operations.jobs.begin(
            JobKind.PHONE_CALL, f"e{count}", lambda _: box.test_phone.call("201", ring_seconds=10.0)
        )
    page = person.send_and_follow("/setup/backup-route/prove", page="/setup/backup-route")
    assert 'class="notice bad"' in page
    hang_up(box)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_job_that_fails_says_so(make_box: MakeBox, language: str) -> None:
    box: EdgedBox = make_box(two_phones(), language=language)
    box.test_phone.fault = RuntimeError("no sound")
    page = Person(box).send_and_follow("/setup/phones/ring/e201", page="/setup/phones")
    assert text("fault-unexpected", language, value="RuntimeError: no sound") in page

"""The API: the same rows, the same faults at the same places, and nobody without a key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from werkzeug.test import TestResponse

from appliance.office.checks import check_office
from appliance.office.declared.catalogue import SUBJECT_OF, SUBJECTS
from appliance.office.declared.place import Place, place_of
from appliance.office.declared.reading import AlreadyReported, Spot
from appliance.office.declared.rows import learn_names, reading, row_of
from appliance.office.declared.subject import Subject
from appliance.office.problems import Problem, Severity
from appliance.operations.api_keys import Scope
from appliance.storage.office_document import read_document, write_document
from appliance.storage.secrets import SECRET_MAKER
from appliance.storage.toml_layout import lay_out
from appliance.words.texts import LANGUAGES
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.unit.wizard.browser import Person
from tests.unit.wizard.test_objects_pages import OFFICES, golden
from wizard.api.acts import ACTS
from wizard.api.rows import row_from, to_json
from wizard.api.schema import PREFIX, document

SPEED_DIAL = {"short": "8099", "name": "Taxi", "number": "02 555 10 99"}


class Program:
    """A program with a key."""

    def __init__(self, box: EdgedBox, scope: Scope | None = Scope.CHANGE) -> None:
        self.box = box
        self.client: FlaskClient = box.app().test_client()
        token = "" if scope is None else box.operations.api_keys.make("A program", scope, author="sandra")
        self.headers = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, row: Any = None, **headers: str) -> TestResponse:
        """Send one request."""
        body = {} if row is None else {"json": row}
        return self.client.open(f"/api/v1/{path}", method=method, headers=self.headers | headers, **body)


def rules(answer: TestResponse) -> set[tuple[str, str]]:
    """Return where which rule is broken."""
    return {(one["where"], one["rule"]) for one in answer.get_json()["problems"]}


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    """A box with the office of a manual."""
    made: EdgedBox = make_box(golden("helpdesk"))
    return made


def test_every_route_asks_for_a_key_and_a_cookie_is_none(box: EdgedBox) -> None:
    """Without a key, with one that was ended, with a session's cookie: 401; with one that reads: nothing changes."""
    person, nobody, reader = Person(box), Program(box, None), Program(box, Scope.READ)
    before = box.office
    rules_of_app = [rule for rule in box.app().url_map.iter_rules() if str(rule.endpoint).startswith("api.")]
    assert len(rules_of_app) >= 11
    for rule in rules_of_app:
        path = str(rule).removeprefix("/api/v1/").replace("<kind>", "extension").replace("<name>", "e201")
        path = path.replace("<int:number>", "1").replace("<job_id>", "0")
        for method in sorted((rule.methods or set()) - {"OPTIONS"}):
            assert nobody.ask(method, path, {}).status_code == 401
            assert person.client.open(f"/api/v1/{path}", method=method, json={}).status_code == 401
            if method not in {"GET", "HEAD"}:
                is_of_one = path == "extension" and method in {"PUT", "DELETE"}  # the office has many of them
                assert reader.ask(method, path, {}).status_code == (405 if is_of_one else 403), (method, path)
    key = box.operations.api_keys.all()[0]
    box.operations.api_keys.remove(key.id)
    assert reader.ask("GET", "extension").status_code == 401
    assert box.office == before


def test_an_object_is_added_read_changed_and_removed(box: EdgedBox) -> None:
    program = Program(box)
    added = program.ask("POST", "speed_dial", SPEED_DIAL)
    assert added.status_code == 201
    assert added.headers["Location"].endswith("/api/v1/speed_dial/s8099")
    read = program.ask("GET", "speed_dial/s8099")
    assert read.get_json() == {**SPEED_DIAL, "id": "s8099", "number": "+3225551099"}
    etag = read.headers["ETag"]
    assert (
        program.ask("PUT", "speed_dial/s8099", {**SPEED_DIAL, "name": "Cab"}, **{"If-Match": etag}).status_code == 200
    )
    late = program.ask("PUT", "speed_dial/s8099", {**SPEED_DIAL, "name": "Taxi 2"}, **{"If-Match": etag})
    assert late.status_code == 412
    assert box.office.speed_dials[-1].name == "Cab"
    assert program.ask("DELETE", "speed_dial/s8099").status_code == 200
    assert program.ask("GET", "speed_dial/s8099").status_code == 404
    assert box.operations.history.revisions()[0].author == "A program"


def test_every_object_of_every_office_sent_back_as_it_was_read_changes_nothing(make_box: MakeBox) -> None:
    for name in OFFICES:
        office = golden(name)
        for subject in SUBJECTS:
            for thing in subject.objects(office):
                row = row_from(subject.table, to_json(row_of(office, subject, thing, with_defaults=True)))
                noted = reading(office, SECRET_MAKER)
                assert subject.table.read(row, Spot(noted, subject.place(thing)), thing) == thing


def test_a_new_object_may_name_itself_as_in_the_office_file(box: EdgedBox) -> None:
    plan = {"number": "610", "name": "Round", "step": [{"kind": "go to", "destination": "610"}]}
    answer = Program(box).ask("POST", "call_plan", plan)
    assert "no-such-destination" not in {rule for _, rule in rules(answer)}


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "nothing"), ("POST", "nothing"), ("DELETE", "parking"),
     ("GET", "site/x"), ("GET", "extension/nobody"), ("PUT", "extension/nobody"), ("DELETE", "site/x")],
)  # fmt: skip
def test_what_is_not_there_is_said_so(box: EdgedBox, method: str, path: str) -> None:
    before = box.office
    answer = Program(box).ask(method, path, SPEED_DIAL)
    assert answer.status_code == 404
    assert {rule for _, rule in rules(answer)} == {"api-no-such"}
    assert box.office == before


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("POST", "site", {"GET", "PUT", "DELETE"}), ("PUT", "extension", {"GET", "POST"}),
     ("DELETE", "extension", {"GET", "POST"}), ("PATCH", "apply", {"POST"}),
     ("PATCH", "site", {"GET", "PUT", "DELETE"})],
)  # fmt: skip
def test_a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has(
    box: EdgedBox, method: str, path: str, allowed: set[str]
) -> None:
    answer = Program(box).ask(method, path, SPEED_DIAL)
    assert answer.status_code == 405
    assert set(answer.allow) == allowed


def test_a_prompt_that_would_say_nothing_is_refused(box: EdgedBox) -> None:
    """One that is saved keeps every later apply from being done: it cannot be spoken."""
    for text in ({}, {"text": ""}, {"text": " ?! "}):
        answer = Program(box).ask("POST", "prompt", {"name": "Silent", **text})
        assert answer.status_code == 422
        assert "prompt-silent" in {rule for _, rule in rules(answer)}


def test_what_is_used_stays_unless_its_calls_go_elsewhere(box: EdgedBox) -> None:
    program = Program(box)
    used = box.office.ring_groups[0]
    refused = program.ask("DELETE", f"ring_group/{used.id}")
    assert refused.status_code == 422
    assert {rule for _, rule in rules(refused)} == {"in-use"}
    assert program.ask("DELETE", f"ring_group/{used.id}?calls_to=nowhere").status_code == 422
    assert program.ask("DELETE", f"ring_group/{used.id}?calls_to=voicemail").status_code == 200
    assert used not in box.office.ring_groups


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'"x"', b"nul", b"\xff"])
def test_what_is_no_object_is_refused_with_words(box: EdgedBox, body: bytes) -> None:
    program = Program(box)
    answer = program.client.post(
        "/api/v1/speed_dial", data=body, headers=program.headers, content_type="application/json"
    )
    assert answer.status_code == 400
    assert rules(answer) == {("", "api-no-json")}


def test_faults_have_a_message_in_the_programs_language(box: EdgedBox) -> None:
    answer = Program(box).ask("POST", "speed_dial", {**SPEED_DIAL, "number": "12"}, **{"Accept-Language": "fr"})
    (problem,) = answer.get_json()["problems"]
    assert problem["where"] == "speed_dial[new].number"
    assert "numéro" in problem["message"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_valid_openapi_and_names_every_route(box: EdgedBox, language: str) -> None:
    described = document(language)
    validate(described)
    paths = {str(rule) for rule in box.app().url_map.iter_rules() if str(rule.endpoint).startswith("api.")}
    named = {path.replace(f"/{kind}", "/<kind>").replace("{name}", "<name>") for path in described["paths"]
             for kind in [path.split("/")[3]] if kind in SUBJECT_OF}  # fmt: skip
    named |= {PREFIX + act.path for act in ACTS} | {f"{PREFIX}/events"}
    assert paths - named == {"/api/v1/openapi.json"}
    assert {act.name for act in ACTS} <= {
        operation["operationId"]
        for path in described["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }


def test_a_person_makes_a_key_sees_it_once_and_ends_it(box: EdgedBox) -> None:
    person = Person(box)
    page = person.send("/programs", {"name": "Crm", "scope": "read"}).text
    (key,) = box.operations.api_keys.all()
    token = page.split('id="token">')[1].split("<")[0]
    assert box.operations.api_keys.of(token) == key
    assert token not in person.see("/programs")
    assert person.client.get("/programs/openapi.json").get_json()["openapi"] == "3.1.0"
    person.send_and_follow(f"/programs/{key.id}/remove", page="/programs")
    assert box.operations.api_keys.of(token) is None


_GOLDEN = [golden(name) for name in OFFICES]
_WORDS = ("201", "voicemail", "hang up", "+3225551001", "112", "8001", "all", "2026-12-24", "08:30-12:00", "auto", "nl")
_VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 10**6),
    st.text(max_size=12),
    st.sampled_from(_WORDS),
    st.lists(st.text(max_size=4), max_size=3),
    st.dictionaries(st.sampled_from(["ring", "go_to", "x"]), st.text(max_size=4), max_size=2),
)


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_api_and_office_file_find_the_same_faults_at_the_same_places(data: st.DataObject) -> None:
    """Random rows of every subject: read alone, as form and API do, and inside the whole office file."""
    office = data.draw(st.sampled_from(_GOLDEN))
    subject = data.draw(st.sampled_from([one for one in SUBJECTS if not one.is_one and one.has_ids]))
    keys = [column.key for column in subject.table.columns() if not column.is_made] + ["colour"]
    drawn = data.draw(st.dictionaries(st.sampled_from(keys), _VALUES, max_size=5))
    row = {"id": "tried", **{key: value for key, value in drawn.items() if value is not None}}
    noted = reading(office, SECRET_MAKER)
    learn_names(noted, subject, row)
    try:
        new = subject.table.read(dict(row), Spot(noted, place_of(subject.kind, "new")))
    except AlreadyReported:
        alone = _broken(noted.problems, subject)
    else:
        changed = subject.put_in(office, (*subject.objects(office), new))
        alone = _broken(check_office(changed), subject)
    tree = tomllib.loads(write_document(office, with_secrets=True))
    tree.setdefault(subject.kind, []).append(row)
    in_file = _broken(read_document(lay_out(tree), SECRET_MAKER, keep=office).problems, subject)
    assert alone == in_file


def _broken(problems: Iterable[Problem], subject: Subject) -> set[tuple[str, str]]:
    """Return the errors of rows of a subject: the keys at which they are, without the row's own name."""
    return {
        (".".join(str(Place((step,))) for step in problem.place.steps[1:]), problem.rule)
        for problem in problems
        if problem.severity is Severity.ERROR and problem.place is not None
        and problem.place.steps[0][0] == subject.kind
    }  # fmt: skip

"""Nobody passes without having claimed or logged in, and no form counts that does not come from our own page."""

from __future__ import annotations

import pytest
from flask import Flask

from appliance.operations.tries import MOST_TRIES
from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from wizard.gate import ALWAYS_OPEN, DOORS, LOGIN

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_EXAMPLES = {
    "trunk_id": "line1",
    "extension_id": "e201",
    "mac": "80:5e:c0:00:02:01",
    "what": "resync",
    "subject": "phones",
    "filename": "belbox.css",
    "job_id": "0123456789abcdef",
    "revision": 1,
    "kind": "speed_dial",
    "name": "s8001",
    "key_id": 1,
    "number": 1,
    "box": "company",
    "message": "1795813375-00000000",
    "recording": "0" * 64,
    "login_id": 1,
    "token": "no-such-token",
    "step": "menu",
}


def all_that_is_kept(box: EdgedBox) -> list[object]:
    """Every table whole, and the window for phones."""
    with box.box.engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        rows = [(table, connection.exec_driver_sql(f"SELECT * FROM {table}").all()) for table in sorted(tables)]
    enrolment = box.box.paths.enrolment
    return [*rows, enrolment.read_bytes() if enrolment.exists() else b"", box.lan.scans]


def paths(app: Flask) -> list[tuple[str, str]]:
    """Every route with its gaps filled, as (endpoint, path), and one that is not there."""
    adapter = app.url_map.bind("localhost")
    found = [
        (rule.endpoint, adapter.build(rule.endpoint, {name: _EXAMPLES[name] for name in rule.arguments}))
        for rule in app.url_map.iter_rules()
    ]
    return [*found, ("", "/nothing-here"), ("", "/setup/nothing")]


@pytest.mark.feature("A2")
@pytest.mark.parametrize(("claimed", "logged_out"), [(False, False), (True, False), (True, True)])
def test_every_route_and_method_without_a_session_leads_to_the_claim_or_the_login(
    make_box: MakeBox, claimed: bool, logged_out: bool
) -> None:
    """Of a box that nobody claimed; of one with an administrator; and with the cookie of a session that is over."""
    box = make_box(two_phones(), is_claimed=claimed)
    box.see()
    app, cookie = box.app(), None
    if logged_out:
        person = Person(box)
        cookie = person.client.get_cookie("belbox")
        assert cookie is not None
        person.send("/logout", page="/")
    before = all_that_is_kept(box)
    door = "/login" if claimed else "/claim"
    tried = 0
    for endpoint, path in paths(app):
        if endpoint in ALWAYS_OPEN or path == door:
            continue
        for method in _METHODS:
            client = app.test_client()
            if cookie is not None:
                client.set_cookie("belbox", cookie.value)
            answer = client.open(path, method=method)
            if path.startswith("/api/"):  # a program is told that it has no key (test_api.py)
                assert answer.status_code in {200, 401, 405}, (method, path)
                assert answer.status_code != 200 or method == "OPTIONS"
                continue
            if claimed and endpoint in DOORS - {LOGIN}:  # their own keys (test_roles, test_second_factor)
                assert answer.status_code in {200, 303, 400, 405}, (method, path)
                continue
            was_claiming = claimed and path == "/claim" and method == "POST"
            expected = f"{door}?claimed=1" if was_claiming else door
            assert (answer.status_code, answer.headers.get("Location")) == (303, expected), (method, path)
            tried += 1
    assert tried > 100
    assert all_that_is_kept(box) == before


def test_health_and_the_style_sheet_need_no_session(make_box: MakeBox) -> None:
    client = make_box(is_claimed=False).app().test_client()
    assert client.get("/health").status_code == 200
    with client.get("/static/belbox.css") as sheet:
        assert sheet.status_code == 200


def test_the_style_sheet_folder_gives_nothing_beside_it(make_box: MakeBox) -> None:
    client = make_box().app().test_client()
    assert client.get("/static/../app.py").status_code in {303, 404}
    assert client.get("/static/..%2fapp.py").status_code == 404


@pytest.mark.feature("A2")
def test_a_form_without_its_token_changes_nothing(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    person = Person(box)
    before = all_that_is_kept(box)
    for endpoint, path in paths(person.client.application):
        if endpoint in ALWAYS_OPEN | DOORS or path in {"/login", "/claim"}:
            continue
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "é" * 43}):
            answer = person.client.post(path, data=data)
            assert answer.status_code in {400, 401, 404, 405}, path
    assert all_that_is_kept(box) == before


def test_the_token_of_another_session_is_refused(make_box: MakeBox) -> None:
    box = make_box()
    other = Person(box, logged_in=False).client.get("/login").text.partition('csrf_token" value="')[2][:43]
    person = Person(box)
    assert person.client.post("/apply", data={"csrf_token": other}).status_code == 400


@pytest.mark.feature("A2")
def test_only_the_code_on_the_box_makes_an_administrator(make_box: MakeBox) -> None:
    box = make_box(is_claimed=False)
    person = Person(box, logged_in=False)
    wrong = {"code": "AAAA", "user_name": "sandra", "password": PASSWORD}
    answer = person.send("/claim", wrong)
    assert answer.status_code == 422
    assert 'value="AAAA"' in answer.text
    assert PASSWORD not in answer.text
    assert not box.operations.accounts.is_claimed()
    answer = person.send("/claim", {**wrong, "code": box.claim_code})
    assert answer.headers["Location"] == "/setup/place"
    assert person.client.get("/setup/place").status_code == 200
    assert person.client.get("/claim").headers["Location"] == "/"


def test_the_session_cookie_is_for_this_box_alone(make_box: MakeBox) -> None:
    app = make_box().app()
    client = app.test_client()
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    fresh = app.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "; Secure" in fresh.headers["Set-Cookie"]


def test_logging_in_begins_a_new_session_and_logging_out_ends_it(make_box: MakeBox) -> None:
    person = Person(make_box(), logged_in=False)
    with person.client.session_transaction() as session:
        session["left"] = "over"
    person.send("/login", {"user_name": USER_NAME, "password": PASSWORD})
    with person.client.session_transaction() as session:
        assert "left" not in session
    assert person.send("/logout", page="/").headers["Location"] == "/login"
    assert person.client.get("/").headers["Location"] == "/login"


def test_a_session_that_is_gone_is_logged_out(make_box: MakeBox) -> None:
    box = make_box()
    person = Person(box)
    with box.box.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM console_session")
    assert person.client.get("/").headers["Location"] == "/login"


def test_no_page_may_be_framed_kept_or_made_to_run_foreign_code(make_box: MakeBox) -> None:
    person = Person(make_box(two_phones()))
    for path in ("/", "/setup/phones", "/nothing-here"):
        headers = person.client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["Cache-Control"] == "no-store"


def test_the_page_asks_for_nothing_that_the_policy_forbids(make_box: MakeBox) -> None:
    person = Person(make_box(two_phones()))
    for path in ("/", "/setup/lines", "/setup/phones", "/setup/hand-over"):
        page = person.see(path)
        assert "style=" not in page
        assert "onclick" not in page
        assert "<script>" not in page
        assert "http://" not in page
        assert "https://" not in page


@pytest.mark.parametrize("back", ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "x"])
def test_choosing_a_language_never_leads_away_from_the_box(make_box: MakeBox, back: str) -> None:
    person = Person(make_box())
    answer = person.send("/language", {"language": "fr", "back": back}, page="/")
    assert answer.headers["Location"] == "/"
    assert '<html lang="fr">' in person.see("/")


def test_the_proxy_says_who_asks(make_box: MakeBox) -> None:
    """Tries are counted by where they come from: a stranger's lock nobody else out."""
    client = make_box().app().test_client()
    token = client.get("/login").text.partition('csrf_token" value="')[2][:43]
    wrong = {"csrf_token": token, "user_name": USER_NAME, "password": "y"}
    for _ in range(MOST_TRIES):
        client.post("/login", data=wrong, headers={"X-Forwarded-For": "192.168.77.66"})
    right = {**wrong, "password": PASSWORD}
    assert client.post("/login", data=right, headers={"X-Forwarded-For": "192.168.77.66"}).status_code == 422
    assert client.post("/login", data=right, headers={"X-Forwarded-For": "192.168.77.9"}).status_code == 303


def test_a_page_that_breaks_says_so_in_words_and_shows_no_trace(make_box: MakeBox) -> None:
    box = make_box()
    person = Person(box)
    with box.box.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE revision RENAME TO lost")
    answer = person.client.get("/")
    assert answer.status_code == 500
    assert "revision" not in answer.text
    assert "<h1>" in answer.text

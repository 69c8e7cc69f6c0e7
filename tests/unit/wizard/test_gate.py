"""Nobody passes without having claimed or logged in, and no form counts that does not come from our own page."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.fakes import CLAIM_CODE, PASSWORD, USER_NAME, FakeServices, a_phone_view
from tests.offices import two_phones
from tests.unit.wizard.browser import Person, an_app
from wizard.gate import ALWAYS_OPEN

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_EXAMPLES = {
    "trunk_id": "line1",
    "extension_id": "e201",
    "mac": "80:5e:c0:00:02:01",
    "what": "resync",
    "subject": "phones",
    "filename": "belbox.css",
}


def paths(app: Flask) -> list[tuple[str, str]]:
    """Every route with its gaps filled, as (endpoint, path), and one that is not there."""
    adapter = app.url_map.bind("localhost")
    found = [
        (rule.endpoint, adapter.build(rule.endpoint, {name: _EXAMPLES[name] for name in rule.arguments}))
        for rule in app.url_map.iter_rules()
    ]
    return [*found, ("", "/nothing-here"), ("", "/setup/nothing")]


@pytest.mark.feature("A2")
@pytest.mark.parametrize("claimed", [False, True])
def test_every_route_and_method_without_a_session_leads_to_the_claim_or_the_login(claimed: bool) -> None:
    services = FakeServices(claimed=claimed, the_office=two_phones(), phones=[a_phone_view()])
    app = an_app(services)
    door = "/login" if claimed else "/claim"
    tried = 0
    for endpoint, path in paths(app):
        if endpoint in ALWAYS_OPEN or path == door:
            continue
        for method in _METHODS:
            answer = app.test_client().open(path, method=method)
            was_claiming = claimed and path == "/claim" and method == "POST"
            expected = f"{door}?claimed=1" if was_claiming else door
            assert (answer.status_code, answer.headers.get("Location")) == (303, expected), (method, path)
            tried += 1
    assert tried > 100
    assert services.asked == []


def test_health_and_the_style_sheet_need_no_session() -> None:
    client = an_app(FakeServices(claimed=False)).test_client()
    assert client.get("/health").status_code == 200
    with client.get("/static/belbox.css") as sheet:
        assert sheet.status_code == 200


def test_the_style_sheet_folder_gives_nothing_beside_it() -> None:
    client = an_app(FakeServices()).test_client()
    assert client.get("/static/../app.py").status_code in {303, 404}
    assert client.get("/static/..%2fapp.py").status_code == 404


@pytest.mark.feature("A2")
def test_a_form_without_its_token_changes_nothing() -> None:
    services = FakeServices(the_office=two_phones())
    person = Person(services)
    services.asked.clear()
    for endpoint, path in paths(person.client.application):
        if endpoint in ALWAYS_OPEN or path in {"/login", "/claim"}:
            continue
        for data in ({}, {"csrf_token": ""}, {"csrf_token": "é" * 43}):
            answer = person.client.post(path, data=data)
            assert answer.status_code in {400, 405, 404}, path
    assert services.asked == []
    assert services.the_office == two_phones()


def test_the_token_of_another_session_is_refused() -> None:
    services = FakeServices()
    other = Person(services, logged_in=False).client.get("/login").text.partition('csrf_token" value="')[2][:43]
    person = Person(services)
    assert person.client.post("/apply", data={"csrf_token": other}).status_code == 400


@pytest.mark.feature("A2")
def test_only_the_code_on_the_box_makes_an_administrator() -> None:
    services = FakeServices(claimed=False)
    person = Person(services, logged_in=False)
    wrong = {"code": "AAAA", "user_name": "sandra", "password": PASSWORD}
    answer = person.send("/claim", wrong)
    assert answer.status_code == 422
    assert 'value="AAAA"' in answer.text
    assert PASSWORD not in answer.text
    assert not services.claimed
    answer = person.send("/claim", {**wrong, "code": CLAIM_CODE})
    assert answer.headers["Location"] == "/setup/place"
    assert person.client.get("/setup/place").status_code == 200
    assert person.client.get("/claim").headers["Location"] == "/"


def test_the_session_cookie_is_for_this_box_alone() -> None:
    client = an_app(FakeServices()).test_client()
    cookie = client.get("/login").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Secure" not in cookie
    fresh = an_app(FakeServices()).test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "; Secure" in fresh.headers["Set-Cookie"]


def test_logging_in_begins_a_new_session_and_logging_out_ends_it() -> None:
    person = Person(FakeServices(), logged_in=False)
    with person.client.session_transaction() as session:
        session["left"] = "over"
    person.send("/login", {"user_name": USER_NAME, "password": PASSWORD})
    with person.client.session_transaction() as session:
        assert "left" not in session
    assert person.send("/logout", page="/").headers["Location"] == "/login"
    assert person.client.get("/").headers["Location"] == "/login"


def test_an_account_that_is_gone_is_logged_out() -> None:
    services = FakeServices()
    person = Person(services)
    services.accounts.sessions.clear()
    assert person.client.get("/").headers["Location"] == "/login"


def test_no_page_may_be_framed_kept_or_made_to_run_foreign_code() -> None:
    person = Person(FakeServices(the_office=two_phones()))
    for path in ("/", "/setup/phones", "/nothing-here"):
        headers = person.client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert headers["Cache-Control"] == "no-store"


def test_the_page_asks_for_nothing_that_the_policy_forbids() -> None:
    person = Person(FakeServices(the_office=two_phones()))
    for path in ("/", "/setup/lines", "/setup/phones", "/setup/hand-over"):
        page = person.see(path)
        assert "style=" not in page
        assert "onclick" not in page
        assert "<script>" not in page
        assert "http://" not in page
        assert "https://" not in page


@pytest.mark.parametrize("back", ["//elsewhere.example", "/\\elsewhere.example", "https://elsewhere.example", "x"])
def test_choosing_a_language_never_leads_away_from_the_box(back: str) -> None:
    services = FakeServices()
    person = Person(services)
    answer = person.send("/language", {"language": "fr", "back": back}, page="/")
    assert answer.headers["Location"] == "/"
    assert services.account_language == "fr"


def test_the_proxy_says_who_asks() -> None:
    services = FakeServices()
    client = an_app(services).test_client()
    token = client.get("/login").text.partition('csrf_token" value="')[2][:43]
    fields = {"csrf_token": token, "user_name": "x", "password": "y"}
    client.post("/login", data=fields, headers={"X-Forwarded-For": "192.168.77.9"})
    assert services.asked == ["log_in from 192.168.77.9"]


def test_a_page_that_breaks_says_so_in_words_and_shows_no_trace() -> None:
    services = FakeServices()
    person = Person(services)

    def broken() -> object:
        raise OSError("disk of glass")

    services.office = broken  # type: ignore[method-assign,assignment]
    answer = person.client.get("/")
    assert answer.status_code == 500
    assert "disk of glass" not in answer.text
    assert "<h1>" in answer.text

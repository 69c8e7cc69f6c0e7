"""A second factor: switched on with a first code, asked for at the login, switched off with the password."""

from __future__ import annotations

import re

import pytest

from appliance.operations.accounts import Role
from appliance.operations.one_time_code import STEP_SECONDS, code_at
from appliance.operations.tries import MOST_TRIES
from tests.edges.edged_box import PASSWORD, USER_NAME, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person

LOGIN = {"user_name": USER_NAME, "password": PASSWORD}


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    return make_box(two_phones())


def code_of(box: EdgedBox, secret: str) -> str:
    return code_at(secret, int(box.clock().timestamp()) // STEP_SECONDS)


def switched_on(box: EdgedBox, person: Person) -> str:
    """Switch the second factor on, and return its secret; the next code is another one."""
    page = person.see("/second-factor")
    secret = re.search(r'<span class="code">([A-Z2-7]{32})</span>', page)
    assert secret is not None
    assert person.client.get("/second-factor/code.svg").content_type == "image/svg+xml"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    wrong = person.client.post("/second-factor", data={"csrf_token": token[1], "code": "000000"})
    assert (wrong.status_code, 'id="code-faults"' in wrong.text) == (422, True)
    sent = person.client.post("/second-factor", data={"csrf_token": token[1], "code": code_of(box, secret[1])})
    assert sent.status_code == 303
    box.clock.go_on(STEP_SECONDS)
    return secret[1]


@pytest.mark.feature("H13", by="page")
def test_the_password_alone_lets_nobody_in_any_more_and_a_code_counts_once(box: EdgedBox) -> None:
    secret = switched_on(box, Person(box))
    person = Person(box, logged_in=False)
    assert person.send("/login", LOGIN).headers["Location"] == "/login/code"
    assert person.client.get("/").headers["Location"].startswith("/login")
    assert person.send("/login/code", {"code": "123456"}).status_code == 422
    code = code_of(box, secret)
    assert person.send("/login/code", {"code": code}).headers["Location"] == "/"
    assert person.client.get("/").status_code == 200
    other = Person(box, logged_in=False)
    other.send("/login", LOGIN)
    again = other.send("/login/code", {"code": code})
    assert (again.status_code, "al gebruikt" in again.text or "used already" in again.text) == (422, True)


@pytest.mark.feature("H13")
def test_codes_cannot_be_tried_without_end_by_giving_the_password_again(box: EdgedBox) -> None:
    secret = switched_on(box, Person(box))
    for _ in range(MOST_TRIES):
        person = Person(box, logged_in=False)
        person.send("/login", LOGIN)
        assert person.send("/login/code", {"code": "000000"}).status_code == 422
    person.send("/login", LOGIN)
    assert person.send("/login/code", {"code": code_of(box, secret)}).status_code == 422


@pytest.mark.feature("H13")
def test_nobody_reaches_the_question_for_a_code_without_a_password(box: EdgedBox) -> None:
    client = box.app().test_client()
    assert client.get("/login/code").headers["Location"].startswith("/login")
    assert client.get("/login/code").status_code == 303


@pytest.mark.feature("H13", by="page")
def test_the_password_switches_it_off_and_an_administrator_takes_it_back(box: EdgedBox) -> None:
    person = Person(box)
    switched_on(box, person)
    assert person.send("/second-factor", {"password": "not mine at all"}).status_code == 422
    assert person.send("/second-factor", {"password": PASSWORD}).status_code == 303
    switched_on(box, person)
    token = box.operations.accounts.invite("anna", Role.ADMINISTRATOR, "", "nl")
    assert isinstance(token, str)
    anna = Person(box, logged_in=False)
    anna.send(f"/invitation/{token}", {"password": PASSWORD})
    sandra = next(one for one in box.operations.accounts.logins() if one.user_name == USER_NAME)
    page = anna.send(f"/logins/{sandra.id}/again", page="/logins").text
    address = re.search(r'id="address">http://localhost(/invitation/[^<]+)<', page)
    assert address is not None
    again = Person(box, logged_in=False)
    assert again.send(address[1], {"password": PASSWORD}).headers["Location"] == "/"
    assert again.client.get("/").status_code == 200


@pytest.mark.feature("H9", "H13")
def test_a_password_chosen_by_mail_does_not_go_past_the_second_factor(box: EdgedBox) -> None:
    secret = switched_on(box, Person(box))
    box.operations.accounts.set_alerts(1, "sandra@example.test", ())
    found = box.operations.accounts.forgotten(USER_NAME)
    assert found is not None
    owner = Person(box, logged_in=False)
    assert owner.send(f"/invitation/{found[1]}", {"password": PASSWORD}).headers["Location"] == "/login/code"
    assert owner.client.get("/").headers["Location"].startswith("/login")
    assert owner.send("/login/code", {"code": code_of(box, secret)}).headers["Location"] == "/"

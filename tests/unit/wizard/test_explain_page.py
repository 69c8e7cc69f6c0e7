"""The page that says what would happen to a call."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import pytest

from appliance.office.country import Country
from appliance.office.destination import ToExtension
from appliance.office.number import Number
from appliance.office.numbers import PhoneNumber
from appliance.words.texts import LANGUAGES
from tests.edges.edged_box import ADDRESS, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person

OURS = PhoneNumber.parse("02 555 10 02", Country.BELGIUM)


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    office = two_phones()
    number = Number(id="sales", number=OURS, destination=ToExtension("e201"))
    return make_box(replace(office, numbers=(*office.numbers, number)))


def asked(person: Person, **question: str) -> tuple[int, str]:
    answer = person.client.get(f"/explain?{urlencode(question)}")
    return answer.status_code, answer.text


@pytest.mark.feature("D3", by="page")
def test_a_call_from_outside_is_told_step_by_step_with_its_seconds_and_drawn(box: EdgedBox) -> None:
    person = Person(box)
    question = {"called": OURS.e164, "caller": "0470 12 34 56", "phones": "work"}
    status, page = asked(person, **question)
    assert status == 200
    assert "Rinkelt bij 201" in page
    drawn = person.client.get(f"/explain/picture.svg?{urlencode(question)}")
    assert (drawn.status_code, drawn.content_type) == (200, "image/svg+xml")
    assert "201" in drawn.text


@pytest.mark.feature("D3", by="page")
def test_phones_are_as_they_are_now_unless_all_are_said_to_work(box: EdgedBox) -> None:
    person, question = Person(box), {"called": "201", "caller": "202"}
    assert "Rinkelt bij 201" not in asked(person, **question)[1]
    assert "Rinkelt bij 201" in asked(person, **question, phones="work")[1]
    box.switch.register(box.office.extension("e201").sip_user, ADDRESS)
    box.operations.live.look.forget()
    assert "Rinkelt bij 201" in asked(person, **question)[1]


@pytest.mark.feature("D3", by="page")
def test_a_forward_set_at_a_phone_is_followed(box: EdgedBox) -> None:
    box.switch.store["forward-always", "e201"] = "202"
    assert "oproepen zijn doorgeschakeld naar 202." in asked(Person(box), called="201", caller="202")[1]


@pytest.mark.feature("D3")
def test_a_code_is_named_and_what_becomes_of_its_number(box: EdgedBox) -> None:
    assert "Oproepen gaan vanaf dan naar 202." in asked(Person(box), called="*72202", caller="201")[1]


@pytest.mark.feature("D3")
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"called": "02 555 99 99", "caller": ""}, "is geen nummer van dit kantoor"),
        ({"called": "201", "caller": "een klant"}, "is geen telefoonnummer"),
        ({"called": "999999", "caller": "201"}, "bereikt deze medewerker niemand"),
        ({"called": "201", "caller": "202", "at": "morgen"}, "is geen moment"),
        ({"called": "<b>;]${EXTEN}", "caller": "201"}, "bereikt deze medewerker niemand"),
    ],
)
def test_a_question_that_cannot_be_answered_is_told_so_at_its_field_and_stays(
    box: EdgedBox, question: dict[str, str], said: str
) -> None:
    status, page = asked(Person(box), **question)
    assert (status, said in page) == (422, True)
    assert "<b>;" not in page
    assert person_picture_is_missing(box, question)


def person_picture_is_missing(box: EdgedBox, question: dict[str, str]) -> bool:
    return Person(box).client.get(f"/explain/picture.svg?{urlencode(question)}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_stands_in_every_language(make_box: MakeBox, language: str) -> None:
    person = Person(make_box(two_phones(), language=language))
    assert asked(person, called="201", caller="202", phones="work")[0] == 200

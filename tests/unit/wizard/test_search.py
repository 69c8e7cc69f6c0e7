"""One field finds settings, what the office has, and codes."""

from __future__ import annotations

import re

import pytest

from appliance.operations.accounts import Role
from tests.edges.edged_box import MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from tests.unit.wizard.test_roles import invited


def found(person: Person, wanted: str) -> list[str]:
    """Return where the answers lead."""
    answer = person.client.get("/search", query_string={"q": wanted})
    assert answer.status_code == 200
    main = answer.text.partition('<main id="page">')[2]
    return re.findall(r'<a href="(/settings[^"]*)"', main)


@pytest.mark.feature("H1", by="page")
@pytest.mark.parametrize(
    ("wanted", "leads"),
    [
        ("jansen", "/settings/extension/of/e201"),
        ("201", "/settings/extension/of/e201"),
        ("feestdagen", "/settings/public_holidays"),
        ("belrechten", "/settings/permission"),
        ("Zaterdag", "/settings/opening_hours"),
    ],
)
def test_a_word_leads_to_what_is_called_so(make_box: MakeBox, wanted: str, leads: str) -> None:
    assert leads in found(Person(make_box(two_phones())), wanted)


def test_a_code_is_found_by_what_it_does(make_box: MakeBox) -> None:
    assert "*72" in Person(make_box(two_phones())).see("/search?q=doorschakelen")


@pytest.mark.parametrize("wanted", ["", "niets dat zo heet", "<script>;]${EXTEN}", "x" * 4096])
def test_a_word_of_nothing_finds_nothing_and_breaks_nothing(make_box: MakeBox, wanted: str) -> None:
    person = Person(make_box(two_phones()))
    assert found(person, wanted) == []
    assert "<script>;" not in person.client.get("/search", query_string={"q": wanted}).text


@pytest.mark.feature("H9")
def test_nobody_finds_what_the_role_may_not_open(make_box: MakeBox) -> None:
    technician = invited(make_box(two_phones()), Role.TECHNICIAN)
    assert found(technician, "jansen") == []
    assert found(technician, "line1") == ["/settings/trunk/of/line1"]

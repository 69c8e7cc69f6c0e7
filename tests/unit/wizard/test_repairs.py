"""The overview begins with what is wrong, since when, what it means for callers, and the way to mend it."""

from __future__ import annotations

import re

import pytest

from tests.edges.edged_box import ADDRESS, EdgedBox, MakeBox
from tests.offices import two_phones
from tests.unit.wizard.browser import Person


def look(box: EdgedBox) -> None:
    """One round of the monitor."""
    box.operations.alerts.look(box.office, box.box.look())


@pytest.mark.feature("H1", by="page")
def test_a_line_that_is_down_is_the_first_thing_on_the_overview_until_it_works(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    person = Person(box)
    box.line_is("Registered")
    for extension_id in ("e201", "e202"):
        box.register(extension_id, ADDRESS)
    look(box)
    assert "Line line1 werkt niet" not in person.see("/")
    box.line_is("Rejected")
    look(box)
    page = person.see("/")
    row = re.search(r"De lijn Line line1 werkt niet\.(.*?)</li>", page, re.DOTALL)
    assert row is not None
    assert "Sinds 21/11/2026 14:03:22. Bellers bereiken u niet over deze lijn" in " ".join(row[1].split())
    assert 'href="/setup/lines"' in row[1]
    box.line_is("Registered")
    look(box)
    assert "Line line1 werkt niet" not in person.see("/")


@pytest.mark.feature("H1")
def test_an_employee_whose_only_phone_is_gone_is_named(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    box.assign()
    look(box)
    assert "Het toestel van 201 Jan Jansen is niet bereikbaar." in Person(box).see("/")
    box.register("e201")
    look(box)
    assert "Het toestel van 201" not in Person(box).see("/")

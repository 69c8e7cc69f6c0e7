"""What is in use is not removed; what is over removes itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.changes.change import Changer
from appliance.changes.closures import remove_closures_that_are_over
from appliance.changes.numbers import remove_number
from appliance.office.destination import ToVoicemail
from appliance.office.number import Number
from appliance.office.numbers import PhoneNumber
from appliance.office.office import Office
from appliance.office.prefix_codes import DiallingPrefix
from appliance.office.schedule import Closure
from appliance.storage.database import open_database
from appliance.storage.office_repository import OfficeRepository
from tests.offices import two_phones

NOON = datetime(2026, 6, 10, 12)


def changer_of(office: Office, folder: Path) -> Changer:
    """A changer on a repository whose newest revision is this office."""
    repository = OfficeRepository(open_database(folder / "office.sqlite"))
    repository.save(office, based_on=0, author="test", summary="", now=datetime(2026, 6, 1, tzinfo=UTC))
    return Changer(repository=repository, author="test", clock=lambda: datetime(2026, 6, 1, tzinfo=UTC))


@pytest.mark.feature("B1")
def test_a_number_in_use_is_not_removed_and_its_uses_are_named(tmp_path: Path) -> None:
    office = two_phones()
    second = Number(id="second", number=PhoneNumber("+3225551002"), destination=ToVoicemail(), backup_route_id="mobile")
    office = replace(
        office,
        numbers=(*office.numbers, second),
        dialling_prefixes=(DiallingPrefix(prefix="7", number_id="second"),),
    )
    changer = changer_of(office, tmp_path)
    (problem,) = remove_number(changer, "second").problems
    assert problem.rule == "in-use"
    assert problem.facts["places"] == "dialling_prefix[7].number"
    (problem,) = remove_number(changer, "main").problems
    assert "site.company_number" in problem.facts["places"]
    free = changer_of(replace(office, dialling_prefixes=()), tmp_path / "free")
    assert remove_number(free, "second").problems == ()
    assert [number.id for number in free.repository.newest()[1].numbers] == ["main"]


@pytest.mark.feature("C2")
def test_a_closure_that_is_over_removes_itself_from_its_numbers_too(tmp_path: Path) -> None:
    def closure(name: str, day: int, **settings: bool) -> Closure:
        start, end = datetime(2026, 6, day), datetime(2026, 6, day + 1)
        return Closure(id=name, name=name, start=start, end=end, destination=ToVoicemail(), **settings)

    closures = (
        closure("over", 8, delete_when_over=True),
        closure("kept", 8),
        closure("yearly", 8, delete_when_over=True, yearly=True),
        closure("coming", 20, delete_when_over=True),
    )
    office = two_phones()
    number = replace(office.numbers[0], closure_ids=tuple(item.id for item in closures))
    changer = changer_of(replace(office, closures=closures, numbers=(number,)), tmp_path)
    outcome = remove_closures_that_are_over(changer, NOON)
    assert outcome is not None
    assert outcome.problems == ()
    _, changed = changer.repository.newest()
    assert [item.id for item in changed.closures] == ["kept", "yearly", "coming"]
    assert changed.numbers[0].closure_ids == ("kept", "yearly", "coming")
    assert remove_closures_that_are_over(changer, NOON) is None

"""What is in use is not removed; what is over removes itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.changes.change import Changer
from appliance.changes.closures import remove_closures_that_are_over
from appliance.changes.extensions import NewSecrets, remove_employee, save_employee
from appliance.changes.objects import put, remove
from appliance.office.call_plan import CallPlan, GoTo, RingExtension
from appliance.office.declared.catalogue import SUBJECT_OF
from appliance.office.declared.walk import used_where
from appliance.office.destination import Destination, HangUp, ToExtension, ToOutsideNumber, ToRingGroup, ToVoicemail
from appliance.office.forwarding import Forwarding
from appliance.office.number import Number
from appliance.office.numbers import ExtensionNumber, PhoneNumber
from appliance.office.office import Office
from appliance.office.prefix_codes import DiallingPrefix
from appliance.office.schedule import Closure
from appliance.storage.database import open_database
from appliance.storage.office_repository import OfficeRepository
from appliance.storage.secrets import SECRET_MAKER, new_password, new_pin
from tests.offices import two_phones

NUMBER = SUBJECT_OF["number"]
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
    (problem,) = remove(changer, NUMBER, "second", None).problems
    assert problem.rule == "in-use"
    assert problem.facts["places"] == "dialling_prefix[7].number"
    (problem,) = remove(changer, NUMBER, "main", None).problems
    assert "site.company_number" in problem.facts["places"]
    free = changer_of(replace(office, dialling_prefixes=()), tmp_path / "free")
    assert remove(free, NUMBER, "second", None).problems == ()
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


@pytest.mark.feature("H2")
def test_an_employee_in_a_call_plan_can_leave(tmp_path: Path) -> None:
    """Plans, groups and numbers go on without who leaves, and their calls go to the company's voicemail."""
    office = two_phones()
    leaving, staying = office.extensions[:2]
    plan = CallPlan(id="plan", name="Plan", steps=(RingExtension(leaving.id), GoTo(ToExtension(leaving.id))))
    number = replace(office.numbers[0], destination=ToExtension(leaving.id))
    changer = changer_of(replace(office, call_plans=(plan,), numbers=(number,)), tmp_path)
    assert remove_employee(changer, leaving.id).problems == ()
    _, changed = changer.repository.newest()
    assert changed.call_plans[0].steps == (GoTo(ToVoicemail()),)
    assert changed.numbers[0].destination == ToVoicemail()
    assert staying in changed.extensions
    assert used_where(changed, "extension", leaving.id) == ()


def test_whom_the_manager_took_out_of_everyone_stays_out(tmp_path: Path) -> None:
    """A newcomer joins the group of all employees; nobody else comes back by it."""
    secrets = NewSecrets(password=new_password, pin=new_pin)
    changer = changer_of(replace(two_phones(), extensions=(), phones=(), ring_groups=(), numbers=()), tmp_path)
    for number in ("211", "212"):
        assert save_employee(changer, secrets, extension_id="", name=f"P{number}", number=number).problems == ()
    row = {"number": "600", "name": "All", "members": ["212"]}
    assert put(changer, SECRET_MAKER, SUBJECT_OF["ring_group"], "everyone", row).problems == ()
    assert save_employee(changer, secrets, extension_id="", name="P213", number="213").problems == ()
    assert remove_employee(changer, "e213").problems == ()
    assert changer.repository.newest()[1].ring_groups[0].member_ids == ("e212",)


def forwarded(office: Office) -> Office:
    """202's calls go to 201."""
    jan, sandra = office.extensions
    return replace(office, extensions=(jan, replace(sandra, forwarding=Forwarding(always=jan.number))))


@pytest.mark.feature("E2", "A6")
@pytest.mark.parametrize(
    ("calls_to", "forward"),
    [
        (ToVoicemail(), ExtensionNumber("999")),
        (ToOutsideNumber(PhoneNumber("+32470000001")), PhoneNumber("+32470000001")),
        (ToRingGroup("g300"), ExtensionNumber("300")),
        (HangUp(), None),
    ],
)
def test_calls_forwarded_to_who_leaves_are_forwarded_to_where_theirs_go(
    tmp_path: Path, calls_to: Destination, forward: ExtensionNumber | PhoneNumber | None
) -> None:
    changer = changer_of(forwarded(two_phones()), tmp_path)
    assert remove_employee(changer, "e201", lambda _: calls_to).problems == ()
    (sandra,) = changer.repository.newest()[1].extensions
    assert sandra.forwarding == Forwarding(always=forward)


@pytest.mark.feature("E2", "A6")
def test_a_forward_follows_a_colleague_who_gets_another_number(tmp_path: Path) -> None:
    changer = changer_of(forwarded(two_phones()), tmp_path)
    secrets = NewSecrets(password=new_password, pin=new_pin)
    assert save_employee(changer, secrets, extension_id="e201", name="Jan", number="211").problems == ()
    assert changer.repository.newest()[1].extensions[1].forwarding == Forwarding(always=ExtensionNumber("211"))

"""Any declared object put, removed and moved, by the same few functions."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from appliance.changes.change import Changer, FieldProblemsError
from appliance.changes.objects import find, fingerprint, moved, put, remove, shift
from appliance.changes.whole_office import import_office
from appliance.office.declared.catalogue import SUBJECT_OF, SUBJECTS
from appliance.office.declared.difference import What, differences
from appliance.office.declared.moving import Move
from appliance.office.declared.rows import row_of
from appliance.office.declared.walk import references, used_where
from appliance.office.destination import HangUp, ToExtension
from appliance.office.office import Office
from appliance.storage.database import open_database
from appliance.storage.office_repository import OfficeRepository
from appliance.storage.secrets import SECRET_MAKER
from tests.strategies import offices

SHOWN = ("outgoing_number", "company_number")  # these say a number, and are refused at their own place
NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
NOON = datetime(2026, 11, 27, 12, 0)  # on the office's own clock
OFFICE = """
[site]
company_name = "Objects"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
[[extension]]
number = "201"
name = "Jan"
[[extension]]
number = "202"
name = "Els"
[[ring_group]]
number = "300"
name = "Sales"
members = ["201", "202"]
no_answer = "voicemail 201"
[[call_plan]]
id = "helpdesk"
name = "Helpdesk"
steps = [{ ring = "201" }, { ring = "202" }, { go_to = "voicemail" }]
[[speed_dial]]
short = "8001"
name = "Taxi"
number = "02 555 10 01"
"""


@pytest.fixture
def changer(tmp_path: Path) -> Changer:
    """Changes in a database of its own, with an office in it."""
    repository = OfficeRepository(open_database(tmp_path / "office.sqlite"))
    made = Changer(repository=repository, author="test", clock=lambda: NOW)
    assert import_office(made, OFFICE, "a.toml").revision == 1
    return made


@pytest.fixture
def newest(changer: Changer) -> Callable[[], Office]:
    """What is saved now."""
    return lambda: changer.repository.newest()[1]


def test_a_row_adds_an_object_and_its_id_comes_from_its_name(changer: Changer, newest: Callable[[], Office]) -> None:
    row = {"name": "Café “Het Anker”", "numbers": ["02 555 10 02"]}
    outcome = put(changer, SECRET_MAKER, SUBJECT_OF["contact"], "", row)
    assert (outcome.revision, outcome.name) == (2, "cafe-het-anker")
    again = put(changer, SECRET_MAKER, SUBJECT_OF["contact"], "", row)
    assert (again.revision, again.name) == (3, "cafe-het-anker-2")
    assert [contact.numbers[0].e164 for contact in newest().contacts] == ["+3225551002"] * 2


def test_a_row_replaces_an_object_and_keeps_its_id_and_secrets(changer: Changer, newest: Callable[[], Office]) -> None:
    before = newest().extensions[0]
    outcome = put(changer, SECRET_MAKER, SUBJECT_OF["extension"], "e201", {"number": "205", "name": "Jan"})
    assert outcome.name == "e201"
    after = newest().extensions[0]
    assert after.number.digits == "205"
    assert (after.id, after.sip_password, after.voicemail) == (before.id, before.sip_password, before.voicemail)


def test_every_fault_of_a_row_has_its_place_and_nothing_is_saved(changer: Changer) -> None:
    row = {"short": "80", "name": "", "number": "12", "colour": "red"}
    outcome = put(changer, SECRET_MAKER, SUBJECT_OF["speed_dial"], "", row)
    assert {(problem.where, problem.rule) for problem in outcome.problems} == {
        ("speed_dial[new].name", "name-empty"),
        ("speed_dial[new].number", "phone-number-form"),
        ("speed_dial[new].colour", "unknown-key"),
    }
    assert changer.repository.newest()[0] == 1


def test_the_second_of_two_who_change_the_same_object_is_told(changer: Changer, newest: Callable[[], Office]) -> None:
    subject = SUBJECT_OF["speed_dial"]
    taxi = find(newest(), subject, "s8001")
    seen = fingerprint(row_of(newest(), subject, taxi, with_defaults=True))
    row = row_of(newest(), subject, taxi)
    assert put(changer, SECRET_MAKER, subject, "s8001", row | {"name": "Taxi Jan"}, seen).revision == 2
    second = put(changer, SECRET_MAKER, subject, "s8001", row | {"number": "02 555 10 03"}, seen)
    assert [problem.rule for problem in second.problems] == ["object-changed"]
    assert newest().speed_dials[0].name == "Taxi Jan"


def test_what_is_used_is_not_removed_unless_its_calls_go_elsewhere(
    changer: Changer, newest: Callable[[], Office]
) -> None:
    subject = SUBJECT_OF["extension"]
    refused = remove(changer, subject, "e201", None)
    assert [problem.rule for problem in refused.problems] == ["in-use"]
    assert refused.problems[0].facts["places"] == (
        "ring_group[300].members, ring_group[300].no_answer, call_plan[helpdesk].step[1].ring"
    )
    assert remove(changer, subject, "e201", lambda _: ToExtension("e202")).revision == 2
    office = newest()
    assert office.ring_groups[0].member_ids == ("e202",)
    assert office.ring_groups[0].no_answer == ToExtension("e202")
    assert len(office.call_plans[0].steps) == 2


def test_the_only_one_of_a_subject_goes_back_to_as_delivered(changer: Changer, newest: Callable[[], Office]) -> None:
    put(changer, SECRET_MAKER, SUBJECT_OF["parking"], "", {"name": "Parking", "first": "701", "last": "703"})
    assert newest().parking is not None
    assert remove(changer, SUBJECT_OF["parking"], "", None).revision == 3
    assert newest().parking is None
    assert [one.rule for one in remove(changer, SUBJECT_OF["site"], "", None).problems] == ["cannot-be-removed"]


def test_an_object_moves_in_its_list(changer: Changer, newest: Callable[[], Office]) -> None:
    shift(changer, SUBJECT_OF["extension"], "e202", -1)
    assert [extension.id for extension in newest().extensions] == ["e202", "e201"]
    shift(changer, SUBJECT_OF["extension"], "e202", -5)
    assert [extension.id for extension in newest().extensions] == ["e202", "e201"]


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(offices())
def test_whatever_goes_is_named_nowhere_afterwards(office: Office) -> None:
    """Every object that is named somewhere is taken out of all of it, or refused with a place."""
    for kind, one in sorted({(named.kind, named.id) for named in references(office)} - {("voicemail", "")}):
        if kind == "voicemail" or kind not in SUBJECT_OF:
            continue
        with suppress(FieldProblemsError):
            left = moved(office, Move(kind, one, HangUp()))
            assert [place for place in used_where(left, kind, one) if place.steps[-1][0] not in SHOWN] == []


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(offices(), offices())
def test_a_difference_is_found_where_there_is_one(first: Office, second: Office) -> None:
    assert list(differences(first, first)) == []
    if first != second:
        assert list(differences(first, second)) != []


def test_differences_name_object_key_and_both_values(changer: Changer, newest: Callable[[], Office]) -> None:
    before = newest()
    put(changer, SECRET_MAKER, SUBJECT_OF["speed_dial"], "s8001",
        {"short": "8001", "name": "Taxi", "number": "02 555 10 09"})  # fmt: skip
    put(changer, SECRET_MAKER, SUBJECT_OF["contact"], "", {"name": "Anker", "numbers": ["02 555 10 02"]})
    found = [(one.what, one.kind, one.title, one.key, one.before, one.after) for one in differences(before, newest())]
    assert found == [
        (What.ADDED, "contact", "Anker", "", None, None),
        (What.CHANGED, "speed_dial", "8001 Taxi", "number", "+3225551001", "+3225551009"),
    ]


def test_what_a_revision_changed_is_kept_beside_it(changer: Changer, newest: Callable[[], Office]) -> None:
    """A page that shows the history reads no office for it; a moment is kept as a person reads it."""
    before = newest()
    row = {"name": "Holiday", "start": NOON, "end": NOON.replace(year=2027), "destination": "voicemail"}
    for changed in (row, row | {"end": NOON.replace(year=2028)}):
        name = "" if before is newest() else "holiday"
        assert put(changer, SECRET_MAKER, SUBJECT_OF["closure"], name, changed).problems == ()
    last, first = changer.repository.history(2)
    assert first.differences == tuple(differences(before, changer.repository.load(first.number)))
    assert last.differences is not None
    assert [(one.key, one.before, one.after) for one in last.differences] == [
        ("end", "2027-11-27 12:00", "2028-11-27 12:00")
    ]


@pytest.mark.parametrize("subject", [one for one in SUBJECTS if not one.is_one], ids=lambda one: str(one.kind))
def test_nobody_removes_what_is_not_there(changer: Changer, subject: object) -> None:
    outcome = remove(changer, subject, "nothing", None)  # type: ignore[arg-type]
    assert outcome.revision is None
    assert len(outcome.problems) == 1

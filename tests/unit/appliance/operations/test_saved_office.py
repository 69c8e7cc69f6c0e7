"""What is saved of a company, its employees and its lines, and what comes back of it."""

from __future__ import annotations

from functools import partial

import pytest

from appliance.office.destination import ToOutsideNumber, ToRingGroup
from appliance.office.problems import Severity
from appliance.storage.office_document import write_document
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import COMPANY_NUMBER, MOBILE, two_phones

BY = "sandra"


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    return made


def test_a_place_is_saved_in_the_name_of_who_said_it(box: EdgedBox) -> None:
    outcome = box.operations.company.save_place(
        company_name="Beau", country="FR", time_zone="Europe/Paris", language="fr", author=BY
    )
    assert outcome.problems == ()
    assert (box.office.site.company_name, box.office.site.country) == ("Beau", "FR")
    newest = box.operations.history.revisions()[0]
    assert (newest.number, newest.author, newest.made_at) == (outcome.revision, BY, box.clock())


def test_a_company_number_keeps_the_other_numbers(make_box: MakeBox) -> None:
    box = make_box()
    box.operations.company.save_number(number="02 555 10 01", author=BY)
    box.operations.company.save_number(number="02 555 10 09", author=BY)
    (main,) = box.office.numbers
    assert str(main.number) == "+3225551009"
    assert main.destination == ToRingGroup("everyone")


def test_a_backup_route_to_ourselves_is_refused(box: EdgedBox) -> None:
    refused = box.operations.company.save_backup_route(number=COMPANY_NUMBER.e164, author=BY)
    assert [(problem.where, problem.rule) for problem in refused.problems] == [("number", "backup-to-ourselves")]
    assert box.operations.company.save_backup_route(number=MOBILE.e164, author=BY).problems == ()
    assert box.office.backup_routes[-1].destination == ToOutsideNumber(MOBILE)


def test_employees_are_added_changed_and_removed_and_everyone_is_rung(make_box: MakeBox) -> None:
    box = make_box()
    employees = box.operations.employees
    assert employees.save(extension_id="", name=" Jan Jansen ", number="201", author=BY).problems == ()
    assert employees.paste("202 Sandra\nAn Peeters;203\n", author=BY).problems == ()
    assert employees.save(extension_id="e202", name="Sandra A", number="222", author=BY).problems == ()
    assert [(one.id, one.number.digits, one.name) for one in box.office.extensions] == [
        ("e201", "201", "Jan Jansen"), ("e202", "222", "Sandra A"), ("e203", "203", "An Peeters"),
    ]  # fmt: skip
    assert employees.remove("e203", author=BY).problems == ()
    assert box.office.ring_groups[0].member_ids == ("e201", "e202")
    assert len({one.sip_password.reveal() for one in box.office.extensions}) == 2


def test_a_pasted_list_is_taken_whole_or_not_at_all(make_box: MakeBox) -> None:
    box = make_box()
    outcome = box.operations.employees.paste("201 Jan\nnobody\n201 An", author=BY)
    assert [(problem.where, problem.rule) for problem in outcome.problems] == [
        ("line 2", "paste-line"), ("line 3", "short-number-taken"),
    ]  # fmt: skip
    assert box.office.extensions == ()


def test_a_line_keeps_its_password_when_none_is_typed_and_needs_one_at_first(box: EdgedBox) -> None:
    save = partial(
        box.operations.lines.save, name="Other", host="203.0.113.99", username="u", registers=True, author=BY
    )
    assert save(trunk_id="line1", password="").problems == ()
    assert (box.office.trunks[0].host, box.office.trunks[0].password.reveal()) == ("203.0.113.99", "line-secret")
    refused = save(trunk_id="", password="")
    assert [problem.where for problem in refused.problems] == ["password"]
    assert box.operations.lines.remove("line1", author=BY).problems == ()
    assert [problem.rule for problem in box.operations.lines.remove("line1", author=BY).problems] == ["no-such-trunk"]


def test_an_office_file_is_read_taken_in_and_given_out_again(box: EdgedBox) -> None:
    text = write_document(two_phones()).replace("Jan Jansen", "Jan Peeters")
    assert box.operations.offices.read(text).office is not None
    assert box.office.extension("e201").name == "Jan Jansen", "reading changes nothing"
    assert box.operations.offices.take_in(text, "office.toml", author=BY).problems == ()
    assert box.operations.offices.as_text() == text
    assert box.office.extension("e201").sip_password == two_phones().extension("e201").sip_password


def test_what_needs_attention_is_told_of_the_newest_office(make_box: MakeBox) -> None:
    problems = make_box().operations.offices.problems()
    assert "no-trunk" in {problem.rule for problem in problems}
    assert Severity.ERROR not in {problem.severity for problem in problems}


def test_an_earlier_revision_is_put_back_as_the_newest(box: EdgedBox) -> None:
    box.operations.employees.save(extension_id="e201", name="Jan Peeters", number="201", author=BY)
    assert [one.is_in_force for one in box.operations.history.revisions()] == [False, True]
    assert box.operations.history.put_back(1, author=BY).revision == 3
    assert box.office.extension("e201").name == "Jan Jansen"

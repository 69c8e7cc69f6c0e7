"""The wizard's steps, as a person goes through them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from appliance.office.problems import Problem
from appliance.operations.proving import TestCallView
from tests.fakes import FakeServices, a_phone_view, an_empty_office
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from wizard.first_boot.steps import Progress, StepName, checklist, resume_at
from wizard.texts import LANGUAGES, problem_text, text

HOSTILE = ["<script>alert(1)</script>", "a\"b'c", "${EXTEN}&;]", "{{ 7*7 }}", "x" * 4096, "🦊\nnew line"]


def shown(words: str) -> str:
    """The words as they stand in HTML."""
    return words.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;").replace("<", "&lt;")


@pytest.mark.feature("A13")
def test_the_wizard_goes_on_where_it_was_left() -> None:
    services = FakeServices()
    person = Person(services)
    answers = [
        (
            "/setup/place",
            {"language": "nl", "company_name": "De Mooi", "country": "BE", "time_zone": "Europe/Brussels"},
        ),
        ("/setup/company-number", {"number": "02 555 10 01"}),
        (
            "/setup/lines",
            {"name": "Lijn 1", "host": "203.0.113.1", "username": "u", "password": "p", "registers": "yes"},
        ),
        ("/setup/employees", {"name": "Jan Jansen", "number": "201"}),
    ]
    for path, fields in answers:
        assert person.client.get("/setup/").headers["Location"] == path
        assert person.send(path, fields).status_code == 303
    assert person.client.get("/setup/").headers["Location"] == "/setup/phones"
    services.show_phones(a_phone_view())
    person.send("/setup/phones/80:5e:c0:00:02:01/assign", {"extension_id": "e201"}, page="/setup/phones")
    assert person.client.get("/setup/").headers["Location"] == "/setup/backup-route"
    person.send("/setup/backup-route", {"number": "0470 12 34 56"})
    assert str(services.the_office.site.company_number) == "+3225551001"
    assert services.the_office.trunks[0].registers
    assert services.asked.count("apply by sandra") == 6


@pytest.mark.feature("A13")
def test_a_step_has_its_tick_only_with_proof() -> None:
    services = FakeServices(the_office=two_phones())
    steps = {step.name: step.progress for step in checklist(services.the_office, {})}
    assert steps[StepName.CLAIM] is Progress.PROVEN
    assert {
        steps[name] for name in StepName if name not in {StepName.CLAIM, StepName.LANGUAGE, StepName.HAND_OVER}
    } == {Progress.ENTERED}
    page = Person(services).see("/setup/lines")
    assert page.count("✓") == 1

    services.prove_line("line1")
    page = Person(services).see("/setup/lines")
    assert page.count("✓") == 4  # the claim, the number, the line, and the line's own proof
    assert text("evidence-line", "nl", line="Line line1", at="21/11/2026 14:03:22") in page


@pytest.mark.feature("A13")
def test_the_hand_over_is_reached_when_all_is_proven() -> None:
    services = FakeServices(the_office=two_phones())
    for step in ("language", "company_number", "line", "employees", "phones", "backup_route"):
        services._prove(step)
    steps = checklist(services.the_office, services.proofs())
    assert {step.progress for step in steps} == {Progress.PROVEN}
    assert resume_at(steps).name is StepName.HAND_OVER


BAD_ANSWERS = [
    ("/setup/place", {"company_name": "", "country": "BE", "time_zone": "Europe/Brussels", "language": "nl"},
     Problem(where="company_name", rule="name-empty")),
    ("/setup/company-number", {"number": "12"},
     Problem(where="number", rule="phone-number-form", facts={"value": "12"})),
    ("/setup/lines", {"name": "L", "host": "not a host", "username": "u", "password": "pw-of-line"},
     Problem(where="host", rule="host-form", facts={"value": "not a host"})),
    ("/setup/employees", {"name": "Jan", "number": "1"},
     Problem(where="number", rule="extension-number-form", facts={"value": "1"})),
    ("/setup/employees", {"name": "Jan", "number": "999"},
     Problem(where="number", rule="short-number-taken", facts={"value": "999", "service": "company-voicemail"})),
    ("/setup/employees", {"name": "Jan", "number": "1123"},
     Problem(where="number", rule="eats-emergency-number", facts={"value": "1123", "emergency": "112"})),
    ("/setup/backup-route", {"number": "mobile"},
     Problem(where="number", rule="phone-number-form", facts={"value": "mobile"})),
]  # fmt: skip


@pytest.mark.feature("A3", "A5", "A7", "A8", "A12")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("path", "fields", "problem"), BAD_ANSWERS, ids=[problem.rule for *_, problem in BAD_ANSWERS])
def test_a_bad_answer_is_explained_at_its_field_and_stays_in_it(
    path: str, fields: dict[str, str], problem: Problem, language: str
) -> None:
    services = FakeServices(account_language=language)
    answer = Person(services).send(path, fields)
    assert answer.status_code == 422
    field = re.search(rf'<div class="field wrong">(?:(?!</div>).)*name="{problem.where}".*?</div>', answer.text, re.S)
    assert field is not None
    assert shown(problem_text(problem, language)) in field[0]
    assert 'aria-invalid="true"' in field[0]
    for name, value in fields.items():
        if name == "password":
            assert value not in answer.text
        elif name not in {"country", "time_zone", "language"}:
            assert f'value="{shown(value)}"' in answer.text
    assert services.the_office == an_empty_office()
    assert services.asked == ["log_in from 127.0.0.1"]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("path", ["/setup/place", "/setup/company-number", "/setup/lines", "/setup/employees"])
def test_a_hostile_answer_is_shown_as_text(path: str, hostile: str) -> None:
    fields = dict.fromkeys(("company_name", "country", "time_zone", "number", "name", "host", "username"), hostile)
    answer = Person(FakeServices()).send(path, {**fields, "language": "nl"})
    assert answer.status_code in {303, 422}
    assert "<script>" not in answer.text
    assert "49" not in re.findall(r'value="(.*?)"', answer.text)


@pytest.mark.feature("A7")
def test_a_line_is_applied_and_tested_when_it_is_saved() -> None:
    services = FakeServices()
    fields = {"name": "Lijn 1", "host": "203.0.113.1", "username": "u", "password": "p", "registers": "yes"}
    page = Person(services).send_and_follow("/setup/lines", fields)
    assert services.asked[-2:] == ["apply by sandra", "prove_line line1"]
    assert text("line-works-no-number", "nl", name="Lijn 1") in page


@pytest.mark.feature("A7")
def test_a_line_that_does_not_register_is_said_to() -> None:
    problem = Problem(where="line", rule="line-not-registered", facts={"value": "Line line1"})
    services = FakeServices(the_office=two_phones(), line_failures=(problem,), line_state="unregistered")
    page = Person(services).send_and_follow("/setup/lines/line1/prove", page="/setup/lines")
    assert problem_text(problem, "nl") in page
    assert text("line-help-unregistered", "nl") in page
    assert "line" not in services.the_proofs


@pytest.mark.feature("A7")
def test_changing_a_line_shows_no_password_and_sends_none_back() -> None:
    services = FakeServices(the_office=two_phones())
    person = Person(services)
    assert "line-secret" not in person.see("/setup/lines/line1")
    person.send("/setup/lines/line1", {"name": "New", "host": "203.0.113.9", "username": "u", "password": ""})
    assert [(trunk.id, trunk.name) for trunk in services.the_office.trunks] == [("line1", "New")]
    person.send("/setup/lines/line1/remove", page="/setup/lines")
    assert services.the_office.trunks == ()


def test_a_failed_apply_is_shown_and_can_be_tried_again() -> None:
    failure = Problem(where="", rule="apply-failed", facts={"value": "The switch refused <it>."})
    services = FakeServices(apply_failures=(failure,), unapplied=True)
    person = Person(services)
    page = person.send_and_follow("/setup/company-number", {"number": "02 555 10 01"})
    assert shown(problem_text(failure, "nl")).replace(">", "&gt;") in page
    services.apply_failures = ()
    assert text("home-applied", "nl") in person.send_and_follow("/apply", page="/")


@pytest.mark.feature("A8")
def test_a_pasted_list_names_the_line_that_is_wrong_and_keeps_the_text() -> None:
    services = FakeServices()
    person = Person(services)
    answer = person.send("/setup/employees/paste", {"list": "201 Jan\nnobody"}, page="/setup/employees")
    assert answer.status_code == 422
    assert text("employee-list-line", "nl", number="2") in answer.text
    assert "201 Jan\nnobody" in answer.text
    services.the_office = an_empty_office()
    person.send("/setup/employees/paste", {"list": "201 Jan\n202 Sandra"}, page="/setup/employees")
    assert [item.number.digits for item in services.the_office.extensions] == ["201", "202"]


@pytest.mark.feature("A8")
def test_an_employee_is_changed_and_removed() -> None:
    services = FakeServices(the_office=replace(two_phones(), phones=()))
    person = Person(services)
    person.send("/setup/employees/e201", {"name": "Jan Peeters", "number": "211"})
    assert services.the_office.extension("e201").name == "Jan Peeters"
    person.send("/setup/employees/e202/remove", page="/setup/employees")
    assert [item.id for item in services.the_office.extensions] == ["e201"]
    assert person.client.get("/setup/employees/e202").status_code == 404


@pytest.mark.feature("A9")
def test_the_window_is_opened_and_closed_by_a_button() -> None:
    services = FakeServices()
    person = Person(services)
    page = person.send_and_follow("/setup/phones/window/open", page="/setup/phones")
    seconds = re.search(r'data-seconds="(\d+)"', page)
    assert seconds is not None
    assert 590 <= int(seconds[1]) <= 600
    assert "scan_lan" in services.asked
    assert text("window-closed", "nl") in person.send_and_follow("/setup/phones/window/close", page="/setup/phones")


@pytest.mark.feature("A9")
def test_a_phone_shows_who_it_is_and_a_green_tick_only_when_registered() -> None:
    services = FakeServices(the_office=two_phones())
    person = Person(services)
    for state in ("seen", "asked", "enrolled", "fetched", "registered", "absent"):
        services.show_phones(a_phone_view(state=state, extension_id="e201"))
        row = person.see("/setup/phones").partition('id="phone-805ec0000201"')[2]
        for fact in ("SIP-T46U", "80:5e:c0:00:02:01", "192.168.77.100", text(f"phone-state-{state}", "nl")):
            assert fact in row
        assert ("✓" in row) == (state == "registered")


@pytest.mark.feature("A9")
def test_a_phone_of_an_unknown_brand_and_model_is_shown_all_the_same() -> None:
    services = FakeServices()
    services.show_phones(replace(a_phone_view(brand=""), model="", firmware="", address="", last_seen=None))
    assert text("phone-model-unknown", "nl") in Person(services).see("/setup/phones")


@pytest.mark.feature("A9")
@pytest.mark.parametrize("outcome", ["answered", "rang", "busy", "refused", "no_answer", "failed"])
def test_ringing_a_phone_tells_what_was_heard(outcome: str) -> None:
    call = TestCallView(outcome=outcome, code=486, audio=None, seconds_to_ring=None, detail="nothing came")
    services = FakeServices(the_office=two_phones(), call=call)
    page = Person(services).send_and_follow("/setup/phones/ring/e201", page="/setup/phones")
    good = outcome in {"answered", "rang"}
    facts = {"called": "201", "code": "486", "seconds": "", "detail": "nothing came"}
    assert text(f"call-{outcome}", "nl", **facts) in page
    assert f'class="notice {"good" if good else "bad"}"' in page
    assert services.asked[-1] == "ring_phone e201"


@pytest.mark.feature("A12")
def test_the_backup_route_is_ticked_by_ringing_the_mobile() -> None:
    services = FakeServices(the_office=two_phones())
    person = Person(services)
    services.call = replace(services.call, outcome="no_answer")
    person.send("/setup/backup-route/prove", page="/setup/backup-route")
    assert "backup_route" not in services.the_proofs
    services.call = replace(services.call, outcome="rang")
    page = person.send_and_follow("/setup/backup-route/prove", page="/setup/backup-route")
    assert (
        text("evidence-backup_route", "nl", number="+32470123456", outcome="ging over", at="21/11/2026 14:03:22")
        in page
    )


@pytest.mark.feature("A13")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hand_over_sheet_has_the_number_plan_the_labels_and_the_attention_points(language: str) -> None:
    office = replace(two_phones(), trunks=())
    services = FakeServices(the_office=office, account_language=language)
    services.show_phones(a_phone_view(state="registered", extension_id="e201"))
    page = Person(services).see("/setup/hand-over")
    for fact in ("201", "Jan Jansen", "999", "1233", "*43", "+3225551001", "+32470123456", "112", "80:5e:c0:00:02:01"):
        assert fact in page
    assert shown(problem_text(Problem(where="trunk", rule="no-trunk"), language)) in page


@pytest.mark.feature("A13")
def test_a_label_is_a_picture_of_an_office_phone_only() -> None:
    person = Person(FakeServices(the_office=two_phones()))
    answer = person.client.get("/setup/hand-over/label/80:5e:c0:00:02:01.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"<svg" in answer.data
    for mac in ("00:04:13:00:00:01", "nonsense"):
        assert person.client.get(f"/setup/hand-over/label/{mac}.svg").status_code == 404


@pytest.mark.feature("A3")
def test_the_language_of_the_office_becomes_the_readers() -> None:
    services = FakeServices()
    fields = {"language": "fr", "company_name": "Beau", "country": "FR", "time_zone": "Europe/Paris"}
    page = Person(services).send_and_follow("/setup/place", fields)
    assert '<html lang="fr">' in page
    assert services.the_office.site.country == "FR"

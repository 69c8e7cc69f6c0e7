"""The wizard's steps, as a person goes through them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markupsafe import escape

from appliance.office.auto_attendant import AutoAttendant, KeyDoes, Menu, MenuKey
from appliance.office.declared.walk import short_numbers
from appliance.office.destination import ToExtension
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import Problem
from appliance.operations import proofs
from appliance.operations.edges import now
from appliance.operations.phone_list import Standing
from appliance.test_phone.result import TestCallOutcome
from appliance.words.texts import LANGUAGES, problem_text, text
from provisioning.phone_identity import PhoneState
from tests.edges.edged_box import ADDRESS, MAC, USER_NAME, EdgedBox, MakeBox
from tests.edges.telephone import a_call
from tests.golden.offices import NAMES, golden
from tests.offices import COMPANY_NUMBER, two_phones
from tests.unit.wizard.browser import Person
from wizard.first_boot.steps import Progress, StepName, checklist, resume_at

HOSTILE = ["<script>alert(1)</script>", "a\"b'c", "${EXTEN}&;]", "{{ 7*7 }}", "x" * 4096, "🦊\nnew line"]


def let_calls_come_in(box: EdgedBox) -> None:
    """Whoever calls the company number is let in by line 1 again."""
    box.test_phone.events = [{"Event": "Newchannel", "Channel": "PJSIP/trunk-line1-01", "Exten": "+3225551001"}]


def shown(words: str) -> str:
    """The words as they stand in HTML."""
    return words.replace("&", "&amp;").replace("'", "&#39;").replace('"', "&#34;").replace("<", "&lt;")


@pytest.mark.feature("A13")
def test_the_wizard_goes_on_where_it_was_left(make_box: MakeBox) -> None:
    box = make_box()
    person = Person(box)
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
        ("/setup/hours", {"days": "monday", "periods": "09:00-17:00", "holidays": "yes"}),
        ("/setup/employees", {"name": "Jan Jansen", "number": "201"}),
    ]
    for path, fields in answers:
        assert person.client.get("/setup/").headers["Location"] == path
        assert person.send(path, fields).status_code == 303
    assert person.client.get("/setup/").headers["Location"] == "/setup/phones"
    box.see()
    person.send("/setup/phones/80:5e:c0:00:02:01/assign", {"owner": "201 Jan Jansen"}, page="/setup/phones")
    assert person.client.get("/setup/").headers["Location"] == "/setup/menu"
    person.send("/setup/pass/menu", {"reason": "Everyone answers"}, page="/setup/menu")
    assert person.client.get("/setup/").headers["Location"] == "/setup/backup-route"
    person.send("/setup/backup-route", {"number": "0470 12 34 56"})
    assert str(box.office.site.company_number) == "+3225551001"
    assert box.office.trunks[0].registers
    assert box.office.phones[0].extension_id == "e201"
    assert not box.operations.live.now().unapplied_changes
    assert {one.author for one in box.operations.history.revisions()} == {USER_NAME}


@pytest.mark.feature("A13")
def test_a_step_has_its_tick_only_with_proof(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    steps = {step.name: step.progress for step in checklist(box.office, {}, {})}
    assert steps[StepName.CLAIM] is Progress.PROVEN
    assert {
        steps[name] for name in StepName if name not in {StepName.CLAIM, StepName.LANGUAGE, StepName.HAND_OVER}
    } == {Progress.ENTERED, Progress.OPEN}
    assert {name for name in StepName if steps[name] is Progress.OPEN} == {
        StepName.LANGUAGE, StepName.MENU, StepName.MAIL, StepName.HAND_OVER,
    }  # fmt: skip
    page = Person(box).see("/setup/lines")
    assert page.count("✓") == 2, "the claim, and the place, which is so since it is in force"

    box.line_is("Registered")
    let_calls_come_in(box)
    assert box.operations.lines.prove("line1") == ()
    page = Person(box).see("/setup/lines")
    assert page.count("✓") == 5  # the number, the line, and the line's own proof besides
    assert text("evidence-line", "nl", line="Line line1", at="21/11/2026 14:03:22") in page


@pytest.mark.feature("A13")
def test_the_hand_over_is_reached_when_all_is_proven(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    (group,) = box.office.ring_groups
    for subject in (
        proofs.PLACE, proofs.COMPANY_NUMBER, proofs.HOURS, proofs.EMPLOYEES, proofs.BACKUP_ROUTE, proofs.line("line1"),
        proofs.ring_group(group.id),
    ):  # fmt: skip
        box.prove(subject)
    box.see()
    box.register()
    assert resume_at(checklist(box.office, box.proven(), {})).name is StepName.MENU
    for step in (StepName.MENU, StepName.MAIL):
        assert box.operations.steps.pass_by(step, "Not here", USER_NAME) == ()
    steps = checklist(box.office, box.proven(), box.operations.steps.passed())
    assert {step.progress for step in steps} == {Progress.PROVEN, Progress.PASSED}
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
    make_box: MakeBox, path: str, fields: dict[str, str], problem: Problem, language: str
) -> None:
    box = make_box(language=language)
    answer = Person(box).send(path, fields)
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
    assert box.operations.history.revisions() == (), "nothing is saved"


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("path", ["/setup/place", "/setup/company-number", "/setup/lines", "/setup/employees"])
def test_a_hostile_answer_is_shown_as_text(make_box: MakeBox, path: str, hostile: str) -> None:
    fields = dict.fromkeys(("company_name", "country", "time_zone", "number", "name", "host", "username"), hostile)
    answer = Person(make_box()).send(path, {**fields, "language": "nl"})
    assert answer.status_code == 422, "in none of these places such a text can stand"
    assert str(escape(hostile)) in answer.text, "and it comes back as it was typed"
    assert "<script>" not in answer.text
    assert "49" not in re.findall(r'value="(.*?)"', answer.text)


@pytest.mark.feature("A7")
def test_a_line_is_applied_and_tested_when_it_is_saved(make_box: MakeBox) -> None:
    box = make_box()
    box.line_is("Registered")
    fields = {"name": "Lijn 1", "host": "203.0.113.1", "username": "u", "password": "p", "registers": "yes"}
    page = Person(box).send_and_follow("/setup/lines", fields)
    assert not box.operations.live.now().unapplied_changes
    assert "line" in box.proven()
    assert text("line-works-no-number", "nl", name="Lijn 1") in page


@pytest.mark.feature("A7")
def test_a_line_that_does_not_register_is_said_to(make_box: MakeBox) -> None:
    problem = Problem(where="line", rule="line-not-registered", facts={"value": "Line line1"})
    box = make_box(two_phones())
    box.line_is("Rejected")
    page = Person(box).send_and_wait("/setup/lines/line1/prove", page="/setup/lines")
    assert problem_text(problem, "nl") in page
    assert text("line-help-unregistered", "nl") in page
    assert "line" not in box.proven()


@pytest.mark.feature("A7")
def test_changing_a_line_shows_no_password_and_keeps_the_one_it_has(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    box.line_is("Rejected")
    person = Person(box)
    assert "line-secret" not in person.see("/setup/lines/line1")
    person.send("/setup/lines/line1", {"name": "New", "host": "203.0.113.9", "username": "u", "password": ""})
    (trunk,) = box.office.trunks
    assert (trunk.id, trunk.name, trunk.password.reveal()) == ("line1", "New", "line-secret")
    person.send("/setup/lines/line1/remove", page="/setup/lines")
    assert box.office.trunks == ()


def test_a_failed_apply_is_shown_and_can_be_tried_again(make_box: MakeBox) -> None:
    box = make_box()
    person = Person(box)
    box.switch.refuses = {"Reload"}
    page = person.send_and_follow("/setup/company-number", {"number": "02 555 10 01"})
    assert "niet opnieuw lezen. De centrale weigerde het" in page
    assert "De vorige instellingen zijn in werking" in page or "nog geen instellingen" in page
    assert box.operations.live.now().unapplied_changes
    box.switch.refuses = set()
    assert text("home-applied", "nl") in person.send_and_follow("/apply", page="/")


@pytest.mark.feature("A8")
def test_a_pasted_list_names_the_line_that_is_wrong_and_keeps_the_text(make_box: MakeBox) -> None:
    box = make_box()
    person = Person(box)
    answer = person.send("/setup/employees/paste", {"list": "201 Jan\nnobody"}, page="/setup/employees")
    assert answer.status_code == 422
    assert text("employee-list-line", "nl", number="2") in answer.text
    assert "201 Jan\nnobody" in answer.text
    assert box.operations.history.revisions() == (), "all or none"
    person.send("/setup/employees/paste", {"list": "201 Jan\n202 Sandra"}, page="/setup/employees")
    assert [item.number.digits for item in box.office.extensions] == ["201", "202"]


@pytest.mark.feature("A8")
def test_an_employee_is_changed_and_removed(make_box: MakeBox) -> None:
    box = make_box(replace(two_phones(), phones=()))
    person = Person(box)
    person.send("/setup/employees/e201", {"name": "Jan Peeters", "number": "211"})
    assert box.office.extension("e201").name == "Jan Peeters"
    person.send("/setup/employees/e202/remove", page="/setup/employees")
    assert [item.id for item in box.office.extensions] == ["e201"]
    assert person.client.get("/setup/employees/e202").status_code == 404


@pytest.mark.feature("A9")
def test_the_window_is_opened_and_closed_by_a_button(make_box: MakeBox) -> None:
    box = make_box()
    box.clock.moment = now()  # as the page that counts the seconds down
    person = Person(box)
    page = person.send_and_follow("/setup/phones/window/open", page="/setup/phones")
    seconds = re.search(r'data-seconds="(\d+)"', page)
    assert seconds is not None
    assert 590 <= int(seconds[1]) <= 600
    box.lan.wait_scanned()
    assert text("window-closed", "nl") in person.send_and_follow("/setup/phones/window/close", page="/setup/phones")


@pytest.mark.feature("A9")
@pytest.mark.parametrize("state", Standing)
def test_a_phone_shows_who_it_is_and_a_green_tick_only_when_registered(make_box: MakeBox, state: Standing) -> None:
    box = make_box(two_phones())
    box.see(state=PhoneState.FETCHED if state in {"registered", "absent"} else PhoneState(state))
    if state is Standing.REGISTERED:
        box.register()
    if state is Standing.ABSENT:
        box.clock.go_on(3600)
    row = Person(box).see("/setup/phones").partition('id="phone-805ec0000201"')[2]
    for fact in ("SIP-T46U", "80:5e:c0:00:02:01", ADDRESS, text(f"phone-state-{state}", "nl")):
        assert fact in row
    assert ("✓" in row) == (state is Standing.REGISTERED)


@pytest.mark.feature("A9")
def test_a_phone_of_an_unknown_model_is_shown_all_the_same(make_box: MakeBox) -> None:
    box = make_box()
    box.see(model=None, firmware=None, address=None)
    assert text("phone-model-unknown", "nl") in Person(box).see("/setup/phones")


@pytest.mark.feature("A9")
@pytest.mark.parametrize("outcome", TestCallOutcome)
def test_ringing_a_phone_tells_what_was_heard(make_box: MakeBox, outcome: TestCallOutcome) -> None:
    box = make_box(two_phones())
    box.test_phone.result = a_call(outcome, 486, "test-phone-broke")
    page = Person(box).send_and_wait("/setup/phones/ring/e201", page="/setup/phones")
    good = outcome in {TestCallOutcome.ANSWERED, TestCallOutcome.RANG}
    facts = {"called": "201", "code": "486", "seconds": "", "detail": text("fault-test-phone-broke", "nl")}
    assert text(f"call-{outcome}", "nl", **facts) in page
    assert f'class="notice {"good" if good else "bad"}"' in page
    assert box.test_phone.called == ["201"]


@pytest.mark.feature("A9")
def test_a_phone_is_tested_once_the_switch_says_that_it_rang(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    box.see()
    box.register()
    person = Person(box)
    person.send_and_wait("/setup/phones/ring/e201", page="/setup/phones")
    assert text("key-tested", "nl") not in person.see(f"/phones/{MAC}"), "the test phone alone says nothing of whose"
    box.test_phone.events = [{"Event": "Newstate", "Channel": "PJSIP/ext-e201-01", "ChannelStateDesc": "Ringing"}]
    person.send_and_wait("/setup/phones/ring/e201", page="/setup/phones")
    assert text("key-tested", "nl") in person.see(f"/phones/{MAC}")


@pytest.mark.feature("A12")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mobile_that_rings_or_a_mailbox_of_it_ticks_no_backup_route_and_the_page_says_what_to_press(
    make_box: MakeBox, language: str
) -> None:
    box = make_box(two_phones(), language=language)
    box.test_phone.events = [{"Event": "Newstate", "Channel": "PJSIP/trunk-line1-01", "ChannelStateDesc": "Up"}]
    for outcome in (TestCallOutcome.RANG, TestCallOutcome.ANSWERED):
        box.test_phone.result = a_call(outcome)
        page = Person(box).send_and_wait("/setup/backup-route/prove", page="/setup/backup-route")
        assert "backup_route" not in box.proven()
        assert text("problem-backup-not-taken", language, value="+32470123456") in page


@pytest.mark.feature("A12")
def test_the_backup_route_is_ticked_by_taking_the_call_at_the_mobile(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    person = Person(box)
    box.test_phone.events = [{"Event": "BridgeEnter", "Channel": "PJSIP/trunk-line1-01"}]
    box.test_phone.result = a_call(TestCallOutcome.ANSWERED)
    page = person.send_and_wait("/setup/backup-route/prove", page="/setup/backup-route")
    assert (
        text(
            "evidence-backup_route",
            "nl",
            number="+32470123456",
            outcome=text("outcome-answered", "nl"),
            at="21/11/2026 14:03:22",
        )
        in page
    )


@pytest.mark.feature("A13")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_hand_over_sheet_has_the_number_plan_the_labels_and_the_attention_points(
    make_box: MakeBox, language: str
) -> None:
    box = make_box(replace(two_phones(), trunks=()), language=language)
    box.see()
    box.register()
    page = Person(box).see("/setup/hand-over")
    for fact in ("201", "Jan Jansen", "999", "1233", "*43", "+3225551001", "+32470123456", "112", "80:5e:c0:00:02:01"):
        assert fact in page
    assert shown(problem_text(Problem(where="trunk", rule="no-trunk"), language)) in page


@pytest.mark.feature("A13")
@pytest.mark.parametrize("name", NAMES)
def test_the_hand_over_sheet_has_every_number_that_can_be_dialled_and_what_is_not_proven(
    make_box: MakeBox, name: str
) -> None:
    office = golden(name)
    box: EdgedBox = make_box(office, applied=False, language="en")
    page = Person(box).see("/setup/hand-over")
    for _, digits, owner in short_numbers(office):
        assert re.search(rf"<td>{digits}</td><td>[^<]*{re.escape(str(escape(owner)))}", page), digits
    for number in office.numbers:
        assert f"<td>{number.number}</td>" in page
    for prefix in office.dialling_prefixes:
        assert f"<td>{prefix.prefix}…</td>" in page
    assert "<td>*72" in page
    open_points = page.split("Not proven yet")[1].split("</section>")[0]
    assert open_points.count("<li>") == 10 + len({phone.mac for phone in office.phones if phone.extension_id})


@pytest.mark.feature("A13")
def test_a_label_is_a_picture_of_an_office_phone_only(make_box: MakeBox) -> None:
    person = Person(make_box(two_phones()))
    answer = person.client.get("/setup/hand-over/label/80:5e:c0:00:02:01.svg")
    assert answer.mimetype == "image/svg+xml"
    assert b"<svg" in answer.data
    for mac in ("00:04:13:00:00:01", "nonsense"):
        assert person.client.get(f"/setup/hand-over/label/{mac}.svg").status_code == 404


@pytest.mark.feature("A3")
def test_the_language_of_the_office_becomes_the_readers(make_box: MakeBox) -> None:
    box = make_box()
    fields = {"language": "fr", "company_name": "Beau", "country": "FR", "time_zone": "Europe/Paris"}
    page = Person(box).send_and_follow("/setup/place", fields)
    assert '<html lang="fr">' in page
    assert box.office.site.country == "FR"


@pytest.mark.feature("A6", by="page")
def test_hours_are_filled_in_for_every_number_and_proven_by_a_call_as_if_closed(make_box: MakeBox) -> None:
    office = two_phones()
    numbers = tuple(replace(one, opening_hours_id=None) for one in office.numbers)
    box = make_box(replace(office, opening_hours=(), numbers=numbers))
    person = Person(box)
    assert "09:00-17:00" in person.see("/setup/hours")
    person.send_and_follow("/setup/hours", {"days": "monday", "periods": "08:30-12:00, 13:00-17:30", "holidays": "yes"})
    (hours,), (holidays,) = box.office.opening_hours, box.office.public_holidays
    assert [str(period) for period in next(iter(hours.periods.values()))] == ["08:30-12:00", "13:00-17:30"]
    assert {one.opening_hours_id for one in box.office.numbers} == {hours.id}
    assert {one.public_holidays_id for one in box.office.numbers} == {holidays.id}
    box.test_phone.result = a_call(TestCallOutcome.ANSWERED, 200)
    page = person.send_and_wait("/setup/hours/prove", page="/setup/hours")
    assert box.test_phone.called[-1].startswith(f"{COMPANY_NUMBER.e164} at ")
    assert text("progress-proven", "nl") in page


@pytest.mark.feature("A6")
@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"periods": "09:00-17:00", "holidays": "yes"}, "days-missing"),
        ({"days": "monday", "periods": "", "holidays": ""}, "period-form"),
        ({"days": "monday", "periods": "09:00-12:00, 11:00-17:00", "holidays": ""}, "periods-overlap"),
        ({"days": "monday", "periods": "${EXTEN};]", "holidays": ""}, "period-form"),
    ],
)
def test_hours_that_cannot_be_are_told_at_their_field(make_box: MakeBox, fields: dict[str, str], rule: str) -> None:
    box = make_box(replace(two_phones(), opening_hours=(), numbers=()))
    answer = Person(box).send("/setup/hours", fields)
    assert answer.status_code == 422
    said = problem_text(Problem(where="", rule=rule, facts={"value": fields["periods"]}), "nl")
    assert str(escape(said)) in answer.text
    assert box.office.opening_hours == ()


@pytest.mark.feature("A10", "A11")
def test_a_group_and_a_menu_have_their_tick_once_each_was_called(make_box: MakeBox) -> None:
    menu = AutoAttendant(
        id="main",
        name="Main",
        menu=Menu(keys={"1": MenuKey(does=KeyDoes.FORWARD, destination=ToExtension("e201"))}),
        number=ExtensionNumber("370"),
    )
    box = make_box(replace(two_phones(), attendants=(menu,)))
    person, (group,) = Person(box), box.office.ring_groups
    box.test_phone.result = a_call(TestCallOutcome.RANG)
    assert text("progress-entered", "nl") in person.see("/setup/groups")
    person.send_and_wait(f"/setup/groups/{group.id}/prove", page="/setup/groups")
    box.test_phone.result = a_call(TestCallOutcome.ANSWERED, 200)
    person.send_and_wait("/setup/menu/main/prove", page="/setup/menu")
    assert box.test_phone.called == [group.number.digits, "370"]
    assert {"groups", "menu"} <= box.proven().keys()
    box.apply(replace(box.office, attendants=(replace(menu, name="Other"),)))
    assert "menu" not in box.proven()


@pytest.mark.feature("A13")
def test_a_step_is_passed_for_a_reason_that_stands_in_the_report_and_taken_up_again(make_box: MakeBox) -> None:
    box = make_box(two_phones())
    person = Person(box)
    for reason in ("", "  ", "x" * 301, "two\nlines"):
        person.send("/setup/pass/menu", {"reason": reason}, page="/setup/menu")
        assert box.operations.steps.passed() == {}
    person.send("/setup/pass/menu", {"reason": "<b>Niemand</b> belt"}, page="/setup/menu")
    assert "&lt;b&gt;Niemand&lt;/b&gt; belt" in person.see("/setup/hand-over")
    assert person.send("/setup/pass/line", {"reason": "No"}, page="/setup/menu").status_code == 404
    person.send("/setup/take-up/menu", page="/setup/menu")
    assert box.operations.steps.passed() == {}

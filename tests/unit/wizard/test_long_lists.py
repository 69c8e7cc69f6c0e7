"""A large office: what is chosen from more than can be shown is typed, and no page grows with the office."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.office.declared.catalogue import SUBJECTS
from appliance.office.destination import ToExtension, ToOutsideNumber, ToVoicemail
from appliance.office.numbers import PhoneNumber
from tests.bench.large_office import large_office
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.golden.law_firm import law_firm
from tests.page_forms import form_of
from tests.unit.wizard.browser import Person
from tests.unit.wizard.test_objects_pages import golden
from wizard.template_words import PHONES_OF_HOME

NUMBER = "/settings/number/of/other"
HEAVIEST = 150_000  # bytes (P10)
EMPLOYEES = 70


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    """More employees than a field shows, and a call plan, hours, closures and groups."""
    made: EdgedBox = make_box(large_office(EMPLOYEES), applied=False)
    return made


def test_every_form_and_list_of_a_law_firm_of_two_hundred_is_light(make_box: MakeBox) -> None:
    office = law_firm()
    person = Person(make_box(office, applied=False))
    for subject in SUBJECTS:
        assert len(person.see(f"/settings/{subject.kind}")) <= HEAVIEST, subject.kind
        for thing in subject.objects(office)[-1:] if not subject.is_one else ():
            for path in ("add", f"of/{subject.name_of(thing)}"):
                assert len(person.see(f"/settings/{subject.kind}/{path}")) <= HEAVIEST, (subject.kind, path)


def test_a_form_with_typed_choices_that_is_saved_as_it_stands_changes_nothing(box: EdgedBox) -> None:
    person, office, typed = Person(box), box.office, 0
    for subject in SUBJECTS:
        for thing in subject.objects(office)[-1:]:
            path = f"/settings/{subject.kind}" + ("" if subject.is_one else f"/of/{subject.name_of(thing)}")
            page = person.see(path)
            typed += page.count('list="choices-')
            if 'list="choices-' in page:
                answer = person.client.post(path, data=form_of(page))
                assert answer.status_code == 303, path
    assert typed > 10
    assert box.office == office


def test_a_choice_is_typed_by_its_number_its_name_or_as_a_number_outside(box: EdgedBox) -> None:
    person = Person(box)
    assert '<option value="1003 Person 3 · Medewerkers">' in person.see(NUMBER)
    for written, leads in (
        ("1003", ToExtension("e1003")),
        ("1004 Person 4 · Medewerkers", ToExtension("e1004")),
        ("  1005  person 5 · voicemail", ToVoicemail("e1005")),
        ("0470 12 34 57", ToOutsideNumber(PhoneNumber("+32470123457"))),
    ):
        answer = person.client.post(NUMBER, data={**form_of(person.see(NUMBER)), "destination": [written]})
        assert answer.status_code == 303, written
        assert box.office.number("other").destination == leads


@pytest.mark.parametrize(("key", "written"), [("destination", "Nobody at all"), ("opening_hours", "No such hours")])
def test_what_is_no_choice_is_refused_at_its_field_and_stays(make_box: MakeBox, key: str, written: str) -> None:
    office = large_office(EMPLOYEES)
    hours = [replace(office.opening_hours[0], id=f"h{place}", name=f"Hours {place}") for place in range(EMPLOYEES)]
    box = make_box(replace(office, opening_hours=(*office.opening_hours, *hours)), applied=False)
    person, before = Person(box), box.office
    answer = person.client.post(NUMBER, data={**form_of(person.see(NUMBER)), key: [written]})
    assert answer.status_code == 422
    assert f'value="{written}"' in answer.text
    assert f'id="{key}-faults"' in answer.text
    assert box.office == before


def test_who_is_removed_hands_the_calls_to_a_typed_other(box: EdgedBox) -> None:
    person, path = Person(box), "/settings/extension/of/e1003"
    direct = {**form_of(person.see(NUMBER)), "destination": ["1003"]}
    assert person.client.post(NUMBER, data=direct).status_code == 303
    assert 'name="calls_to.list" value="destinations"' in person.see(f"{path}/remove")
    answer = person.send(f"{path}/remove", {"calls_to": "1004", "calls_to.list": "destinations"})
    assert answer.status_code == 303
    assert box.office.number("other").destination == ToExtension("e1004")


def test_the_overview_shows_first_which_phones_cannot_be_called_and_says_how_many_more_there_are(
    make_box: MakeBox,
) -> None:
    box = make_box(law_firm(), applied=False)
    for place, phone in enumerate(box.office.phones):
        if phone.extension_id and phone.extension_id != "e399":
            box.see(phone.mac, brand=phone.brand, model=phone.model, address=f"10.0.0.{place}")
            box.switch.register(box.office.extension(phone.extension_id).sip_user, f"10.0.0.{place}")
    box.look_anew()
    page = Person(box).see("/")
    assert page.count('id="phone-8') == PHONES_OF_HOME
    listed = page[page.index('id="phone-states"') :]
    assert listed.index('<span class="number">399</span>') < listed.index('<span class="number">200</span>')
    assert f"En nog {200 - PHONES_OF_HOME} toestellen" in page
    assert len(page) <= HEAVIEST


def test_a_form_of_a_small_office_shows_all_that_can_be_chosen(make_box: MakeBox) -> None:
    page = Person(make_box(golden("helpdesk"))).see("/settings/number/add")
    assert "<select" in page
    assert 'list="choices-' not in page

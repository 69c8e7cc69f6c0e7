"""Every declared subject on a page: listed, added, changed, removed and put back, as a person fills in its form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from appliance.office.declared.catalogue import SUBJECT_OF, SUBJECTS
from appliance.office.declared.keys import ListOf
from appliance.office.declared.subject import Subject
from appliance.office.declared.walk import used_where
from appliance.office.office import Office
from appliance.storage.office_document import read_document
from appliance.storage.secrets import SECRET_MAKER
from appliance.words.texts import LANGUAGES, has_text
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones
from tests.page_forms import form_of
from tests.unit.wizard.browser import Person
from wizard.console.objects import GROUPS
from wizard.forms.words import Words

GOLDEN = Path(__file__).parents[2] / "golden"
# Between them these two have objects of most subjects; each form that is sent is applied, which takes its time.
TRIED = ("helpdesk", "advanced-hours")
OFFICES = ("advanced-hours", "clinic", "connect1", "helpdesk", "orange", "two-languages")
LISTS = [subject for subject in SUBJECTS if not subject.is_one]


def golden(name: str) -> Office:
    """Return one of the offices of the manuals."""
    office = read_document((GOLDEN / f"{name}.toml").read_text(), SECRET_MAKER).office
    assert office is not None
    return office


def people_with(make_box: MakeBox) -> Iterator[tuple[EdgedBox, Person, Office]]:
    """A person at a box of each office that is tried."""
    for name in TRIED:
        box = make_box(golden(name))
        yield box, Person(box), box.office


def test_every_subject_has_one_place_in_the_settings() -> None:
    placed = [kind for _, kinds in GROUPS for kind in kinds]
    assert sorted(placed) == sorted(SUBJECT_OF)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_row_and_choice_of_every_subject_has_a_text(language: str) -> None:
    """A form never shows a key of the office file in place of a word."""
    words = Words(language)
    for subject in SUBJECTS:
        assert has_text(f"about-{subject.kind}", language), subject.kind
        for key in (f"subject-{subject.kind}", *([] if subject.is_one else [f"subject-{subject.kind}-many"])):
            assert has_text(key, language), key
        for column in subject.table.columns():
            if not column.is_made:
                assert words.label(subject.kind, column.key)
            if isinstance(column.kind, ListOf):  # a place names one of them
                named = column.kind.item
                assert has_text(f"setting-{named}", language) or has_text(f"row-{named}", language), named


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_every_office_can_be_shown(make_box: MakeBox, language: str) -> None:
    box = make_box(golden("helpdesk"), language=language)
    person = Person(box)
    person.see("/settings")
    for subject in SUBJECTS:
        page = person.see(f"/settings/{subject.kind}")
        assert unescape(page).count("option-") == 0
        if not subject.is_one:
            person.see(f"/settings/{subject.kind}/add")


def test_a_form_that_is_saved_as_it_stands_changes_nothing(make_box: MakeBox) -> None:
    """The declaration reads what it has written: every object of two offices of the manuals, sent back untouched."""
    sent = 0
    for box, person, office in people_with(make_box):
        for subject in SUBJECTS:
            for thing in subject.objects(office):
                path = path_of(subject, thing)
                answer = person.client.post(path, data=form_of(person.see(path)))
                assert answer.status_code == 303, (path, faults(answer.text))
                sent += 1
        assert box.office == office
    assert sent > 25


def test_a_list_finds_sorts_and_names_every_object(make_box: MakeBox) -> None:
    for _, person, office in people_with(make_box):
        for subject in LISTS:
            page = person.see(f"/settings/{subject.kind}")
            for thing in subject.objects(office)[:50]:
                assert path_of(subject, thing) in page
            for sort in ("title", *subject.first):
                person.see(f"/settings/{subject.kind}?sort={sort}&page=9")
            assert person.see(f"/settings/{subject.kind}?q=zzzz").count("<tbody>") == 0


def test_used_by_names_every_place_of_every_object(make_box: MakeBox) -> None:
    """What the removal page lists is what the declarations say, and nothing is removed by looking."""
    for box, person, office in people_with(make_box):
        for subject in LISTS:
            for thing in subject.objects(office) if subject.has_ids else ():
                places = used_where(office, subject.kind, thing.id)
                page = person.see(f"{path_of(subject, thing)}/remove")
                listed = re.search(r'<ul class="plain-list">(.*?)</ul>', page, re.DOTALL)
                assert (listed[1].count("<li>") if listed else 0) == len(places)
        assert box.office == office


def test_whatever_is_removed_on_a_page_comes_back_by_the_history(make_box: MakeBox) -> None:
    """The first object of each kind: removed with its calls sent elsewhere, or refused with words."""
    removed = 0
    box = make_box(golden("helpdesk"))
    person = Person(box)
    before = box.office
    for subject in LISTS:
        for thing in subject.objects(before)[:1]:
            path = f"{path_of(subject, thing)}/remove"
            answer = person.send(path, {"calls_to": "voicemail"})
            assert answer.status_code in {303, 422}
            if answer.status_code == 422:
                assert faults(answer.text), path
                continue
            removed += 1
            assert thing not in subject.objects(box.office)
            revision = box.box.repository.newest()[0]
            assert person.send(f"/settings/history/{revision - 1}", page="/settings/history").status_code == 303
            assert box.office == before
    assert removed >= 6


def test_a_change_is_said_in_words_and_undone_by_a_button(make_box: MakeBox) -> None:
    box = make_box(golden("helpdesk"))
    person = Person(box)
    extension = box.office.extensions[0]
    path = path_of(SUBJECT_OF["extension"], extension)
    form = form_of(person.see(path)) | {"description": ["Back office"]}
    assert person.client.post(path, data=form).status_code == 303
    words = f"Medewerker {extension.number} {extension.name}: Omschrijving is Back office, was standaard"
    assert words in unescape(person.see(path))
    assert words in unescape(person.see("/settings/history"))
    undo = {"name": extension.id, "revision": str(box.box.repository.newest()[0])}
    assert person.send("/settings/extension/undo", undo, page=path).status_code == 303
    assert box.office.extensions[0] == extension


def test_the_second_of_two_managers_is_told_and_keeps_what_was_typed(make_box: MakeBox) -> None:
    box = make_box(golden("helpdesk"))
    first, second = Person(box), Person(box)
    extension = box.office.extensions[0]
    path = path_of(SUBJECT_OF["extension"], extension)
    early, late = form_of(first.see(path)), form_of(second.see(path))
    assert first.client.post(path, data=early | {"description": ["first"]}).status_code == 303
    answer = second.client.post(path, data=late | {"description": ["second"]})
    assert answer.status_code == 422
    assert 'value="second"' in answer.text
    assert box.office.extensions[0].description == "first"
    again = form_of(answer.text)
    assert second.client.post(path, data=again).status_code == 303
    assert box.office.extensions[0].description == "second"


def test_a_call_plan_is_built_step_by_step_without_a_script(make_box: MakeBox) -> None:
    box = make_box(golden("helpdesk"))
    person = Person(box)
    number = box.office.extensions[0].number.digits
    path = "/settings/call_plan/add"
    form = form_of(person.see(path)) | {"name": ["Step by step"]}
    for kind in ("ring", "go_to"):
        form = form_of(person.client.post(path, data=form | {"do": [f"add steps {kind}"]}).text)
    form |= {"steps.0.ring": [number], "steps.0.seconds": ["15"], "steps.1.go_to": ["voicemail"]}
    form = form_of(person.client.post(path, data=form | {"do": ["down steps 0"]}).text)
    assert form["steps.1.ring"] == [number]
    refused = person.client.post(path, data=form)
    assert refused.status_code == 422
    form = form_of(person.client.post(path, data=form_of(refused.text) | {"do": ["up steps 1"]}).text)
    assert person.client.post(path, data=form).status_code == 303
    plan = box.office.call_plans[-1]
    assert (plan.name, len(plan.steps)) == ("Step by step", 2)


@pytest.mark.parametrize("hostile", ["a;b]\n[c", "${EXTEN}&x", "\u202e", "x" * 4096, "🙂\"'<b>"])
def test_hostile_values_are_refused_or_kept_as_typed(make_box: MakeBox, hostile: str) -> None:
    box = make_box(golden("helpdesk"))
    person = Person(box)
    for subject in SUBJECTS:
        path = f"/settings/{subject.kind}" + ("" if subject.is_one else "/add")
        form = form_of(person.see(path))
        filled = {name: [hostile] if name not in {"csrf_token", "seen"} else value for name, value in form.items()}
        answer = person.client.post(path, data=filled)
        assert answer.status_code in {303, 422}, (path, answer.status_code)


def test_a_wrong_address_is_a_page_that_is_missing(make_box: MakeBox) -> None:
    person = Person(make_box(golden("helpdesk")))
    for path in ("/settings/nothing", "/settings/extension/of/nobody", "/settings/site/add", "/settings/site/of/x"):
        assert person.client.get(path).status_code == 404


def path_of(subject: Subject, thing: object) -> str:
    """Return the address of an object's form."""
    return f"/settings/{subject.kind}" + ("" if subject.is_one else f"/of/{subject.name_of(thing)}")


def faults(page: str) -> list[str]:
    """Return what a page says is wrong."""
    found = re.findall(r'<ul class="faults"[^>]*>(.*?)</ul>', page, re.DOTALL)
    return [unescape(re.sub("<[^>]+>", " ", one)).strip() for one in found]


@pytest.mark.feature("E7", "B7")
@pytest.mark.parametrize(
    ("path", "fields", "field"),
    [
        ("/settings/extension/add", {"number": "202", "name": "Kees"}, "number"),
        ("/settings/extension/of/e201", {"number": "202"}, "number"),
        ("/settings/extension/of/e201", {"forward_always": "112"}, "forward_always"),
        ("/settings/ring_group/of/g300", {"number": "202"}, "number"),
        ("/settings/mode_key/add", {"number": "202", "name": "Meeting", "red": "voicemail"}, "number"),
        ("/settings/speed_dial/add", {"short": "202", "name": "Taxi", "number": "02 555 10 09"}, "short"),
    ],
)
def test_what_the_rest_of_the_office_forbids_is_told_at_its_field(
    make_box: MakeBox, path: str, fields: dict[str, str], field: str
) -> None:
    person = Person(make_box(two_phones()))
    form = form_of(person.see(path)) | {name: [value] for name, value in fields.items()}
    answer = person.client.post(path, data=form)
    assert (answer.status_code, re.findall(r'<ul class="faults" id="([^"]*)"', answer.text)) == (
        422,
        [f"{field}-faults"],
    )

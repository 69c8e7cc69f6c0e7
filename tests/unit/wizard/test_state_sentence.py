"""The sentence at the top says the gravest thing, with its word."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import render_template_string

from appliance.words.texts import LANGUAGES, text
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.golden.law_firm import law_firm
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from wizard.state_sentence import MOST_NAMED, Level, state_sentence


@pytest.fixture
def working(make_box: MakeBox) -> EdgedBox:
    """A line that is ready, and a phone that is registered."""
    return at_work(make_box(two_phones()))


def at_work(box: EdgedBox) -> EdgedBox:
    box.see()
    box.line_is("Registered")
    box.register()
    return box


def level_and_key(box: EdgedBox) -> tuple[Level, str]:
    box.look_anew()
    sentence = state_sentence(box.office, box.operations.live.now())
    return sentence.level, sentence.key


def test_all_is_good_only_when_a_line_is_ready_and_every_phone_registered(working: EdgedBox) -> None:
    assert level_and_key(working) == (Level.GOOD, "state-good")
    working.switch.contacts = []
    assert level_and_key(working) == (Level.ATTENTION, "state-phones-silent")
    working.save(replace(two_phones(), site=replace(two_phones().site, company_name="Other")))
    assert level_and_key(working) == (Level.ATTENTION, "state-unapplied")
    working.line_is("Registered", "Unavailable")
    assert level_and_key(working) == (Level.FAULT, "state-no-line-ready")
    working.switch.close()
    assert level_and_key(working) == (Level.FAULT, "state-switch-silent")


def test_of_many_silent_phones_the_sentence_names_some_and_counts_all(make_box: MakeBox) -> None:
    box = make_box(law_firm(), applied=False)
    for line in box.office.trunks:
        box.line_is("Registered", trunk_id=line.id)
    live = replace(box.operations.live.now(), unapplied_changes=False)
    sentence = state_sentence(box.office, live)
    assert (sentence.key, sentence.facts["count"]) == ("state-phones-silent-many", "200")
    assert len(sentence.facts["phones"].split(", ")) == MOST_NAMED


def test_an_office_without_lines_or_phones_is_not_called_good(make_box: MakeBox) -> None:
    assert level_and_key(make_box()) == (Level.ATTENTION, "state-not-ready-yet")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_shows_state_lines_phones_and_parts_in_words(make_box: MakeBox, language: str) -> None:
    page = Person(at_work(make_box(two_phones(), language=language))).see("/")
    for key in ("level-good", "line-state-ready", "phone-state-registered", "part-monitor", "part-state-failed"):
        assert text(key, language) in page
    assert text("part-what-monitor-never", language) in page
    assert text("part-remedy-monitor-restart", language) in page
    assert text("home-unfinished", language) in page


def test_a_part_without_a_text_is_shown_by_its_name(make_box: MakeBox) -> None:
    with make_box().app().test_request_context("/"):
        assert render_template_string("{{ name_of('part', 'new-part') }}") == "new-part"

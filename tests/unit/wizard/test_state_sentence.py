"""The sentence at the top says the gravest thing, with its word."""

from __future__ import annotations

import pytest

from tests.fakes import FakeServices, a_phone_view
from tests.offices import two_phones
from tests.unit.wizard.browser import Person
from wizard.services import PartView
from wizard.state_sentence import Level, state_sentence
from wizard.texts import LANGUAGES, text


def a_working_office() -> FakeServices:
    services = FakeServices(the_office=two_phones())
    services.show_phones(a_phone_view(state="registered", extension_id="e201"))
    return services


def level_and_key(services: FakeServices) -> tuple[Level, str]:
    sentence = state_sentence(services.office(), services.live())
    return sentence.level, sentence.key


def test_all_is_good_only_when_a_line_is_ready_and_every_phone_registered() -> None:
    services = a_working_office()
    assert level_and_key(services) == (Level.GOOD, "state-good")
    services.show_phones(a_phone_view(state="absent", extension_id="e201"))
    assert level_and_key(services) == (Level.ATTENTION, "state-phones-silent")
    services.unapplied = True
    assert level_and_key(services) == (Level.ATTENTION, "state-unapplied")
    services.line_state = "dark"
    assert level_and_key(services) == (Level.FAULT, "state-no-line-ready")
    services.switch_answers = False
    assert level_and_key(services) == (Level.FAULT, "state-switch-silent")


def test_an_office_without_lines_or_phones_is_not_called_good() -> None:
    assert level_and_key(FakeServices()) == (Level.ATTENTION, "state-not-ready-yet")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_shows_state_lines_phones_and_parts_in_words(language: str) -> None:
    services = a_working_office()
    services.account_language = language
    services.parts = (PartView(name="dhcp", state="failed", what="dhcp-stopped", remedy="dhcp-restart"),)
    page = Person(services).see("/")
    for key in ("level-good", "line-state-ready", "phone-state-registered", "part-dhcp", "part-state-failed"):
        assert text(key, language) in page
    assert text("part-what-dhcp-stopped", language).replace("’", "’") in page
    assert text("part-remedy-dhcp-restart", language) in page
    assert text("home-unfinished", language).replace("’", "’") in page


def test_a_part_without_a_text_is_shown_by_its_name() -> None:
    services = a_working_office()
    services.parts = (PartView(name="new-part", state="ok", what="", remedy=""),)
    assert "new-part" in Person(services).see("/")

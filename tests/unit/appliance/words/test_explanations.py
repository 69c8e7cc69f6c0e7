"""An explanation in words and as a picture, and the table of codes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import defusedxml.ElementTree
import pytest

from appliance.office.call_path.build import build_call_path
from appliance.office.call_path.steps import NodeId, NodeKind
from appliance.office.circumstances import as_configured
from appliance.office.dialled import from_inside, from_outside
from appliance.office.explain import walk
from appliance.office.feature_codes import FeatureCode
from appliance.words.call_picture import plan_picture
from appliance.words.explanations import code_page, code_table, lines_of
from appliance.words.texts import LANGUAGES
from tests.differential.random_office import random_calls, random_office
from tests.offices import two_phones

CHECKOUT = Path(__file__).parents[4]
MAIN = NodeId(NodeKind.NUMBER, "main")
_SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.feature("D3")
@pytest.mark.parametrize(
    ("language", "words"),
    [("nl", "Rinkelt bij 201, 202."), ("fr", "Sonne chez 201, 202."), ("en", "Rings 201, 202.")],
)
def test_an_explanation_reads_in_the_readers_language(language: str, words: str) -> None:
    office = two_phones()
    now = as_configured(office, datetime(2026, 6, 10, 10), caller="+32470999888")
    lines = lines_of(walk(office, build_call_path(office), MAIN, "+3225551001", now), language)
    assert words in lines[1]
    assert lines[1].strip().startswith("0-20")


@pytest.mark.feature("D3")
def test_the_picture_of_a_plan_shows_its_steps_and_marks_the_call_through_it() -> None:
    office = two_phones()
    call_path = build_call_path(office)
    now = as_configured(office, datetime(2026, 6, 13, 10), caller="+32470999888")
    explanation = walk(office, call_path, MAIN, "+3225551001", now)
    alone = _read(plan_picture(office, call_path, MAIN, "en"))
    marked = _read(plan_picture(office, call_path, MAIN, "en", explanation))
    assert _cards(alone, "card taken") == 0
    assert _cards(marked, "card taken") == 2  # the number, and the voicemail outside opening hours
    texts = [item.text or "" for item in marked.iter(f"{_SVG}text")]
    assert any("The office is closed." in words for words in texts)
    assert any("Rings 201, 202 for 20 s" in words for words in texts)


@pytest.mark.feature("D3")
def test_any_office_has_a_picture_that_is_well_formed_whatever_its_names_are() -> None:
    for seed in range(60):
        office = random_office(seed)
        call_path = build_call_path(office)
        for language in LANGUAGES:
            picture = _read(plan_picture(office, call_path, NodeId(NodeKind.NUMBER, "n0"), language))
            assert _cards(picture, "card") >= 1


@pytest.mark.feature("D3")
def test_no_step_of_any_call_leaves_a_gap_in_its_sentence() -> None:
    seen = set()
    for seed in range(60):
        office = random_office(seed)
        call_path = build_call_path(office)
        for call in random_calls(office, seed, 12):
            if call.dialled:
                dialled = from_inside(call_path, office.site.country, call.dialled)
            else:
                dialled = from_outside(call_path, office.site.country, call.number.e164)
            if dialled.subject is None:
                continue
            explanation = walk(office, call_path, dialled.subject, dialled.number, call.now)
            seen |= {step.why for step in explanation.steps}
            for language in LANGUAGES:
                gaps = [line for line in lines_of(explanation, language) if "…" in line]
                assert gaps == []
    assert {"forward-always", "rings", "calls-outside", "chosen"} <= seen


def test_every_code_stands_in_the_table_and_no_two_are_alike() -> None:
    for language in LANGUAGES:
        table = code_table(language)
        assert len(table) == len(FeatureCode)
        assert len({code for code, _ in table}) == len(table)


def test_the_page_of_codes_is_made_from_the_domain() -> None:
    """After a change of the codes, write what `explanations.code_page()` returns over the page."""
    assert (CHECKOUT / "appliance" / "office" / "FEATURE_CODES.md").read_text(encoding="utf-8") == code_page()


def _read(svg: str) -> ElementTree.Element:
    found = defusedxml.ElementTree.fromstring(svg)
    assert isinstance(found, ElementTree.Element)
    return found


def _cards(picture: ElementTree.Element, style: str) -> int:
    return sum(1 for item in picture.iter(f"{_SVG}rect") if item.get("class") == style)

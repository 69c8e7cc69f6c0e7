"""Rules that span objects."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.office.checks import check_office, has_errors
from appliance.office.country import Country
from appliance.office.destination import ToExtension, ToRingGroup, ToVoicemail
from appliance.office.numbers import ExtensionNumber
from appliance.office.problems import Severity
from tests.offices import an_extension, two_phones


def rules(office: object) -> set[str]:
    """Return the rules of an office's errors."""
    return {problem.rule for problem in check_office(office) if problem.severity is Severity.ERROR}  # type: ignore[arg-type]


def test_a_good_office_has_no_problem() -> None:
    """The office the tests build on is whole."""
    assert check_office(two_phones()) == ()


@pytest.mark.feature("B9")
@pytest.mark.parametrize(
    ("number", "country"),
    [("112", Country.BELGIUM), ("1120", Country.BELGIUM), ("100", Country.BELGIUM), ("1000", Country.BELGIUM),
     ("15", Country.FRANCE), ("150", Country.FRANCE), ("110", Country.GERMANY), ("0112", Country.BELGIUM)],
)  # fmt: skip
def test_an_extension_that_eats_an_emergency_number_is_an_error(number: str, country: Country) -> None:
    """B9: the number itself, longer ones that begin with it, and the form with an outside 0."""
    office = two_phones()
    office = replace(
        office,
        site=replace(office.site, country=country),
        extensions=(*office.extensions, an_extension(number, "Unlucky")),
    )
    assert "eats-emergency-number" in rules(office)


def test_one_short_number_has_one_holder() -> None:
    """Extensions, groups, 999 and 1233 share one plan of numbers."""
    office = two_phones()
    for taken in ("201", "300", "999", "1233"):
        twice = replace(an_extension("210", "Second"), number=ExtensionNumber(taken))
        assert "short-number-taken" in rules(replace(office, extensions=(*office.extensions, twice)))


@pytest.mark.feature("E3")
@pytest.mark.parametrize(
    ("number", "rule"),
    [("201", "short-number-taken"), ("1233", "short-number-taken"), ("112", "eats-emergency-number")],
)
def test_the_companys_box_shares_its_number_with_nobody(number: str, rule: str) -> None:
    office = two_phones()
    box = replace(office.company_voicemail, number=ExtensionNumber(number))
    found = check_office(replace(office, company_voicemail=box))
    assert ("company_voicemail", rule) in {(problem.where.partition(".")[0], problem.rule) for problem in found}


@pytest.mark.feature("E3")
def test_999_is_free_once_the_companys_box_has_another_number() -> None:
    office = two_phones()
    box = replace(office.company_voicemail, number=ExtensionNumber("998"))
    people = (*office.extensions, an_extension("999", "Kees"))
    assert check_office(replace(office, company_voicemail=box, extensions=people)) == ()


def test_a_destination_that_is_not_there_is_an_error_at_its_place() -> None:
    """Numbers, groups, routes and phones point only at what exists."""
    office = two_phones()
    number = replace(office.numbers[0], destination=ToExtension("gone"), when_closed=ToVoicemail("gone"))
    places = {problem.where for problem in check_office(replace(office, numbers=(number,)))}
    assert places == {"number[+3225551001].destination", "number[+3225551001].when_closed"}


def test_ring_groups_that_send_calls_round_in_a_circle_are_an_error() -> None:
    """Two groups, each the other's last resort, would ring for ever."""
    office = two_phones()
    first = replace(office.ring_groups[0], no_answer=ToRingGroup("g301"))
    second = replace(first, id="g301", number=ExtensionNumber("301"), no_answer=ToRingGroup("g300"))
    assert "loop" in rules(replace(office, ring_groups=(first, second)))


def test_warnings_do_not_stop_an_office() -> None:
    """An office without a line can be compiled; the page says what is missing."""
    problems = check_office(replace(two_phones(), trunks=()))
    assert [problem.rule for problem in problems] == ["no-trunk"]
    assert not has_errors(problems)

"""A line is proven by logging in anew and by a call that comes in; whatever goes wrong is named, and unproven."""

from __future__ import annotations

from dataclasses import replace

import pytest

from appliance.operations import proofs
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import two_phones

COMES_IN = {"Event": "Newchannel", "Channel": "PJSIP/trunk-line1-01", "Exten": "025551001"}


@pytest.fixture
def box(make_box: MakeBox) -> EdgedBox:
    made: EdgedBox = make_box(two_phones())
    made.line_is("Registered")
    return made


def rules(box: EdgedBox) -> list[str]:
    return [problem.rule for problem in box.operations.lines.prove("line1")]


def test_a_line_that_logs_in_and_lets_the_call_come_in_ticks_both_steps(box: EdgedBox) -> None:
    box.test_phone.events = [COMES_IN]
    assert rules(box) == []
    assert box.test_phone.called == ["+3225551001"]
    assert box.proven()["line"].facts == {"line": "Line line1"}
    assert box.proven()[proofs.COMPANY_NUMBER].facts == {"number": "+3225551001", "line": "Line line1"}


@pytest.mark.parametrize("exten", ["299", "+3225551002", "1"])
def test_a_call_to_another_number_does_not_count(box: EdgedBox, exten: str) -> None:
    box.test_phone.events = [{**COMES_IN, "Exten": exten}]
    assert rules(box) == ["loop-call-lost"]
    assert "line" in box.proven(), "it did log in"
    assert proofs.COMPANY_NUMBER not in box.proven()


def test_a_line_that_is_let_in_no_more_loses_its_proof(box: EdgedBox) -> None:
    box.test_phone.events = [COMES_IN]
    rules(box)
    box.line_is("Rejected")
    assert rules(box) == ["line-not-registered"]
    assert "line" not in box.proven()


def test_a_line_whose_provider_is_silent_is_dark(box: EdgedBox) -> None:
    box.line_is("Unregistered", "Unavailable")
    assert rules(box) == ["line-dark"]


def test_a_line_is_proven_as_it_is_in_force_and_by_a_switch_that_answers(box: EdgedBox) -> None:
    box.save(replace(two_phones(), trunks=(replace(two_phones().trunks[0], host="203.0.113.99"),)))
    assert rules(box) == ["not-in-force"]
    box.operations.in_force.apply()
    box.switch.close()
    assert rules(box) == ["switch-silent"]

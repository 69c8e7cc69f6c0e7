"""A step has its tick while what proves it holds; the moment is that since which it is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from appliance.operations import proofs
from appliance.operations.steps import SeenSince
from tests.edges.edged_box import EdgedBox, MakeBox
from tests.offices import a_trunk, two_phones

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_what_is_seen_all_the_time_is_so_since_it_was_first_seen() -> None:
    seen = SeenSince()
    first = seen.note({"count": "1"}, NOON)
    assert first is not None
    assert seen.note({"count": "1"}, NOON + timedelta(hours=1)) == first
    assert seen.note(None, NOON + timedelta(hours=2)) is None
    again = seen.note({"count": "1"}, NOON + timedelta(hours=3))
    assert again is not None
    assert again.seen_at == NOON + timedelta(hours=3)


def test_every_phone_is_registered_or_the_step_is_not_proven(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(two_phones())
    box.see()
    assert "phones" not in box.proven()
    box.clock.go_on(5)
    box.register()
    seen = box.proven()["phones"]
    assert (seen.seen_at, seen.facts["count"]) == (box.clock(), "1")
    box.clock.go_on(60)
    assert box.proven()["phones"] == seen


def test_every_line_is_proven_or_the_step_is_not(make_box: MakeBox) -> None:
    box: EdgedBox = make_box(replace(two_phones(), trunks=(*two_phones().trunks, a_trunk("line2", "203.0.113.20"))))
    box.prove(proofs.line("line1"))
    assert "line" not in box.proven()
    box.prove(proofs.line("line2"))
    assert box.proven()["line"].facts == {"line": "Line line1, Line line2"}

"""What is in force, noted by two that look at the same moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from appliance.storage.database import open_database
from appliance.storage.proofs import ProofStore, SubjectInForce

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_who_looked_before_somebody_else_noted_it_takes_no_proof_away(tmp_path: Path) -> None:
    store = ProofStore(open_database(tmp_path / "office.sqlite"))
    known = store.in_force()  # a page looks, and is slow
    first = SubjectInForce(subject="employees", digest="new", since=NOON, before=None)
    store.note([first], (), known)
    store.keep("employees", {"count": "1"}, NOON)
    late = SubjectInForce(subject="employees", digest="new", since=NOON + timedelta(seconds=1), before=None)
    store.note([late], (), known)
    assert store.in_force() == {"employees": first}
    assert set(store.proofs()) == {"employees"}
    store.note((), ["employees"], store.in_force())
    assert store.proofs() == {}

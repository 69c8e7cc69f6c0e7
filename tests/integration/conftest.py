"""What the tests of rooms with their real neighbours share."""

from __future__ import annotations

import pytest

from appliance.apply import apply as apply_room


@pytest.fixture
def without_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test apply in a loop, which would slow itself down (its own tests: unit/appliance/apply/test_pace.py)."""
    monkeypatch.setattr(apply_room, "rest_before_apply", lambda _lock: None)

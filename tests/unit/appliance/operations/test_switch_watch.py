"""How often the watch looks at the switch."""

from __future__ import annotations

import pytest

from appliance.operations.switch_watch import LOOK_SECONDS, PAUSE_SECONDS, rest_after


@pytest.mark.parametrize(("look_seconds", "rest_seconds"), [(0.001, PAUSE_SECONDS), (0.05, 1.0), (3.0, LOOK_SECONDS)])
def test_a_look_that_costs_more_is_had_less_often(look_seconds: float, rest_seconds: float) -> None:
    """P1: in a storm of 250 phones the watch leaves the switch its time, and is never further behind than in quiet."""
    assert rest_after(look_seconds) == pytest.approx(rest_seconds)

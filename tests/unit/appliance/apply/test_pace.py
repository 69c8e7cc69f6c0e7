"""A person who saves is never held up; a loop of applies slows itself down."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.apply.pace import FREE_APPLIES, LONGEST_REST_SECONDS, applied_now, rest_after, rest_before_apply

pytestmark = pytest.mark.feature("I3", "R1")


def test_the_first_few_do_not_wait() -> None:
    assert rest_after([], 1000.0) == 0.0
    assert rest_after([1000.0 - 0.1] * (FREE_APPLIES - 1), 1000.0) == 0.0


def test_a_loop_comes_to_less_than_one_in_two_seconds() -> None:
    now = 1000.0
    moments: list[float] = []
    while now < 1120.0:
        now += rest_after(moments, now) + 0.1
        moments.append(now)
    in_the_last_minute = [moment for moment in moments if moment > 1060.0]
    assert len(in_the_last_minute) < 30
    assert rest_after([now - 1.0 + at / 100 for at in range(100)], now) > LONGEST_REST_SECONDS - 0.1


def test_a_minute_of_rest_forgets_all() -> None:
    moments = [1000.0 + at for at in range(60)]
    assert rest_after(moments, 1059.5) > 0
    assert rest_after(moments, 1121.0) == 0.0


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"{}", b'["now"]', b"[1e308, null]"])
def test_a_damaged_note_of_them_holds_nobody_up(tmp_path: Path, content: bytes) -> None:
    """Also one of before the last start, whose moments lie in the future of this one's clock."""
    lock = tmp_path / "apply.lock"
    lock.write_bytes(content)
    rest_before_apply(lock)
    applied_now(lock)
    assert rest_after([1e9] * 20, 1000.0) == 0.0

"""When somebody is told of a trouble, and when not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from appliance.mail.alerts import (
    NEXT_AFTER,
    OVER_AFTER,
    TOLD_AFTER,
    Alert,
    AlertKind,
    AlertState,
    Trouble,
    next_alerts,
)
from appliance.mail.offline import NoticeKind

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LINE = {"line line1": Trouble(kind=AlertKind.LINE, name="Line 1")}
BOTH = {**LINE, "line line2": Trouble(kind=AlertKind.LINE, name="Line 2")}
NOTHING: dict[str, Trouble] = {}
SECOND = timedelta(seconds=1)


class Story:
    """Looks at given moments after noon, and what was told."""

    def __init__(self) -> None:
        self.state = AlertState()
        self.told: list[tuple[timedelta, Alert]] = []

    def see(self, after: timedelta, seen: dict[str, Trouble], *unknown: AlertKind) -> list[NoticeKind]:
        self.state, alerts = next_alerts(self.state, seen, frozenset(unknown), NOON + after)
        return [one.notice for one in alerts]


@pytest.mark.feature("H5")
def test_a_trouble_is_told_once_and_once_that_it_is_over() -> None:
    story = Story()
    assert story.see(0 * SECOND, LINE) == []
    assert story.see(TOLD_AFTER - SECOND, LINE) == []
    assert story.see(TOLD_AFTER, LINE) == [NoticeKind.LINE_DOWN]
    assert story.see(TOLD_AFTER + 10 * SECOND, LINE) == []
    gone = TOLD_AFTER + 20 * SECOND
    assert story.see(gone, NOTHING) == []
    assert story.see(gone + OVER_AFTER, NOTHING) == [NoticeKind.LINE_UP]
    assert story.see(gone + OVER_AFTER + SECOND, NOTHING) == []


@pytest.mark.feature("H5")
def test_what_comes_and_goes_sends_no_mail_every_few_minutes() -> None:
    story = Story()
    story.see(0 * SECOND, LINE)
    assert story.see(TOLD_AFTER, LINE) == [NoticeKind.LINE_DOWN]
    story.see(TOLD_AFTER + SECOND, NOTHING)
    over = TOLD_AFTER + SECOND + OVER_AFTER
    assert story.see(over, NOTHING) == [NoticeKind.LINE_UP]
    again = over + SECOND
    assert story.see(again, LINE) == []
    assert story.see(again + TOLD_AFTER, LINE) == []
    assert story.see(over + NEXT_AFTER, LINE) == [NoticeKind.LINE_DOWN]


@pytest.mark.feature("H5")
def test_a_short_trouble_is_nobodys_news_and_counts_anew() -> None:
    story = Story()
    story.see(0 * SECOND, LINE)
    story.see(TOLD_AFTER - SECOND, NOTHING)
    assert story.see(TOLD_AFTER, LINE) == []
    assert story.see(TOLD_AFTER * 2 - SECOND, LINE) == []
    assert story.see(TOLD_AFTER * 2, LINE) == [NoticeKind.LINE_DOWN]


@pytest.mark.feature("H5")
def test_a_switch_that_says_nothing_ends_no_trouble_and_begins_none() -> None:
    story = Story()
    story.see(0 * SECOND, LINE)
    story.see(TOLD_AFTER, LINE)
    assert story.see(TOLD_AFTER + OVER_AFTER * 5, NOTHING, AlertKind.LINE, AlertKind.PHONE) == []
    assert story.see(TOLD_AFTER + OVER_AFTER * 6, LINE) == []


@pytest.mark.feature("H5")
def test_lines_that_go_together_are_one_mail() -> None:
    state, _ = next_alerts(AlertState(), BOTH, frozenset(), NOON)
    _, (alert,) = next_alerts(state, BOTH, frozenset(), NOON + TOLD_AFTER)
    assert (alert.names, alert.since) == (("Line 1", "Line 2"), NOON)

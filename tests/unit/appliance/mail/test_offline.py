"""E1: who is mailed when phones go away, and that a storm never is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.mail.notice_mail import UnreadableNotice, read_notice
from appliance.mail.offline import NEXT_PAIR_AFTER, SETTLES, Notice, NoticeKind, OfficePresence, next_presence
from appliance.mail.offline_watch import OfflineWatch
from appliance.office.country import Language
from appliance.office.office import Office
from appliance.paths import Paths
from appliance.state_files import as_json
from tests.offices import an_extension, two_phones

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EVERYBODY = ("201", "202", "203", "204")


def _office(watched: Iterable[str] = EVERYBODY, address: str = "") -> Office:
    wanted = set(watched)
    return replace(
        two_phones(),
        extensions=tuple(
            replace(
                an_extension(number, f"Person {number}"),
                email=address or f"p{number}@example.test",
                mails_when_offline=number in wanted,
            )
            for number in EVERYBODY
        ),
    )


class _Time:
    """Looks every two seconds, as the monitor does; `here` is who is reachable, None: the switch is silent."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.state = OfficePresence()
        self.now = START
        self.notices: list[Notice] = []
        self.pass_by(EVERYBODY, SETTLES.total_seconds() + 30)

    def pass_by(self, here: Iterable[str] | None, seconds: float) -> None:
        users = None if here is None else {f"ext-e{number}" for number in here}
        end = self.now + timedelta(seconds=seconds)
        while self.now < end:
            self.now += timedelta(seconds=2)
            self.state, told = next_presence(self.state, self.office, users, self.now)
            self.notices += told

    def kinds(self) -> list[NoticeKind]:
        return [notice.kind for notice in self.notices]


@pytest.mark.feature("E1")
def test_one_mail_when_gone_for_a_minute_and_one_when_back() -> None:
    time = _Time(_office())
    time.pass_by(("202", "203", "204"), 58)
    assert time.notices == []
    time.pass_by(("202", "203", "204"), 3600)
    (gone,) = time.notices
    assert (gone.kind, gone.addresses, gone.who) == (
        NoticeKind.OFFLINE,
        ("p201@example.test",),
        ("Person 201 (201)",),
    )
    time.pass_by(EVERYBODY, 28)
    assert len(time.notices) == 1
    time.pass_by(EVERYBODY, 3600)
    assert time.kinds() == [NoticeKind.OFFLINE, NoticeKind.ONLINE]


@pytest.mark.feature("E1")
def test_a_short_absence_and_who_was_never_here_are_nobodys_news() -> None:
    time = _Time(_office())
    for _ in range(10):
        time.pass_by(("202", "203", "204"), 50)
        time.pass_by(EVERYBODY, 10)
    assert time.notices == []
    fresh = _Time(_office())
    fresh.state, fresh.now = OfficePresence(), START
    fresh.pass_by(("201",), 3600)
    assert fresh.notices == []


@pytest.mark.feature("E1")
def test_who_did_not_ask_is_not_told() -> None:
    time = _Time(_office(watched=("202",)))
    time.pass_by(("202", "203", "204"), 600)
    assert time.notices == []


@pytest.mark.feature("E1")
def test_a_restart_of_the_switch_tells_nobody() -> None:
    """E1: the switch is silent for a while, then phones register one by one over two minutes."""
    time = _Time(_office())
    time.pass_by(None, 300)
    for known in range(4):
        time.pass_by(EVERYBODY[:known], 30)
    time.pass_by(EVERYBODY, 600)
    assert time.notices == []
    time.pass_by(None, 10)
    time.pass_by(("201", "202", "203"), 600)
    assert [notice.who for notice in time.notices] == [("Person 204 (204)",)]


@pytest.mark.feature("E1")
def test_when_all_phones_go_there_is_one_mail_for_all_and_one_when_they_are_back() -> None:
    """E1: they are seen to leave one after another, as the switch asks each in its turn."""
    time = _Time(_office(watched=("201", "202", "203")))
    for left in (("202", "203", "204"), ("203", "204"), ("204",)):
        time.pass_by(left, 8)
    time.pass_by((), 3600)
    (gone,) = time.notices
    assert gone.kind is NoticeKind.ALL_OFFLINE
    assert gone.addresses == ("p201@example.test", "p202@example.test", "p203@example.test")
    time.pass_by(("202",), 10)
    time.pass_by(("201", "202", "204"), 600)
    assert time.kinds() == [NoticeKind.ALL_OFFLINE, NoticeKind.ALL_ONLINE]
    assert time.notices[-1].still_offline == ("Person 203 (203)",)
    time.pass_by(EVERYBODY, 600)
    assert [(one.kind, one.who) for one in time.notices[2:]] == [(NoticeKind.ONLINE, ("Person 203 (203)",))]


@pytest.mark.feature("E1")
def test_one_address_for_many_extensions_gets_one_mail() -> None:
    time = _Time(_office(address="office@example.test"))
    time.pass_by(("203", "204"), 600)
    (gone,) = time.notices
    assert gone.who == ("Person 201 (201)", "Person 202 (202)")


@pytest.mark.feature("E1")
def test_a_bad_cable_is_not_told_every_two_minutes() -> None:
    time = _Time(_office())
    hours = 2
    for _ in range(hours * 3600 // 200):
        time.pass_by(("202", "203", "204"), 100)
        time.pass_by(EVERYBODY, 100)
    assert 2 <= len(time.notices) <= 2 * (1 + timedelta(hours=hours) / NEXT_PAIR_AFTER)
    assert time.kinds()[:2] == [NoticeKind.OFFLINE, NoticeKind.ONLINE]


@pytest.mark.feature("E1")
def test_one_phone_that_flaps_does_not_silence_the_others() -> None:
    time = _Time(_office(watched=("201",)))
    for _ in range(60):
        time.pass_by(("202", "203", "204"), 6)
        time.pass_by(("202", "203"), 6)
    assert time.kinds() == [NoticeKind.OFFLINE]


@pytest.mark.feature("E1")
def test_the_watch_remembers_over_a_restart_whom_it_has_told(tmp_path: Path) -> None:
    """E1: the state is kept; a damaged one is like none."""
    paths, office = Paths(root=tmp_path), _office()
    now = START

    def look(watch: OfflineWatch, here: Iterable[str], minutes: int) -> None:
        nonlocal now
        for _ in range(minutes * 2):
            now += timedelta(seconds=30)
            watch.look(office, {f"ext-e{number}" for number in here}, now)

    first = OfflineWatch(paths)
    look(first, EVERYBODY, 5)
    look(first, ("202", "203", "204"), 5)
    assert len(list(paths.notices.iterdir())) == 1
    second = OfflineWatch(paths)
    look(second, ("202", "203", "204"), 10)
    assert len(list(paths.notices.iterdir())) == 1
    look(second, EVERYBODY, 2)
    kinds = sorted(read_notice(file.read_bytes()).kind for file in paths.notices.iterdir())
    assert kinds == [NoticeKind.OFFLINE, NoticeKind.ONLINE]
    paths.presence.write_text('{"extensions": [], "all_told": 3}')
    look(OfflineWatch(paths), EVERYBODY, 5)
    assert len(list(paths.notices.iterdir())) == 2


def test_a_notice_is_read_as_it_was_written_and_nothing_else_is_a_notice() -> None:
    notice = Notice(
        kind=NoticeKind.ALL_ONLINE,
        addresses=("a@b.example",),
        language=Language.FRENCH,
        since=START,
        still_offline=("Zoë\n😀",),
    )
    assert read_notice(as_json(notice).encode()) == notice
    for data in (b"", b"[]", b"{}", b"\xff", b'{"kind": "party"}'):
        with pytest.raises(UnreadableNotice):
            read_notice(data)

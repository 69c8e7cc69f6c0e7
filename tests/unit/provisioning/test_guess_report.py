"""Who is taken for guessing, and what the file says of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.office.numbers import MacAddress
from appliance.paths import Paths
from provisioning.guess_report import ADDRESSES_REPORTED, GUESSING_FROM, Guesser, GuessReport, read_guessers

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MACS = [MacAddress(f"805ec000{number:04x}") for number in range(300)]


@pytest.mark.feature("G8")
def test_a_burst_of_guesses_is_told_of_once_a_minute_and_counted_whole(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    report = GuessReport(paths)
    told = [report.asked("192.0.2.66", mac, NOW + timedelta(seconds=0.1 * place)) for place, mac in enumerate(MACS)]
    assert told.count(True) == 1
    assert read_guessers(paths)[0].requests == GUESSING_FROM
    later = NOW + timedelta(minutes=2)
    assert report.asked("192.0.2.66", MACS[0], later)
    first = NOW + timedelta(seconds=0.1 * (GUESSING_FROM - 1))
    assert read_guessers(paths) == (Guesser(address="192.0.2.66", requests=301, first=first, last=later),)
    assert paths.guesses.stat().st_mode & 0o777 == 0o640


@pytest.mark.feature("G8")
def test_a_phone_that_asks_for_itself_for_ever_is_not_guessing(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    report = GuessReport(paths)
    assert not any(report.asked("192.0.2.67", MACS[0], NOW) for _ in range(1000))
    assert not any(report.asked(f"192.0.2.{place}", mac, NOW) for place, mac in enumerate(MACS[:250]))
    slowly = [report.asked("192.0.2.68", mac, NOW + timedelta(minutes=2 * place)) for place, mac in enumerate(MACS)]
    assert not any(slowly), "a drawer full of phones, set up one after another at one place"
    assert read_guessers(paths) == ()


@pytest.mark.feature("G8")
def test_the_file_keeps_the_last_addresses_and_a_damaged_one_says_nothing(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    report = GuessReport(paths)
    for place in range(ADDRESSES_REPORTED + 5):
        for mac in MACS[:GUESSING_FROM]:
            report.asked(f"192.0.2.{place}", mac, NOW + timedelta(seconds=place))
    kept = read_guessers(paths)
    assert len(kept) == ADDRESSES_REPORTED
    assert kept[-1].address == f"192.0.2.{ADDRESSES_REPORTED + 4}"
    for text in ("", "{}", "[1]", '[{"address": "x"}]', "\x00"):
        paths.guesses.write_text(text)
        assert read_guessers(paths) == ()

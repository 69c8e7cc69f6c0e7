"""What is kept how long, and that nothing but a plain file is ever read."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.mail.waiting import (
    LARGEST_FILE_BYTES,
    LONGEST_WAIT,
    MOST_BYTES,
    NotAFile,
    WaitingFile,
    addresses_done,
    note_done,
    read_file,
    set_aside,
    too_many,
    waiting_files,
)

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def _file(name: str, age: timedelta, size: int) -> WaitingFile:
    return WaitingFile(path=Path(name), since=NOW - age, size=size)


@pytest.mark.feature("E3")
def test_the_oldest_go_first_and_the_only_copies_last() -> None:
    third = MOST_BYTES // 3
    only = _file("only-copy", timedelta(days=9), third)
    old, middle, young = (_file(name, timedelta(days=age), third) for name, age in (("c", 8), ("b", 5), ("a", 1)))
    late = _file("late", LONGEST_WAIT + timedelta(seconds=1), 1)

    def is_only_copy(path: Path) -> bool:
        return path.name == "only-copy"

    assert too_many([young, middle, only], is_only_copy, NOW) == []
    assert too_many([young, middle, only, late], is_only_copy, NOW) == [late.path]
    assert too_many([young, old, middle, only], is_only_copy, NOW) == [old.path]
    assert too_many([only, _file("d", timedelta(0), MOST_BYTES)], is_only_copy, NOW) == [Path("d")]


def test_files_come_oldest_first_and_a_missing_folder_is_empty(tmp_path: Path) -> None:
    for name, age in (("b", 5), ("a", 9), ("c", 1)):
        (tmp_path / f"{name}.eml").write_text(name)
        moment = NOW.timestamp() - age
        os.utime(tmp_path / f"{name}.eml", (moment, moment))
    (tmp_path / "tmp.half").write_text("not yet")
    assert [file.path.stem for file in waiting_files(tmp_path, ".eml")] == ["a", "b", "c"]
    assert waiting_files(tmp_path / "none", ".eml") == []


def test_links_pipes_folders_and_giants_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "link").symlink_to("secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with (tmp_path / "giant").open("wb") as giant:
        giant.truncate(LARGEST_FILE_BYTES + 1)
    for name in ("link", "pipe", "folder", "giant"):
        with pytest.raises(NotAFile):
            read_file(tmp_path / name)


def test_a_link_in_place_of_a_note_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("whole")
    mail = tmp_path / "one.eml"
    mail.write_text("mail")
    for suffix in (".new", ".reason"):
        (tmp_path / f"one.eml{suffix}").symlink_to(victim)
    (tmp_path / "failed").mkdir()
    (tmp_path / "failed" / "one.eml.reason").symlink_to(victim)
    note_done(mail, ["a@b.example"])
    assert addresses_done(mail) == {"a@b.example"}
    set_aside(mail, "because")
    assert victim.read_text() == "whole"
    assert (tmp_path / "failed" / "one.eml.reason").read_text() == "because\n"

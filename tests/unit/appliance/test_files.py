"""Files that a power cut leaves whole: replaced whole, read with doubt."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from appliance.files import locked, make_folder, read_json, replace_file

pytestmark = pytest.mark.feature("R2", "I6")


def test_a_file_is_flushed_before_it_has_its_name_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a power cut leaves a name with nothing in it, which `kill -9` never shows."""
    done: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        done.append("folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file")
        real_sync(descriptor)

    def replace(path: Path, target: Path) -> Path:
        done.append("name")
        return real_replace(path, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    replace_file(tmp_path / "kept", b"content", 0o600)
    assert done == ["file", "name", "folder"]
    assert (tmp_path / "kept").stat().st_mode & 0o777 == 0o600


def test_a_folder_in_the_place_of_a_file_is_set_aside(tmp_path: Path) -> None:
    place = tmp_path / "kept"
    for round_ in range(2):
        place.mkdir()
        (place / "inside").write_text(str(round_))
        replace_file(place, b"content", 0o644)
        assert place.read_bytes() == b"content"
        assert (tmp_path / "kept.damaged" / "inside").read_text() == str(round_)
        place.unlink()


def test_a_file_in_the_place_of_a_folder_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file")
    make_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
    assert (tmp_path / "a.damaged").read_text() == "a file"


@pytest.mark.parametrize("content", [b"", b"\x00" * 4096, b"[]", b"{}", b"null", b'{"a": "x"}', b"[" * 100_000])
def test_what_makes_no_sense_is_no_state(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state").write_bytes(content)
    assert read_json(tmp_path / "state", lambda found: int(found["a"])) is None


def test_missing_and_folder_are_no_state(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert read_json(tmp_path / "folder", lambda found: str(found)) is None
    assert read_json(tmp_path / "missing", lambda found: str(found)) is None


def test_one_at_a_time_also_in_one_process(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def work() -> None:
        for _ in range(50):
            with locked(tmp_path / "new" / "lock"):
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 200
    assert max(most) == 1

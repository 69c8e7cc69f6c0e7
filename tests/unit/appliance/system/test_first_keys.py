"""The claim code and the session key: made once, made anew when they are not whole, never trusted as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.system.first_keys import ensure_claim_code, read_claim_code, session_key

pytestmark = pytest.mark.feature("A2", "I12")

NO_CODES = (
    *(b"", b"\n", b"ABC", b"ABC-DEF", b"abc-def-ghj", b"ABC-DEF-GH0", b"ABC-DEF-GHJ-KMN", b"\x00" * 12),
    b"\xf7\xd9\xa3\xbf" * 16,
)


@pytest.mark.parametrize("content", NO_CODES)
def test_a_code_that_is_not_of_full_strength_is_none_and_made_anew(tmp_path: Path, content: bytes) -> None:
    """An empty file, as a power cut leaves it, would else let in whoever types nothing."""
    path = tmp_path / "claim-code"
    path.write_bytes(content)
    assert read_claim_code(path) is None
    code = ensure_claim_code(path)
    assert read_claim_code(path) == code
    assert path.stat().st_mode & 0o777 == 0o600
    assert ensure_claim_code(path) == code, "it stays what the screen shows"


def test_a_folder_in_its_place_is_none_either(tmp_path: Path) -> None:
    path = tmp_path / "claim-code"
    path.mkdir()
    assert read_claim_code(path) is None
    assert ensure_claim_code(path) == read_claim_code(path)


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 31, b"x" * 33])
def test_a_session_key_of_another_length_is_made_anew(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "session-key"
    path.write_bytes(content)
    key = session_key(path)
    assert (len(key), key == content) == (32, False)
    assert session_key(path) == key


def test_a_session_key_that_cannot_be_kept_still_serves(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    assert len(session_key(Path("/proc/session-key"))) == 32

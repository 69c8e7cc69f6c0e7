"""A switch root that has recordings is given the rest of its voice, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.office.country import Language
from appliance.prompts.texts import load_texts
from image.sounds import SOUNDS, add_sounds, main


@pytest.mark.feature("H3")
@pytest.mark.usefixtures("needs_speech")
def test_a_switch_root_is_completed_once(tmp_path: Path) -> None:
    """What no package records is spoken; a text takes the place of a recording; the second time nothing is done."""
    sounds = tmp_path / SOUNDS
    for folder, name in (
        ("en_US_f_Allison", "beep.g722"),
        ("en_US_f_Allison", "vm-intro.g722"),
        ("en_US_f_Allison", "vm-intro.gsm"),
        ("en_US_f_Allison", "vm-login.g722"),
        ("fr_CA_f_June", "vm-intro.g722"),
        ("en_US_f_Allison", "belbox/of-an-older-version.wav16"),
    ):
        (sounds / folder / name).parent.mkdir(parents=True, exist_ok=True)
        (sounds / folder / name).write_bytes(b"recorded")
    (sounds / "en").symlink_to("/etc/alternatives/asterisk-prompt-en")

    assert add_sounds(tmp_path)

    assert (sounds / "en").readlink() == Path("en_US_f_Allison")
    assert (sounds / "fr/vm-intro.g722").read_bytes() == (sounds / "nl/beep.g722").read_bytes() == b"recorded"
    assert sorted(path.name for path in (sounds / "en").glob("vm-intro.*")) == ["vm-intro.g722"]
    assert [path.name for path in (sounds / "en").glob("vm-login.*")] == ["vm-login.wav16"]
    for language in Language:
        made = {
            str(path.relative_to(sounds / language).with_suffix("")) for path in (sounds / language).rglob("*.wav16")
        }
        assert made == set(load_texts(language))
    assert not add_sounds(tmp_path)


def test_a_root_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """No traceback: ./belbox goes on without the sounds."""
    for folder in ("en_US_f_Allison", "fr_CA_f_June"):
        (tmp_path / SOUNDS / folder).mkdir(parents=True)
        (tmp_path / SOUNDS / folder / "beep.g722").touch()
    (tmp_path / SOUNDS / "nl").touch()  # where a folder should be
    assert main([str(tmp_path)]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1

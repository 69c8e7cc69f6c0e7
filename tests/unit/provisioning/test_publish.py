"""What lies on the disk after publishing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance.errors import BelboxError
from appliance.office.phone import Brand
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.enrolment import load_enrolment
from provisioning.phone_profile import PhoneProfile
from provisioning.publish import publish
from tests.contract.test_phone_drivers import a_profile

PROFILES = tuple(
    replace(a_profile(driver, driver.models[0].name), token=Secret(f"{driver.brand}-0123456789abcdef"))
    for driver in ALL_DRIVERS
)


def files_below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.feature("G5", "I3")
def test_publishing_makes_the_disk_equal_to_the_office(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert set(publish(paths, PROFILES).changed) == {profile.mac for profile in PROFILES}
    before = files_below(paths.phone_files)
    assert {name.split("/")[0] for name in before} == {profile.token.reveal() for profile in PROFILES}

    assert publish(paths, PROFILES).changed == ()
    assert files_below(paths.phone_files) == before

    renamed = (replace(PROFILES[0], lines=(replace(PROFILES[0].lines[0], name="Someone else"),)), *PROFILES[1:3])
    result = publish(paths, renamed)
    assert result.changed == (PROFILES[0].mac,)
    assert result.removed_folders == 1
    assert set(load_enrolment(paths).phones) == {profile.mac for profile in renamed}
    assert {path.name for path in paths.phone_files.iterdir()} == {p.token.reveal() for p in renamed}
    modes = {path.stat().st_mode & 0o777 for path in paths.phone_files.rglob("*") if path.is_file()}
    assert modes == {0o640}


@pytest.mark.parametrize("harm", ["changed", "gone", "more", "folder gone"])
def test_what_was_altered_on_the_disk_is_put_right_though_nothing_changed(tmp_path: Path, harm: str) -> None:
    paths = Paths(tmp_path)
    publish(paths, PROFILES)
    before = files_below(paths.phone_files)
    folder = paths.phone_files / PROFILES[0].token.reveal()
    file = next(folder.iterdir())
    match harm:
        case "changed":
            file.write_bytes(b"something else")
        case "gone":
            file.unlink()
        case "more":
            (folder / "more").touch()
        case _:
            shutil.rmtree(folder)
    assert publish(paths, PROFILES).changed == (PROFILES[0].mac,)
    assert files_below(paths.phone_files) == before


def test_what_is_on_the_disk_as_it_was_made_is_not_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = Paths(tmp_path)
    publish(paths, PROFILES)
    asked: list[Brand] = []

    def files(profile: PhoneProfile) -> tuple[()]:
        asked.append(profile.brand)
        return ()

    for driver in ALL_DRIVERS:
        monkeypatch.setitem(DRIVER_OF, driver.brand, SimpleNamespace(files=files))
    publish(paths, (replace(PROFILES[0], time_zone="Europe/Paris"), *PROFILES[1:]))
    assert asked == [PROFILES[0].brand]


@pytest.mark.feature("G8")
def test_a_new_token_takes_the_old_path_away(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    publish(paths, PROFILES[:1])
    publish(paths, (replace(PROFILES[0], token=Secret("another-token-0123456789")),))
    assert [path.name for path in paths.phone_files.iterdir()] == ["another-token-0123456789"]


@pytest.mark.feature("G2")
def test_a_model_without_settings_is_reported_and_the_others_are_published(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    result = publish(paths, (replace(PROFILES[0], model="SIP-T99Z"), PROFILES[1]))
    assert result.not_supported == (PROFILES[0].mac,)
    assert set(load_enrolment(paths).phones) == {PROFILES[1].mac}


@pytest.mark.feature("G8")
@pytest.mark.parametrize("token", ["", "short", "../../../../etc/0123456789", "x/y-0123456789abcdef"])
def test_a_token_that_is_no_plain_name_is_refused(tmp_path: Path, token: str) -> None:
    with pytest.raises(BelboxError, match="secret-path-letters"):
        publish(Paths(tmp_path), (replace(PROFILES[0], token=Secret(token)),))
    assert not (tmp_path / "phone-files").exists()

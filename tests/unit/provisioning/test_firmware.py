"""The firmware library G10: what is taken in, and how new firmware goes over the phones."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.office.numbers import MacAddress
from appliance.office.phone import Brand
from appliance.paths import Paths
from provisioning.drivers.driver import UnknownModel
from provisioning.firmware_library import FirmwareRefused, add, read_catalogue, remove
from provisioning.firmware_rollout import (
    MOST_AT_ONCE,
    PATIENCE,
    Progress,
    Rollout,
    RolloutState,
    SeenPhone,
    next_step,
    plan,
    read_rollout,
    write_rollout,
)

pytestmark = pytest.mark.feature("G10")

NIGHT = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)
DAY = NIGHT.replace(hour=14)
CONTENT = b"firmware " * 1000
MD5, SHA256 = (hashlib.new(kind, CONTENT).hexdigest() for kind in ("md5", "sha256"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as it comes from the maker."""
    place = tmp_path / "T46U-108.86.0.118.rom"
    place.write_bytes(CONTENT)
    return place


@pytest.mark.parametrize("digest", [MD5, SHA256, MD5.upper()])
def test_file_with_its_makers_checksum_is_taken_in(file: Path, tmp_path: Path, digest: str) -> None:
    paths = Paths(tmp_path / "box")
    firmware = add(paths, file, brand=Brand.YEALINK, models=["T46U"], version="108.86.0.118", digest=digest)
    assert (firmware.models, firmware.sha256, firmware.size) == (("SIP-T46U",), SHA256, len(CONTENT))
    assert read_catalogue(paths) == (firmware,)
    assert (paths.firmware_files / file.name).read_bytes() == CONTENT
    remove(paths, file.name)
    assert read_catalogue(paths) == ()
    assert not (paths.firmware_files / file.name).exists()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"digest": "0" * 64}, "firmware-another-file"),
        ({"digest": "beef"}, "firmware-checksum"),
        ({"version": "96.86.0.118"}, "begin='108"),
        ({"version": "108.86; rm"}, "firmware-version value"),
        ({"models": []}, "firmware-without-model"),
    ],
)
def test_file_that_is_not_what_it_is_said_to_be_is_refused(
    file: Path, tmp_path: Path, changes: dict[str, str], says: str
) -> None:
    given = {"brand": Brand.YEALINK, "models": ["SIP-T46U"], "version": "108.86.0.118", "digest": MD5, **changes}
    with pytest.raises(FirmwareRefused, match=says):
        add(Paths(tmp_path / "box"), file, **given)  # type: ignore[arg-type]
    assert read_catalogue(Paths(tmp_path / "box")) == ()


def test_file_for_a_model_nobody_knows_or_with_a_name_no_phone_can_ask_for_is_refused(
    file: Path, tmp_path: Path
) -> None:
    paths = Paths(tmp_path / "box")
    with pytest.raises(UnknownModel):
        add(paths, file, brand=Brand.YEALINK, models=["SIP-T99Z"], version="108.1", digest=MD5)
    odd = file.rename(file.with_name("a b;.rom"))
    with pytest.raises(FirmwareRefused, match="firmware-name"):
        add(paths, odd, brand=Brand.YEALINK, models=["SIP-T46U"], version="108.86.0.118", digest=MD5)


def test_file_that_was_cut_short_later_is_not_offered(file: Path, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "box")
    add(paths, file, brand=Brand.YEALINK, models=["SIP-T46U"], version="108.86.0.118", digest=MD5)
    (paths.firmware_files / file.name).write_bytes(b"half")
    assert read_catalogue(paths) == ()


def _macs(count: int) -> list[MacAddress]:
    return [MacAddress(f"805ec0{number:06x}") for number in range(count)]


def _seen(rollout: Rollout, done: set[MacAddress]) -> dict[MacAddress, SeenPhone]:
    return {
        phone.mac: SeenPhone(firmware="2.0" if phone.mac in done else "1.0", is_registered=True)
        for phone in rollout.phones
    }


@given(st.integers(0, 260))
def test_one_phone_goes_first_then_a_tenth_then_the_rest_and_never_more_than_ten_at_once(count: int) -> None:
    rollout = plan("f.rom", "2.0", _macs(count))
    done: set[MacAddress] = set()
    order: list[list[MacAddress]] = []
    now = NIGHT
    while rollout.state is RolloutState.RUNNING:
        rollout, chosen = next_step(rollout, _seen(rollout, done), now)
        assert sum(phone.progress is Progress.TOLD for phone in rollout.phones) <= MOST_AT_ONCE
        assert len(rollout.allowed()) >= len(done)
        order.append(sorted(chosen, key=str))
        done |= chosen
        now += timedelta(seconds=1)
    assert rollout.state is RolloutState.FINISHED
    assert done == set(_macs(count))
    waves = [phone.wave for phone in rollout.phones]
    assert waves == sorted(waves)
    if count > 1:
        assert waves.count(0) == 1
        assert waves.count(1) == -(-(count - 1) // 10)
        assert len(order[0]) == 1, "the first one is waited for"


def test_phones_begin_at_night_unless_it_was_said_to_go_now() -> None:
    seen = _seen(plan("f.rom", "2.0", _macs(3)), set())
    assert next_step(plan("f.rom", "2.0", _macs(3)), seen, DAY)[1] == frozenset()
    assert len(next_step(plan("f.rom", "2.0", _macs(3)), seen, NIGHT)[1]) == 1
    assert len(next_step(plan("f.rom", "2.0", _macs(3), by_night=False), seen, DAY)[1]) == 1


def test_phone_that_does_not_come_back_stops_everything() -> None:
    """The others keep what they have; nothing begins any more, and the one that failed is named."""
    macs = _macs(30)
    rollout, chosen = next_step(plan("f.rom", "2.0", macs), _seen(plan("f.rom", "2.0", macs), set()), NIGHT)
    seen = {mac: SeenPhone(firmware="1.0", is_registered=mac not in chosen) for mac in macs}
    rollout, chosen_later = next_step(rollout, seen, NIGHT + PATIENCE - timedelta(seconds=1))
    assert (rollout.state, chosen_later) == (RolloutState.RUNNING, frozenset())
    rollout, chosen_later = next_step(rollout, seen, NIGHT + PATIENCE + timedelta(seconds=1))
    assert (rollout.state, rollout.because, chosen_later) == (RolloutState.STOPPED, str(macs[0]), frozenset())
    assert rollout.allowed() == {macs[0]}
    assert next_step(rollout, seen, NIGHT + timedelta(days=1))[1] == frozenset()


def test_nobody_is_cut_off_in_a_call_and_a_phone_that_is_away_is_waited_for() -> None:
    macs = _macs(1)
    for phone in (
        SeenPhone(firmware="1.0", is_registered=True, is_talking=True),
        SeenPhone(firmware="1.0", is_registered=False),
    ):
        rollout, chosen = next_step(plan("f.rom", "2.0", macs), {macs[0]: phone}, NIGHT)
        assert chosen == frozenset()
        assert rollout.state is RolloutState.RUNNING


def test_phone_that_has_the_version_already_is_done() -> None:
    macs = _macs(1)
    rollout, chosen = next_step(plan("f.rom", "2.0", macs), _seen(plan("f.rom", "2.0", macs), set(macs)), DAY)
    assert (rollout.state, chosen) == (RolloutState.FINISHED, frozenset())


def test_rollout_survives_a_restart(tmp_path: Path) -> None:
    paths = Paths(tmp_path)
    assert read_rollout(paths) is None
    rollout, _ = next_step(plan("f.rom", "2.0", _macs(4)), _seen(plan("f.rom", "2.0", _macs(4)), set()), NIGHT)
    rollout = replace(rollout, because="x")
    write_rollout(paths, rollout)
    assert read_rollout(paths) == rollout

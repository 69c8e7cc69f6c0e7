"""New firmware over virtual phones (G10): one first, then the rest; what phones cannot use stops with the first."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.system.furnished import phone_rows, wait_until
from tests.system.office_of_kinds import MODELS, furnish_kinds, state_of
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import chosen

pytestmark = pytest.mark.feature("G10")

THREE = ("yealink", "yealink-2", "yealink-3")
# A phone that knows the name of its own firmware asks for that.
OTHERS = {"snom": "snomD785.bin", "grandstream": "grp2614fw.bin", "panasonic": "hdv230.fw"}
NEW_VERSIONS = {"yealink": "108.86.0.90", "snom": "10.1.99.1", "grandstream": "1.0.99.1", "panasonic": "09.001"}
WAVE_SECONDS = 40.0


@pytest.fixture(scope="module")
def office(make_office: Callable[[], VirtualOffice]) -> VirtualOffice:
    """Three phones of one model, and one of each other brand."""
    office = make_office()
    names = (*THREE, *OTHERS)
    office.start(kinds=names)
    furnish_kinds(office, names, 60)
    return office


def _add(office: VirtualOffice, file_name: str, content: bytes, brand: str, version: str) -> None:
    file = office.directory.parent / file_name
    file.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    model = MODELS[brand]
    what = ("--brand", brand, "--model", model, "--version", version, "--checksum", digest)
    office.belbox("firmware", "add", str(file), *what)


def _progress(office: VirtualOffice) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(office.belbox("firmware", "--json").stdout)
    return dict(shown["rollout"])


def _firmware(office: VirtualOffice, names: tuple[str, ...]) -> list[str]:
    versions = {row["mac"]: row["firmware"] for row in phone_rows(office)}
    return [versions[phone.mac] for phone in chosen(names)]


def _boots(office: VirtualOffice, names: tuple[str, ...]) -> list[int]:
    return [state_of(office, name)["boots"] for name in names]


def test_new_firmware_goes_to_one_phone_first_and_then_to_the_rest(office: VirtualOffice) -> None:
    version = NEW_VERSIONS["yealink"]
    old = _firmware(office, THREE)[0]
    boots = _boots(office, THREE)
    _add(office, "T46U.rom", f"BELBOX TEST FIRMWARE {version}\n".encode(), "yealink", version)
    office.belbox("firmware", "start", "--now", "T46U.rom")
    seen: list[list[str]] = []

    def is_over() -> bool:
        now = _firmware(office, THREE)
        if not seen or now != seen[-1]:
            seen.append(now)
        return str(_progress(office)["state"]) == "finished"

    wait_until(is_over, 3 * WAVE_SECONDS, lambda: str((_progress(office), seen)))
    assert seen[:2] == [[old] * 3, [version, old, old]], "one phone, before any other"
    assert _firmware(office, THREE) == [version] * 3
    assert _boots(office, THREE) == [before + 1 for before in boots], "each started again once"
    assert {row["state"] for row in phone_rows(office)} == {"registered"}


@pytest.mark.parametrize("brand", OTHERS)
def test_every_brand_takes_new_firmware_from_where_its_settings_say(office: VirtualOffice, brand: str) -> None:
    name, version = OTHERS[brand], NEW_VERSIONS[brand]
    _add(office, name, f"BELBOX TEST FIRMWARE {version}\n".encode(), brand, version)
    office.belbox("firmware", "start", "--now", name)
    wait_until(lambda: _progress(office)["state"] == "finished", WAVE_SECONDS, lambda: str(state_of(office, brand)))
    assert _firmware(office, (brand,)) == [version]


def test_firmware_that_phones_cannot_use_stops_with_the_first(office: VirtualOffice) -> None:
    before = _firmware(office, THREE)
    boots = _boots(office, THREE)
    _add(office, "T46U-bad.rom", b"something else altogether, of another maker", "yealink", "108.86.0.99")
    office.belbox("firmware", "start", "--now", "T46U-bad.rom")
    first = chosen(THREE)[0].mac
    wait_until(lambda: _progress(office)["phones"][first] == "told", WAVE_SECONDS)
    wait_until(lambda: any("no firmware" in odd["reason"] for odd in state_of(office, THREE[0])["refused"]), 20)
    _let_the_patience_pass(office)
    wait_until(lambda: _progress(office)["state"] == "stopped", WAVE_SECONDS, lambda: str(_progress(office)))
    rollout = _progress(office)
    assert rollout["because"] == first
    assert sorted(rollout["phones"].values()) == ["failed", "waiting", "waiting"]
    assert (_firmware(office, THREE), _boots(office, THREE)) == (before, boots), "no phone lost what it had"
    for name in THREE[1:]:
        assert "T46U-bad.rom" not in json.dumps(state_of(office, name)["settings"]), "not even named to the others"


def _let_the_patience_pass(office: VirtualOffice) -> None:
    """The twenty-five minutes, in no time."""
    place = office.box_root / "provisioning" / "firmware-rollout.json"
    rollout = json.loads(place.read_text())
    for phone in rollout["phones"]:
        if phone["told_at"]:
            phone["told_at"] = (datetime.now(UTC) - timedelta(hours=1)).isoformat()  # noqa: TID251  (a test)
    place.write_text(json.dumps(rollout))

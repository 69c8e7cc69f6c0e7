"""Layer L3: the disk image is built and started like a new box, in QEMU."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.box_container import missing_for_containers
from tests.system.box_machine import GUEST_ADDRESS, BoxMachine, missing_for_machines
from tests.virtual_office.units import CHECKOUT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def image(switch_root: Path) -> Path:
    """The image, built as the README says."""
    if reason := missing_for_machines() or missing_for_containers():
        pytest.skip(reason)  # no QEMU, no systemd-nspawn, or no root
    out = CHECKOUT / "var" / "cache" / "image"
    command = [sys.executable, "-m", "image.build", "--out", str(out), "--switch-root", str(switch_root)]
    done = subprocess.run(command, cwd=CHECKOUT, check=True, stdout=subprocess.PIPE, text=True)
    print(f"\n{done.stdout}")
    return out / "belbox.img"


@pytest.fixture(scope="module")
def machine(image: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxMachine]:
    """The image, running from power-on."""
    with BoxMachine(image, tmp_path_factory.mktemp("machine")) as machine:
        yield machine


@pytest.mark.feature("I1", "A1")
def test_new_box_comes_up_by_itself(machine: BoxMachine, tmp_path: Path) -> None:
    """From power-on, untouched: the page answers over HTTPS, every unit is up, and the screen has the claim code."""
    started = time.monotonic()
    authority = tmp_path / "ca.pem"
    authority.write_text(machine.wait_for(lambda: machine.fetch("/ca.pem"), "the authority's certificate"))
    claim = machine.wait_for(lambda: machine.fetch("/claim", authority), "the claim page")
    page_seconds = time.monotonic() - started
    assert re.search(r"<form[^>]*>.*<input[^>]*code", claim, re.DOTALL)
    # The screen's last page is the one that holds.
    machine.wait_for(lambda: "".join(machine.serial().split("the office telephones")[1:]), "the screen's page")
    machine.wait_for(lambda: "yes" if "everything runs" in machine.serial() else "", "every unit")
    shown = machine.serial().rpartition("the office telephones")[2]
    print(f"\npower-on to claim page {page_seconds:.0f} s, to every unit up {time.monotonic() - started:.0f} s (TCG)")
    assert f"https://{GUEST_ADDRESS}/" in shown
    assert re.search(r"Claim code   [A-Z2-9]{3}-[A-Z2-9]{3}-[A-Z2-9]{3}\n", shown)
    assert "login:" not in machine.serial()


def test_power_button_turns_it_off_in_order(machine: BoxMachine) -> None:
    """Pressing the button ends it within the time a person waits, and QEMU with it."""
    seconds = machine.press_power_button()
    print(f"\npower button to off {seconds:.1f} s (TCG)")
    assert seconds < 90


def test_image_fits_its_slots(image: Path) -> None:
    """The image is what the layout says, and an update has room to grow in."""
    assert image.stat().st_size == (1 + 192 + 448 + 448 + 256 + 3) * 2**20
    listed = subprocess.run(["sfdisk", "--json", str(image)], check=True, capture_output=True, text=True).stdout
    assert re.findall(r'"name": "([a-z-]+)"', listed) == ["bios", "esp", "root-a", "root-b", "var"]
    start = int(re.findall(r'"start": (\d+)', listed)[2]) * 512
    with image.open("rb") as file:
        file.seek(start)
        superblock = file.read(96)
    assert superblock[:4] == b"hsqs"
    used = int.from_bytes(superblock[40:48], "little")
    print(f"\nroot file system {used / 2**20:.0f} MiB of 448; {os.path.basename(image)} holds {_held(image)} MiB")
    assert used < 0.7 * 448 * 2**20


def _held(image: Path) -> int:
    return image.stat().st_blocks * 512 // 2**20

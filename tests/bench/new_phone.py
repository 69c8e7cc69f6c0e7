"""P11: a new phone is plugged in: until it is in the list, and from its approval until it is registered."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.figures import SWITCH_ROOT, heading, row
from tests.system.furnished import MODELS, phone_rows
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import PHONES, VirtualPhone
from tests.virtual_office.units import CHECKOUT

FIRST_EXTENSION = 401
LIMIT_SECONDS = 120.0
LOOK_SECONDS = 0.05


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3, help="of one new phone of each brand")
    rounds = parser.parse_args().rounds
    os.environ["PYTHONPATH"] = str(CHECKOUT)  # a command in a place of the office starts in no folder of ours
    print(heading("P11, a new phone of each brand, the enrolment window closed"))
    seen: list[float] = []
    ready: list[float] = []
    with tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder:
        top = Path(folder)
        with VirtualOffice(top / "lab", top / "box", SWITCH_ROOT) as office:
            office.start()
            for phone in PHONES:
                office.ask("stop", name=phone.name)
            document = top / "office.toml"
            document.write_text(_document(rounds))
            office.belbox("office", "import", str(document))
            office.belbox("apply")
            for number in range(rounds):
                for phone in PHONES:
                    in_list, registered = _one(office, phone, _mac(phone, number), top / f"{phone.name}-{number}")
                    print(
                        f"{phone.name}: in the list after {in_list:.1f} s, registered {registered:.1f} s after approval"
                    )
                    seen.append(in_list)
                    ready.append(registered)
    print(row("plugged in until in `belbox phones --json`", seen, "s", 1.0))
    print(row("approved until registered", ready, "s", 1.0))


def _one(office: VirtualOffice, phone: VirtualPhone, mac: str, state: Path) -> tuple[float, float]:
    """A phone from its carton on the cable of the lab's one of that brand; its process starts when it is plugged in."""
    place = f"phone-{phone.name}"
    for words in (("down",), ("address", mac), ("up",)):
        office.run(place, "ip", "link", "set", "eth0", *words)
    state.mkdir()
    command = [sys.executable, "-m", "tests.virtual_office.desk_phone", "--brand", phone.brand, "--mac", mac]
    command += ["--interface", "eth0", "--state", str(state)]
    plugged_in = time.monotonic()
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(office.in_place(place, command), stdout=log, stderr=log, cwd=CHECKOUT)
    try:
        _until(lambda: any(row["mac"] == mac for row in phone_rows(office)))
        in_list = time.monotonic() - plugged_in
        _until(lambda: _state(state).get("step") == "waiting")  # it has asked, and was told nothing
        office.belbox("phones", "approve", mac)
        approved = time.monotonic()
        _until(lambda: _state(state).get("step") == "registered")
        return in_list, time.monotonic() - approved
    finally:
        process.terminate()
        process.wait()


def _mac(phone: VirtualPhone, number: int) -> str:
    return f"{phone.mac[:8]}:79:{number:02x}:{phone.mac[-2:]}"


def _document(rounds: int) -> str:
    text = '[site]\ncompany_name = "New"\ncountry = "BE"\ntime_zone = "Europe/Brussels"\nlanguage = "nl"\n'
    extension = FIRST_EXTENSION
    for number in range(rounds):
        for phone in PHONES:
            text += f'\n[[extension]]\nnumber = "{extension}"\nname = "Person {extension}"\n'
            text += f'\n[[phone]]\nmac = "{_mac(phone, number)}"\nbrand = "{phone.brand}"\n'
            text += f'model = "{MODELS[phone.brand]}"\nextension = "{extension}"\n'
            extension += 1
    return text


def _state(folder: Path) -> dict[str, Any]:
    try:
        state: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except FileNotFoundError:
        return {}
    return state


def _until(is_so: Callable[[], bool]) -> None:
    limit = time.monotonic() + LIMIT_SECONDS
    while not is_so():
        if time.monotonic() > limit:
            raise TimeoutError(f"not so after {LIMIT_SECONDS:.0f} s")
        time.sleep(LOOK_SECONDS)  # another process writes what is looked at


if __name__ == "__main__":
    main()

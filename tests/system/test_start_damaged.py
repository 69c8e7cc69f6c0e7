"""Whatever is wrong with our side at a start: 112 goes out, inside calls go on, and the box says what is wrong.

The real units of a box in a container, with two phones that were known before and a line. Before each start the box is
put back as it was, ended as by a power cut, and damaged in one place.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.system.box_container import ROUTER, BoxContainer
from tests.system.test_units_in_container import root as root
from tests.virtual_office.units import CHECKOUT

pytestmark = pytest.mark.feature("R3", "I6", "B9")

DIAL_TONE_SECONDS = 60.0
CONSOLE_SECONDS = 15.0
PRISTINE = "/var/pristine"
HOME = "/var/lib/belbox"

OFFICE = f"""
[site]
company_name = "Damaged"
country = "BE"
time_zone = "Europe/Brussels"
language = "nl"
company_number = "02 555 10 01"
[[trunk]]
id = "line1"
name = "Line"
host = "{ROUTER}"
registers = false
[[extension]]
number = "201"
name = "Jan"
[[extension]]
number = "202"
name = "Els"
"""

# Every file of ours that a start reads, and some of the folders it needs.
PLACES = (
    "network.toml",
    "office/office.sqlite",
    "office/session-key",
    "office/claim-code",
    "office/apply-journal.json",
    "office/apply.lock",
    "office/given-settings.json",
    "office/office-in-force.toml",
    "switch/current",
    "switch/current/asterisk/asterisk.conf",
    "switch/current/asterisk/pjsip.conf",
    "switch/current/asterisk/extensions.conf",
    "switch/current/asterisk/modules.conf",
    "switch/current/manifest.json",
    "switch/certificate.pem",
    "switch/authorities.pem",
    "switch-state/lib/astdb.sqlite3",
    "switch-state/hosts",
    "switch-state/resolv.conf",
    "certificates/ca.pem",
    "certificates/ca.key",
    "certificates/server.pem",
    "certificates/server.key",
    "web-server/nginx.conf",
    "web-server/phones.log",
    "provisioning/enrolment.json",
    "provisioning/sightings.sqlite",
    "phonebook/slapd.conf",
    "resolved-hosts.json",
    "role-change.json",
)
FOLDERS = (
    *("office", "switch", "switch/generations", "switch-state", "switch-state/lib", "switch-state/run"),
    *("certificates", "web-server", "provisioning", "phone-files", "run"),
)
DAMAGES = {
    "gone": 'rm -rf "$1"',
    "empty": 'rm -rf "$1"; touch "$1"',
    "garbage": 'cp -L --remove-destination "$1" "$1.x" 2>/dev/null; rm -rf "$1"; head -c 5000 /dev/urandom > "$1"',
    "cut": 'size=$(stat -Lc %s "$1" 2>/dev/null || echo 0); truncate -s $((size / 2)) "$1"',
    "folder": 'rm -rf "$1"; mkdir "$1"',
    "unreadable": 'chmod 000 "$1"',
}


@dataclass(frozen=True, slots=True)
class State:
    """One damage: what a shell does before the start, with the box's folder as $0's place."""

    name: str
    script: str
    clock: str = ""  # at which all units but systemd itself believe to start


def _states() -> list[State]:
    states = [
        State(f"{place} {name}", f'set -- "{HOME}/{place}"; {script}')
        for place in PLACES
        for name, script in DAMAGES.items()
    ]
    states += [State(f"{place}/ gone", f'rm -rf "{HOME}/{place}"') for place in FOLDERS]
    states += [State(f"{place}/ a file", f'rm -rf "{HOME}/{place}"; touch "{HOME}/{place}"') for place in FOLDERS]
    states += [
        State("nothing wrong", "true"),
        State("disk full", f"{_MOVE_TO_MEMORY}; head -c 200M /dev/zero > {HOME}/filler; true"),
        State("disk read-only", f"mount --bind {HOME} {HOME}; mount -o remount,bind,ro {HOME}"),
        State("no generation", f"rm -rf {HOME}/switch/generations/* {HOME}/switch-copy {HOME}/switch/current"),
        State("no generation, no database", f"rm -rf {HOME}/switch/generations {HOME}/office {HOME}/switch/current"),
        State("database, copies and network gone", f"rm -rf {HOME}/office {HOME}/switch-copy {HOME}/network.toml*"),
        State(
            "an apply that was cut",
            f"cd {HOME}; cp -a switch/generations/000002 switch/generations/000003; rm switch/current;"
            " ln -s generations/000003 switch/current; echo damaged > switch/current/asterisk/extensions.conf;"
            ' echo \'{"earlier": 2, "later": 3}\' > office/apply-journal.json',
        ),
        *(State(f"clock {clock[:4]}", "true", clock) for clock in ("1970-01-02 00:00:00", "2050-06-01 12:00:00")),
    ]
    return states


_MOVE_TO_MEMORY = (
    f"cp -a {HOME} /var/full; mount -t tmpfs -o size=60m full {HOME}; cp -a /var/full/. {HOME}/; rm -rf /var/full"
)
STATES = {state.name: state for state in _states()}
# A few of each kind for every day; all of them behind --all.
EVERY_DAY = (
    *("office/office.sqlite garbage", "switch/current/asterisk/asterisk.conf empty", "disk full", "disk read-only"),
    *("clock 1970", "no generation, no database"),
)


class Outside:
    """The two phones and the telephone company, as a process in the router's place."""

    def __init__(self, box: BoxContainer, accounts: list[str]) -> None:
        command = box.in_router([sys.executable, "-m", "tests.system.outside_phones", box.address(), ROUTER, *accounts])
        self._process = subprocess.Popen(
            command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._read()

    def ask(self, verb: str, number: str, seconds: float = DIAL_TONE_SECONDS) -> dict[str, Any]:
        """Let the phones do something, and return what came of it."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{verb} {number} {seconds}\n")
        return self._read()

    def close(self) -> None:
        """Unplug them."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        read: dict[str, Any] = json.loads(self._process.stdout.readline())
        return read


@pytest.fixture(scope="module")
def box(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BoxContainer]:
    """A box with an office in force, whose state is kept aside."""
    with BoxContainer(root, tmp_path_factory.mktemp("damaged")) as container:
        container.start_router_dhcp()
        container.start()
        assert container.system_state() == "running", container.failed_units()
        container.run("sh", "-c", f"cat > /var/office.toml <<'END'\n{OFFICE}\nEND")
        container.run("belbox", "office", "import", "/var/office.toml")
        container.run("belbox", "apply")
        yield container


@pytest.fixture(scope="module")
def outside(box: BoxContainer) -> Iterator[Outside]:
    """The phones of the office, registered, and its line."""
    written = box.run("cat", f"{HOME}/switch/current/asterisk/pjsip.conf").stdout
    accounts: list[str] = []
    for user in ("ext-e201", "ext-e202"):
        found = re.search(rf"username = {user}\npassword = (\S+)", written)
        assert found, written
        accounts += [user, found.group(1)]
    outside = Outside(box, accounts)
    try:
        assert outside.ask("dial", "112")["ok"]
        assert outside.ask("inside", "202")["ok"]
        box.run("systemctl", "stop", *_our_units(box))
        box.run("sh", "-c", f"rm -rf {PRISTINE}; cp -a {HOME} {PRISTINE}")
        yield outside
    finally:
        outside.close()


def _our_units(box: BoxContainer) -> list[str]:
    listed = box.run("systemctl", "list-unit-files", "belbox-*.service", "--no-legend", "--plain").stdout
    return [name for name in re.findall(r"^(belbox-\S+)", listed, re.MULTILINE) if "@" not in name]


@pytest.mark.parametrize(
    "name", [name if name in EVERY_DAY else pytest.param(name, marks=pytest.mark.slow) for name in STATES]
)
def test_112_goes_out_after_a_start_in_any_state(
    box: BoxContainer, outside: Outside, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    state = STATES[name]
    units = _our_units(box)
    box.run("systemctl", "kill", "--signal=KILL", "--kill-whom=all", *units, check=False)
    box.run("systemctl", "stop", *units)
    box.run("sh", "-c", f"grep -o ' {HOME}[^ ]*' /proc/mounts | tac | while read -r place; do umount $place; done")
    box.run("sh", "-c", f"rm -rf {HOME}; cp -a {PRISTINE} {HOME}")
    box.run("systemctl", "reset-failed", check=False)
    box.run("sh", "-c", state.script, check=False)
    _set_clock(box, units, state.clock)
    box.run("systemctl", "start", "--no-block", *units)
    emergency = outside.ask("dial", "112")
    assert emergency["ok"], _said(box)
    inside = outside.ask("inside", "202", 15.0)
    assert inside["ok"], _said(box)
    late = time.monotonic() + CONSOLE_SECONDS
    console = box.wait_for(lambda: _console(box, time.monotonic() > late), "the console, or a word of what keeps it")
    if state.clock:
        box.wait_for(lambda: _seen_in(box, state.clock[:4]), "a look of the monitor at that moment")
    with capsys.disabled():
        print(f"\n    {name:<50} 112 after {emergency['seconds']:5.2f} s; {console}", end="")


def _set_clock(box: BoxContainer, units: list[str], clock: str) -> None:
    """Let every unit start at another moment, by a library that stands before the C library's clock."""
    box.run("sh", "-c", "rm -rf /run/systemd/system/belbox-*.service.d")
    if clock:
        library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
        shutil.copytree(library.parent, box.var / "clock", dirs_exist_ok=True)
        for unit in units:
            # Inside the switch's own root the library is bound to a folder that is there and empty.
            place, bind = ("/mnt", "BindReadOnlyPaths=/var/clock:/mnt") if "switch" in unit else ("/var/clock", "")
            lines = ["[Service]", f'Environment="LD_PRELOAD={place}/{library.name}" "FAKETIME=@{clock}"']
            lines += ['Environment="FAKETIME_DONT_FAKE_MONOTONIC=1" "DONT_FAKE_MONOTONIC=1"', bind, ""]
            text = "\n".join(lines)
            folder = f"/run/systemd/system/{unit}.d"
            box.run("sh", "-c", f"mkdir -p {folder} && cat > {folder}/clock.conf <<'END'\n{text}\nEND")
    box.run("systemctl", "daemon-reload")


def _seen_in(box: BoxContainer, year: str) -> str:
    state = box.run("cat", f"{HOME}/run/live-state.json", check=False).stdout
    return year if f'"seen_at": "{year}-' in state else ""


def _said(box: BoxContainer) -> str:
    return "\n".join(box.journal(unit)[-2500:] for unit in ("belbox-recover", "belbox-switch"))


def _console(box: BoxContainer, is_late: bool) -> str:
    """Return that the console answers; once it is late, what the status says of why it does not."""
    page = box.run_outside(
        "curl", "--silent", "--insecure", "--max-time", "2", "--output", "/dev/null", "--write-out", "%{http_code}",
        f"https://{box.address()}/", check=False,
    )  # fmt: skip
    if page.stdout in {"200", "302", "303"}:
        return "console answers"
    if not is_late:
        return ""
    status = json.loads(box.run("belbox", "status", "--json", check=False).stdout or '{"parts": []}')
    said = [part for part in status["parts"] if part["name"] in {"web", "nginx", "database", "start"}]
    failed = [f"{part['name']}: {part['what']}" for part in said if part["state"] != "ok"]
    settled = box.run("systemctl", "is-active", "belbox-recover", check=False).stdout.strip() in {"active", "failed"}
    return f"status says {failed}" if failed and settled else ""

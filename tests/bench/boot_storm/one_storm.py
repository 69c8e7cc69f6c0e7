"""One boot storm on a fresh box of the lab, or on plain servers in its place."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.paths import Paths
from provisioning.certificate_authority import certificate_files
from provisioning.enrolment import open_window
from tests.bench.boot_storm import place
from tests.bench.boot_storm.office import POOL, storm_document
from tests.virtual_office.lab import VirtualOffice
from tests.virtual_office.network import BOX_ADDRESS, LAN_PREFIX_LENGTH, ROUTER_ADDRESS

READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How large a storm is; of `phones`, `old` hold an old token and `restless` reboot for ever."""

    phones: int = 251
    lamps: int = 20
    old: int = 10
    restless: int = 1
    seconds: float = 120.0
    lost_percent: int = 0
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the storm's process saw, the processor seconds of each process of the box, and lamps it still tells.

    A switch gives a subscription up when a NOTIFY is not answered in time, and the phone does not know.
    """

    storm: Mapping[str, Any]
    files: Path
    processor: Mapping[str, float]
    subscriptions: int

    @property
    def settled(self) -> list[Mapping[str, Any]]:
        """The phones that do not reboot for ever."""
        return [phone for phone in self.storm["phones"] if not phone["restless"]]

    def seconds(self, phase: str) -> list[float]:
        """From the storm's start, for each phone that got there."""
        return [phone["reached"][phase] for phone in self.settled if phase in phone["reached"]]

    def own_seconds(self, phase: str) -> list[float]:
        """From each phone's own start."""
        there = [phone["reached"] for phone in self.settled if phase in phone["reached"]]
        return [reached[phase] - reached["start"] for reached in there]


def start_box(office: VirtualOffice, size: Size) -> None:
    """Start a box without phones, with this office applied and the enrolment window open."""
    office.start(phones=False)
    lan = ("--interface", "eth0", "--address", f"{BOX_ADDRESS}/{LAN_PREFIX_LENGTH}", "--router", ROUTER_ADDRESS)
    office.belbox("first-boot", *lan, "--dhcp-role", "server", "--pool", POOL)
    office.ask("stop", name="dnsmasq")
    office.ask("start", name="dnsmasq")
    document = office.directory.parent / "office.toml"
    document.write_text(storm_document(size.phones, size.lamps))
    office.belbox("office", "import", str(document))
    office.belbox("apply")
    now = datetime.now(UTC)  # noqa: TID251  (an entrance)
    open_window(Paths(root=office.box_root), now + timedelta(minutes=10))


def run_storm(office: VirtualOffice, size: Size, authority: Path, *, keep_files: bool = False) -> Told:
    """Plug the phones in and wait for the end; `authority` is the certificate that old phones know."""
    _wait_ready(office)
    place.build(office, size.lost_percent)
    out = office.directory.parent
    command = [sys.executable, "-m", "tests.bench.boot_storm.storm", "--out", str(out)]
    for name in ("phones", "lamps", "old", "restless", "seconds", "seed"):
        command += [f"--{name}", str(getattr(size, name))]
    command += ["--authority", str(authority)]
    command += ["--keep-files"] if keep_files else []
    before = _processor_seconds(office)
    office.run(place.PLACE, *command, seconds=size.seconds + 60)
    after = _processor_seconds(office)
    used = {name: round(seconds - before.get(name, 0.0), 1) for name, seconds in after.items()}
    listed = re.search(r"(\d+) active subscriptions", office.switch_console("pjsip show subscriptions inbound"))
    alive = int(listed[1]) if listed else 0
    storm = json.loads((out / "storm.json").read_text())
    return Told(
        storm=storm,
        files=out / "files",
        processor={name: used[name] for name in used if used[name] > 0},
        subscriptions=alive,
    )


def authority_of(office: VirtualOffice) -> Path:
    """Return the certificate of a box's authority."""
    return certificate_files(Paths(root=office.box_root)).authority


def _wait_ready(office: VirtualOffice) -> None:
    """Wait until all that phones ask is there: DHCP, TFTP, SIP, HTTP, HTTPS."""
    wanted = {("udp", 67), ("udp", 69), ("udp", 5060), ("tcp", 80), ("tcp", 443)}
    limit = time.monotonic() + READY_SECONDS
    while True:
        listed = office.run("box", "ss", "-Hlntu").stdout.splitlines()
        there = {(line.split()[0], int(line.split()[4].rpartition(":")[2])) for line in listed}
        if wanted <= there:
            return
        if time.monotonic() > limit:
            raise TimeoutError(f"not there: {wanted - there}")
        time.sleep(0.1)  # no event tells that another process listens


_PROCESSOR = """
import os
from pathlib import Path
for place in Path("/proc").glob("[0-9]*"):
    try:
        words = (place / "cmdline").read_bytes().split(b"\\0")
        fields = (place / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        continue
    line = b" ".join(words).decode(errors="replace")
    named = [name for name in ("serve-provisioning", "serve-web", "monitor", "nginx", "dnsmasq", "slapd")
             if name in line and "nsenter" not in line]
    if words[0].endswith(b"asterisk") and b"/provider/" not in b" ".join(words):
        named = ["asterisk"]
    if named:
        print(named[0], sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK"))
"""


def _processor_seconds(office: VirtualOffice) -> dict[str, float]:
    found: dict[str, float] = {}
    for line in office.run("box", sys.executable, "-c", _PROCESSOR).stdout.splitlines():
        name, seconds = line.split()
        found[name] = found.get(name, 0.0) + float(seconds)
    return found

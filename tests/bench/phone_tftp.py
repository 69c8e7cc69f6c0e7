"""P3: our TFTP server against dnsmasq's, same files, same clients, in turns."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from appliance.paths import Paths
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.serve import make_parts
from tests.bench.figures import heading, ratio, row

CLIENTS, LARGE_BYTES = 100, 2 * 1024 * 1024
SMALL_FILES, SMALL_BYTES = 500, 1500
ROUNDS = 5
BLOCK_SIZES = (512, 1428)
WAIT_SECONDS = 5.0
PARTS = ("tftp", "requests", "inventory")


@dataclass(frozen=True, slots=True)
class Side:
    """One server; both have the port 69, which dnsmasq cannot change, so each has an address."""

    name: str
    address: str


OURS, DNSMASQ = Side("Belbox", "127.0.0.2"), Side("dnsmasq", "127.0.0.1")
SIDES = (OURS, DNSMASQ)


def main() -> None:
    """Print the figures."""
    if "--inside" not in sys.argv:  # port 69 and loopback of one's own
        command = [sys.executable, "-m", "tests.bench.phone_tftp", "--inside"]
        sys.exit(subprocess.run(["unshare", "--map-root-user", "--net", *command], check=False).returncode)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    print(heading(f"P3, {CLIENTS} phones reading {LARGE_BYTES >> 20} MB at once; {SMALL_FILES} small files in a row"))
    with tempfile.TemporaryDirectory(prefix="belbox-bench-") as folder:
        paths = Paths(Path(folder))
        paths.firmware_files.mkdir(parents=True)
        large = os.urandom(LARGE_BYTES)
        (paths.firmware_files / "large.rom").write_bytes(large)
        (paths.firmware_files / "small.cfg").write_bytes(os.urandom(SMALL_BYTES))
        with _dnsmasq(paths.firmware_files), _belbox(paths):
            _small()
            for block_bytes in BLOCK_SIZES:
                _large(large, block_bytes)


def _small() -> None:
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        for side in SIDES:
            seconds[side.name] += [_fetch_small(side) for _ in range(SMALL_FILES)]
    for name, values in seconds.items():
        print(row(f"small file, {name}", values))
    print(ratio("files a second, ours by dnsmasq's", seconds[DNSMASQ.name], seconds[OURS.name]))


def _fetch_small(side: Side) -> float:
    began = time.perf_counter()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(WAIT_SECONDS)
        phone.sendto(b"\0\1small.cfg\0octet\0", (side.address, 69))
        received = 0
        while True:
            packet, transfer = phone.recvfrom(600)
            phone.sendto(b"\0\4" + packet[2:4], transfer)
            received += len(packet) - 4
            if len(packet) < 516:
                break
    assert received == SMALL_BYTES
    return time.perf_counter() - began


def _large(expected: bytes, block_bytes: int) -> None:
    seconds: dict[str, list[float]] = defaultdict(list)
    failed: dict[str, int] = defaultdict(int)
    for _ in range(ROUNDS):
        for side in SIDES:
            began = time.perf_counter()
            with ThreadPoolExecutor(CLIENTS) as phones:
                got = list(phones.map(lambda _, side=side: _curl(side, block_bytes), range(CLIENTS)))
            seconds[side.name].append(time.perf_counter() - began)
            failed[side.name] += sum(content != expected for content in got)
    for name, values in seconds.items():
        print(row(f"{CLIENTS} at once, blocks of {block_bytes}, {name}", values, "s", 1.0), f" failed {failed[name]}")
    print(ratio(f"speed, blocks of {block_bytes}, ours by dnsmasq's", seconds[DNSMASQ.name], seconds[OURS.name]))


def _curl(side: Side, block_bytes: int) -> bytes:
    """curl gives up when the server is silent (its own time-out); what it got until then is not the file."""
    url = f"tftp://{side.address}/large.rom"
    command = ["curl", "-sS", "-m", "120", "--tftp-blksize", str(block_bytes), url]
    return subprocess.run(command, check=False, capture_output=True).stdout


@contextmanager
def _dnsmasq(folder: Path) -> Iterator[None]:
    options = ["--conf-file=/dev/null", "--pid-file", "--port=0", "--user=root", "--quiet-tftp", "--bind-interfaces"]
    files = ["--enable-tftp", f"--tftp-root={folder}", "--tftp-max=400", f"--listen-address={DNSMASQ.address}"]
    server = subprocess.Popen(["dnsmasq", "--no-daemon", *options, *files], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        server.terminate()
        server.wait()


@contextmanager
def _belbox(paths: Paths) -> Iterator[None]:
    """The parts of the phone-facing process that take part, in a process of their own."""
    server = subprocess.Popen(
        [sys.executable, "-c", "from tests.bench.phone_tftp import serve; serve()", str(paths.root)],
        stdout=subprocess.PIPE,
    )
    assert server.stdout is not None
    try:
        for _ in PARTS:
            server.stdout.readline()
        yield
    finally:
        server.kill()
        server.wait()


def serve() -> None:
    """Run our side until killed; a line for each part that runs."""
    facts = NetworkFacts(
        interface="lo",
        address=OURS.address,
        prefix_length=32,
        router=OURS.address,
        dns=OURS.address,
        dhcp_role=DhcpRole.NEIGHBOUR,
    )
    for part in make_parts(Paths(Path(sys.argv[1])), facts, threading.Event()):
        if part.name in PARTS:
            threading.Thread(target=part.run, args=(lambda: print("runs", flush=True),)).start()


if __name__ == "__main__":
    main()

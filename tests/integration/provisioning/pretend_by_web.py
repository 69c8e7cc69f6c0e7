"""A device on the box's cable that asks the web server for the first files of phones it invents, by plain HTTP.

`python -m tests.integration.provisioning.pretend_by_web BOX ADDRESSES` runs in the device's network namespace: MAC
addresses come as lines on standard input, and a line goes out for each that was answered.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

from appliance.paths import Paths
from provisioning.certificate_authority import ensure_certificates
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server

ONE_ADDRESS = ("10.66.0.66",)
MANY_ADDRESSES = tuple(f"10.66.0.{last}" for last in range(100, 120))
ASKS_OF_A_CONNECTION = 50
START_SECONDS = 10.0
_USER_AGENT = f"Yealink SIP-T46U {'9' * 700} 80:5e:c0:00:00:00"


@contextmanager
def web_server(paths: Paths, address: str) -> Iterator[None]:
    """The box's nginx, before whatever answers below /boot/."""
    ensure_certificates(paths, address, datetime.now(tz=UTC))  # noqa: TID251
    configuration = prepare_web_server(WebServer(paths=paths, address=address, worker_user=default_worker_user()))
    nginx = subprocess.Popen(["nginx", "-c", str(configuration), "-p", str(paths.web_server)])
    try:
        for _ in _until():
            if (paths.web_server / "nginx.pid").exists() and (paths.run / "provisioning.sock").exists():
                break
        yield
    finally:
        nginx.terminate()
        nginx.wait()


@contextmanager
def device(interface: str, mac: str, addresses: Sequence[str]) -> Iterator[int]:
    """Put a device with a MAC address of its own behind an interface; yield the process that holds its namespace."""
    holder = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    own = Path("/proc/self/ns/net").readlink()
    try:
        for _ in _until():
            if Path(f"/proc/{holder.pid}/ns/net").readlink() != own:
                break
        link = f"link add link {interface} name host0 netns {holder.pid} address {mac} type macvlan mode private"
        subprocess.run(["ip", *link.split()], check=True)
        for command in ("link set host0 up", *(f"address add {address}/24 dev host0" for address in addresses)):
            subprocess.run([*_inside(holder.pid), "ip", *command.split()], check=True)
        yield holder.pid
    finally:
        holder.kill()
        holder.wait()


def asking(holder: int, box: str, addresses: Sequence[str], macs: Iterable[str]) -> Iterator[None]:
    """Let the device ask for the first file of each phone; a turn for each that was answered."""
    command = [*_inside(holder), sys.executable, "-m", __name__, box, ",".join(addresses)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as asker:
        assert asker.stdin is not None
        assert asker.stdout is not None
        asker.stdin.write("\n".join(macs))
        asker.stdin.close()
        for _ in asker.stdout:
            yield
    assert asker.returncode == 0


def _inside(holder: int) -> list[str]:
    return ["nsenter", "--target", str(holder), "--net", "--"]


def _until() -> Iterator[None]:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.05)  # no event tells of another process's namespace or file; between two looks


def main(box: str, addresses: Sequence[str]) -> None:
    """Ask for each, from one address after another."""
    macs = sys.stdin.read().split()
    for start in range(0, len(macs), ASKS_OF_A_CONNECTION):
        own = addresses[start // ASKS_OF_A_CONNECTION % len(addresses)]
        connection = HTTPConnection(box, timeout=20, source_address=(own, 0))
        for mac in macs[start : start + ASKS_OF_A_CONNECTION]:
            connection.request("GET", f"/boot/{mac.replace(':', '')}.cfg", headers={"User-Agent": _USER_AGENT})
            assert connection.getresponse().read()
            print(mac)
        connection.close()
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2].split(","))

"""Runs inside a network namespace of its own: a box on a LAN, and on its other end somebody who guesses.

Takes a folder, the guesses for each brand and the timed pairs; prints JSON. test_guessing.py holds the claims.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from appliance.office.numbers import MacAddress
from appliance.office.secret import Secret
from appliance.paths import Paths
from provisioning.certificate_authority import ensure_certificates
from provisioning.drivers import ALL_DRIVERS, DRIVER_OF
from provisioning.enrolment import open_window
from provisioning.guess_report import read_guessers
from provisioning.network_facts import DhcpRole, NetworkFacts
from provisioning.phone_profile import BoxAddress, PhoneProfile
from provisioning.publish import publish
from provisioning.serve import make_parts
from provisioning.servers.https import WebServer, default_worker_user, prepare_web_server
from tests.contract.test_phone_drivers import a_profile

BOX = "10.66.0.1"
KNOWN_OF_A_BRAND = 10
PARTS = ("tftp", "enrolment", "requests")
START_SECONDS = 10.0
FACTS = NetworkFacts(
    interface="box0",
    address=BOX,
    prefix_length=16,
    router="10.66.0.254",
    dns="10.66.0.254",
    dhcp_role=DhcpRole.NEIGHBOUR,
)


def main(root: Path, guesses: int, pairs: int) -> dict[str, object]:
    paths = Paths(root)
    profiles = tuple(_profiles())
    publish(paths, profiles)
    known = [_name(profile) for profile in profiles]
    names = _names(profiles, guesses)
    secrets = sorted({profile.token.reveal() for profile in profiles} | {"sip-secret-1", "admin-secret-2"})
    with _lan() as outside, _box(paths):
        closed = _send(outside, do="guess", box=BOX, names=names, secrets=secrets, first=0)
        first = _addresses_of(len(names))
        unknown = [_name(replace(profile, mac=_next(profile.mac, 100_000))) for profile in profiles]
        times = _send(outside, do="measure", box=BOX, known=known, unknown=unknown, pairs=pairs, first=first)
        open_window(paths, datetime.now(tz=UTC) + timedelta(hours=1))  # noqa: TID251
        opened = _send(outside, do="guess", box=BOX, names=names, secrets=secrets, first=first + pairs // 10)
        report = [asdict(guesser) for guesser in read_guessers(paths)]
    return {"closed": closed, "open": opened, "times": times, "report": report, "asked": len(names)}


def _profiles() -> Iterator[PhoneProfile]:
    for driver in ALL_DRIVERS:
        profile = a_profile(driver, driver.models[0].name)
        for place in range(KNOWN_OF_A_BRAND):
            token = Secret(f"canary-{driver.brand.value}-{place:02}-0123456789abcdef")
            yield replace(profile, mac=_next(profile.mac, 37 * place), token=token, box=BoxAddress(ip=BOX))


def _names(profiles: tuple[PhoneProfile, ...], guesses: int) -> list[str]:
    """The known phones' names among those of their neighbours, in no order."""
    names = []
    for profile in profiles[::KNOWN_OF_A_BRAND]:
        names += [_name(replace(profile, mac=_next(profile.mac, step))) for step in range(max(guesses, 400))]
    known = {_name(profile) for profile in profiles}
    others = [name for name in names if name not in known]
    chosen = random.Random(7)
    mixed = [*known, *chosen.sample(others, len(ALL_DRIVERS) * guesses - len(known))]
    chosen.shuffle(mixed)
    return mixed


def _name(profile: PhoneProfile) -> str:
    driver = DRIVER_OF[profile.brand]
    return driver.enrolment_file(profile.box, profile.mac, profile.model, profile.settings_url).name


def _next(mac: MacAddress, step: int) -> MacAddress:
    return MacAddress(f"{int(mac.digits, 16) + step:012x}")


def _addresses_of(names: int) -> int:
    return 1 + 3 * (names // 25 + 1)


@contextmanager
def _lan() -> Iterator[int]:
    """Lay the cable; yield the process in whose namespace its other end is."""
    other_end = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
    own = Path("/proc/self/ns/net").readlink()
    try:
        for _ in _until():
            if Path(f"/proc/{other_end.pid}/ns/net").readlink() != own:
                break
        for command in (
            "link set lo up",
            f"link add box0 type veth peer name phone0 netns {other_end.pid}",
            f"address add {BOX}/16 dev box0",
            "link set box0 up",
        ):
            subprocess.run(["ip", *command.split()], check=True)
        for command in ("link set lo up", "address add 10.66.0.2/16 dev phone0", "link set phone0 up"):
            subprocess.run([*_in(other_end.pid), "ip", *command.split()], check=True)
        yield other_end.pid
    finally:
        other_end.kill()
        other_end.wait()


def _in(pid: int) -> list[str]:
    return ["nsenter", "--target", str(pid), "--net", "--"]


@contextmanager
def _box(paths: Paths) -> Iterator[None]:
    ensure_certificates(paths, BOX, datetime.now(tz=UTC))  # noqa: TID251
    web = WebServer(paths=paths, address=BOX, worker_user=default_worker_user())
    configuration = prepare_web_server(web)
    stop = threading.Event()
    threads = []
    for part in make_parts(paths, FACTS, stop):
        if part.name in PARTS:
            runs = threading.Event()
            threads.append(threading.Thread(target=part.run, args=(runs.set,)))
            threads[-1].start()
            assert runs.wait(START_SECONDS), part.name
    nginx = subprocess.Popen(["nginx", "-c", str(configuration), "-p", str(paths.web_server)])
    try:
        for _ in _until():
            if Path(f"{paths.web_server}/nginx.pid").exists():
                break
        yield
    finally:
        stop.set()
        nginx.terminate()
        nginx.wait()
        for thread in threads:
            thread.join()


def _send(outside: int, **order: object) -> Any:
    command = [*_in(outside), sys.executable, "-m", "tests.integration.provisioning.guesser"]
    return json.loads(
        subprocess.run(command, input=json.dumps(order), text=True, check=True, capture_output=True).stdout
    )


def _until() -> Iterator[None]:
    """Turns of waiting for something to come true, until it should long have."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        yield
        time.sleep(0.05)  # no event tells of another process's namespace or file; between two looks


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), default=str))

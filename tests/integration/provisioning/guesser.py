"""Somebody on the LAN who asks for one phone after another, by every way in; prints what came back as JSON.

Runs in a network namespace of its own, with as many addresses as it likes.
"""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from http.client import HTTPConnection, HTTPSConnection

ASKS_OF_AN_ADDRESS = 25  # fewer than are slowed
TRIES = 3
# The kernel has room for 1,024 neighbours, of all namespaces together, and keeps those of the last five seconds.
NEW_ADDRESSES_A_SECOND = 60
CONTEXT = ssl.create_default_context()
CONTEXT.check_hostname = False
CONTEXT.verify_mode = ssl.CERT_NONE


class Addresses:
    """Addresses of one's own choice, each taken before it is used, and no more than the kernel can remember."""

    def __init__(self, box: str, first: int) -> None:
        self._beginning = ".".join(box.split(".")[:2])
        self._next = first
        self._free_at = time.monotonic()

    def take(self) -> str:
        time.sleep(max(0.0, self._free_at - time.monotonic()))  # the kernel tells nobody that it has room again
        self._free_at = time.monotonic() + 1 / NEW_ADDRESSES_A_SECOND
        self._next += 1
        address = f"{self._beginning}.{1 + self._next // 250}.{1 + self._next % 250}"
        subprocess.run(["ip", "address", "add", f"{address}/16", "dev", "phone0"], check=True)
        return address


def by_tftp(box: str, names: Sequence[str], addresses: Addresses) -> Iterator[tuple[str, bytes]]:
    """One request a name; an answer that is no error is read to its first block, and so are the secrets in it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind((addresses.take(), 0))
        phone.settimeout(2)
        for name in names:
            for _ in range(TRIES):
                phone.sendto(b"\x00\x01" + name.encode() + b"\x00octet\x00", (box, 69))
                try:
                    answer = phone.recv(2048)
                except TimeoutError:
                    continue
                yield f"operation {answer[1]}", answer
                break
            else:
                yield "nothing", b""


def by_web(box: str, scheme: str, paths: Sequence[str], addresses: Addresses) -> Iterator[tuple[str, bytes]]:
    """GET each path; a new address and connection after every few."""
    for start in range(0, len(paths), ASKS_OF_AN_ADDRESS):
        with_address = (addresses.take(), 0)
        connection = (
            HTTPSConnection(box, timeout=20, context=CONTEXT, source_address=with_address)
            if scheme == "https"
            else HTTPConnection(box, timeout=20, source_address=with_address)
        )
        for path in paths[start : start + ASKS_OF_AN_ADDRESS]:
            connection.request("GET", path)
            response = connection.getresponse()
            headers = "".join(f"{name}: {value}\n" for name, value in response.getheaders())
            yield str(response.status), headers.encode() + response.read()
        connection.close()


def guess(box: str, names: Sequence[str], secrets: Sequence[str], first: int) -> dict[str, object]:
    """Ask for every name by every way; return how often what came back, and how many secrets were in it."""
    addresses = Addresses(box, first)
    answers: dict[str, Counter[str]] = {}
    leaked = 0
    shapes: dict[str, set[str]] = {}
    for way, found in {
        "tftp": by_tftp(box, names, addresses),
        "http boot": by_web(box, "http", [f"/boot/{name}" for name in names], addresses),
        "http enrol": by_web(box, "http", [f"/enrol/{name}" for name in names], addresses),
        "https enrol": by_web(box, "https", [f"/enrol/{name}" for name in names], addresses),
    }.items():
        answers[way], shapes[way] = Counter(), set()
        for kind, content in found:
            answers[way][kind] += 1
            leaked += sum(content.count(secret.encode()) for secret in secrets)
            if way == "https enrol":
                lines = [line for line in content.decode().splitlines() if not line.startswith("Date:")]
                shapes[way].add("\n".join(lines))
    return {"answers": answers, "leaked": leaked, "shapes": len(shapes["https enrol"])}


def measure(box: str, known: Sequence[str], unknown: Sequence[str], pairs: int, first: int) -> dict[str, list[float]]:
    """Time as many answers for known as for unknown names, in turns, who comes first changing too."""
    addresses = Addresses(box, first)
    seconds: dict[str, list[float]] = {"known": [], "unknown": []}
    done = 0
    while done < pairs:
        connection = HTTPSConnection(box, timeout=20, context=CONTEXT, source_address=(addresses.take(), 0))
        connection.request("GET", "/enrol/warm-up")
        connection.getresponse().read()
        for _ in range(ASKS_OF_AN_ADDRESS // 2):
            kinds = {"known": known, "unknown": unknown}
            for kind in sorted(kinds, reverse=bool(done % 2)):
                path = f"/enrol/{kinds[kind][done // 2 % len(kinds[kind])]}"
                began = time.perf_counter()
                connection.request("GET", path)
                response = connection.getresponse()
                response.read()
                seconds[kind].append(time.perf_counter() - began)
                assert response.status == 404
            done += 1
        connection.close()
    return seconds


def main() -> None:
    """Read what to do as JSON, do it, print what was found."""
    order = json.load(sys.stdin)
    is_guessing = order.pop("do") == "guess"
    print(json.dumps(guess(**order) if is_guessing else measure(**order)))


if __name__ == "__main__":
    main()

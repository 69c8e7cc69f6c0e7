"""What the switch writes down while somebody tries to get in without end: no disk is filled, and he is named."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from appliance.monitor.switch_logs import KEPT_BYTES, LONGEST_LOG_BYTES, LOUD_FROM, SwitchLogs
from appliance.operations.loud_senders import read_loud_senders
from tests.switch.offices import small_office
from tests.switch_bench.bench import SwitchBench

STRANGER = "127.0.0.66"
LOOK_SECONDS = 2.0  # as the monitor
AT_ONCE = 50  # requests before an answer is waited for: no datagram is lost
# Two logs, each with its end kept, and what comes between two looks.
MOST_BYTES = 2 * (LONGEST_LOG_BYTES + KEPT_BYTES) + 16_000_000
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def bench(needs_namespaces: None, switch_root: Path, tmp_path: Path) -> Iterator[SwitchBench]:
    with SwitchBench(small_office(), tmp_path, switch_root=switch_root) as bench:
        yield bench


def request(method: str, number: int, switch: str, port: int) -> bytes:
    return (
        f"{method} sip:{switch} SIP/2.0\r\nVia: SIP/2.0/UDP {STRANGER}:{port};branch=z9hG4bK{number};rport\r\n"
        f"From: <sip:{number}@{switch}>;tag=1\r\nTo: <sip:{number}@{switch}>\r\nCall-ID: {number}\r\n"
        f"CSeq: 1 {method}\r\nContact: <sip:x@{STRANGER}:{port}>\r\nContent-Length: 0\r\n\r\n"
    ).encode()


@pytest.mark.feature("I5")
@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_requests_without_a_right_fill_no_disk_and_their_sender_is_named(
    bench: SwitchBench, tmp_path: Path, count: int
) -> None:
    folder, report = tmp_path / "switch-state" / "log", tmp_path / "loud.json"
    logs, over, sizes = SwitchLogs(folder, report), threading.Event(), [0]

    def run_once() -> None:
        while not over.wait(LOOK_SECONDS):
            sizes.append(sum(path.stat().st_size for path in folder.iterdir()))
            logs.look(NOW)

    monitor = threading.Thread(target=run_once)
    monitor.start()
    answered = 0
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind((STRANGER, 0))
            stranger.settimeout(0.5)
            port = stranger.getsockname()[1]
            for number in range(count):
                method = ("REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE")[number % 4]
                stranger.sendto(request(method, number, bench.place.switch, port), (bench.place.switch, 5060))
                if number % AT_ONCE == AT_ONCE - 1:
                    try:
                        while answered < number * 9 // 10:
                            stranger.recv(4096)
                            answered += 1
                    except TimeoutError:
                        pass
    finally:
        over.set()
        monitor.join()
    logs.look(NOW)
    written = sum(path.stat().st_size for path in folder.iterdir())
    print(f"{count} requests, {answered} answers read; at most {max(sizes)} bytes of logs, {written} at the end")
    assert answered > count // 2
    assert max(*sizes, written) < MOST_BYTES
    (loud,) = read_loud_senders(report)
    assert loud.address == STRANGER
    assert loud.requests >= LOUD_FROM


def test_a_log_that_is_too_long_keeps_its_end(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    path.write_bytes(b"old\n" * LONGEST_LOG_BYTES + b"the last line\n")
    with path.open("ab") as switch:  # as Asterisk writes
        SwitchLogs(tmp_path, tmp_path / "loud.json").look(NOW)
        switch.write(b"a new line\n")
    assert path.read_bytes() == b"a new line\n"
    kept = (tmp_path / "messages.1").read_bytes()
    assert kept.endswith(b"the last line\n")
    assert len(kept) == KEPT_BYTES
    SwitchLogs(tmp_path / "nowhere", tmp_path / "loud.json").look(NOW)


def test_a_phone_that_is_challenged_as_all_are_is_not_loud(tmp_path: Path) -> None:
    line = b'SecurityEvent="ChallengeSent",RemoteAddress="IPV4/UDP/192.0.2.31/5060"\n'
    (tmp_path / "security").write_bytes(line * LOUD_FROM * 2)
    SwitchLogs(tmp_path, tmp_path / "loud.json").look(NOW)
    assert read_loud_senders(tmp_path / "loud.json") == ()

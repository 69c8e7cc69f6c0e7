"""Packets and requests that make no sense, or mean harm: nothing foreign comes back, and honest phones are served."""

from __future__ import annotations

import random
import socket
import ssl
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from provisioning.drivers import ALL_DRIVERS
from tests.integration.provisioning.conftest import Servers
from tests.integration.provisioning.test_hand_out import enrolment_name

HONEST_SECONDS = 1.0
HONEST_EVERY = 200
OUTSIDE = b"CANARY-OUTSIDE"
# Yealink's token is not among them: requests hold it, and a redirect repeats what was asked.
TOKENS = tuple(f"{driver.brand}-0123456789abcdefABCDEF".encode() for driver in ALL_DRIVERS[1:])
FOREIGN = (OUTSIDE, b"sip-secret-1", b"admin-secret-2", b"root:x:0:0", b"PRIVATE KEY", *TOKENS)
EXTENTS = (
    pytest.param(1500, id="1500"),
    pytest.param(12_000, id="12000", marks=pytest.mark.slow),
)
ANSWERS = {100, 301, 302, 400, 403, 404, 405, 408, 411, 412, 413, 414, 416, 417, 421, 429, 494, 501, 502, 505}
STEPS_UP = (
    "../",
    "..\\",
    "%2e%2e/",
    "%2e%2e%2f",
    "..%5c",
    "%252e%252e%252f",
    "..%c0%af",
    "....//",
    "%uff0e%uff0e/",
    "./.././",
)
METHODS = (
    *(
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "DELETE",
        "OPTIONS",
        "TRACE",
        "CONNECT",
        "PATCH",
        "PROPFIND",
        "MKCOL",
        "MOVE",
        "COPY",
    ),
    *("get", "G\x00T", "A" * 300, "", "DEBUG", "\xff\xfe"),
)


def targets(servers: Servers) -> tuple[str, ...]:
    """Files that lie on the disk and are nobody's business."""
    root = servers.paths.root
    token = servers.profiles[0].token.reveal()
    return (
        "etc/passwd",
        f"{root}/canary"[1:],
        f"{root}/certificates/ca.key"[1:],
        f"{root}/provisioning/enrolment.json"[1:],
        "canary",
        "certificates/ca.key",
        f"phone-files/{token}/{enrolment_name(servers.profiles[0])}",
        "provisioning/enrolment.json",
    )


def names(servers: Servers, chance: random.Random) -> Iterator[str]:
    """Names without end: paths up and down in all spellings, long ones, odd characters, guesses."""
    while True:
        target = chance.choice(targets(servers))
        up = chance.choice(STEPS_UP) * chance.randint(1, 12)
        yield chance.choice(
            (
                up + target,
                "/" + target,
                "//" + target,
                f"file:///{target}",
                f"{target}%00.cfg",
                f"y000000000108.cfg\x00{target}",
                f"y000000000108.cfg/{up}{target}",
                f"firmware/{up}{target}",
                quote(up + target, safe=""),
                quote(quote(up + target, safe=""), safe=""),
                "A" * chance.choice((127, 128, 129, 255, 256, 4095, 8000)),
                "/" * chance.randint(1, 500) + target,
                "".join(chr(chance.randrange(1, 0x2FF)) for _ in range(chance.randint(1, 60))),
                f"\\\\127.0.0.1\\{target}",
                "%" * chance.randint(1, 9),
                f"{target}::$DATA",
                f"${{{target}}}",
                f"$(cat /{target})",
                "{{7*7}}",
                f"805ec0{chance.randrange(1 << 24):06x}.cfg",
                ".",
                "..",
                "~/.ssh/id_rsa",
            )
        )


def packets(servers: Servers, chance: random.Random) -> Iterator[bytes]:
    """TFTP without end."""
    options = (b"blksize", b"tsize", b"timeout", b"windowsize", b"grandstream_ID", b"\xff\xfe", b"", b"x" * 400)
    values = (b"0", b"1", b"8", b"512", b"65464", b"99999999999999999999", b"-1", b"abc", b"", b"\xff", b"9" * 600)
    for name in names(servers, chance):
        asked = name.encode("utf-8", "replace")
        mode = chance.choice((b"octet", b"OCTET", b"netascii", b"mail", b"", b"x" * 700, b"\xff"))
        listed = [chance.choice(kinds) for _ in range(chance.randint(0, 6)) for kinds in (options, values)]
        whole = struct.pack("!H", chance.choice((1, 1, 1, 1, 2))) + b"\0".join([asked, mode, *listed, b""])
        yield chance.choice(
            (
                whole,
                whole,
                whole[: chance.randint(0, len(whole))],
                whole.rstrip(b"\0"),
                whole + b"\0" * chance.randint(1, 600),
                struct.pack("!HH", chance.randrange(0, 9), chance.randrange(1 << 16)) + chance.randbytes(20),
                struct.pack("!H", chance.randrange(1 << 16)) + asked,
                chance.randbytes(chance.randint(0, 1400)),
                b"\0\1y000000000108.cfg\0octet\0" + chance.randbytes(chance.randint(0, 60)),
            )
        )


def requests(servers: Servers, chance: random.Random) -> Iterator[bytes]:
    """HTTP without end: each a whole request, or what somebody takes for one."""
    token = servers.profiles[0].token.reveal()
    places = ("/boot/", "/enrol/", "/firmware/", "/p/", f"/p/{token}/", f"/p/{token[:-1]}/", "/", "", f"/p/{token}/x/")
    headers = (
        "Range: bytes=0-18446744073709551615",
        "Range: bytes=-9223372036854775808," + ",".join(f"{n}-" for n in range(50)),
        "Content-Length: -1",
        "Content-Length: 99999999999999",
        "Transfer-Encoding: chunked\r\nContent-Length: 4",
        "X-Real-IP: 127.0.0.1\r\nX-Forwarded-For: 127.0.0.1\r\nX-Phone-Certificate: -----BEGIN",
        "X-Accel-Redirect: /etc/passwd",
        "X-Original-URL: /health\r\nX-Rewrite-URL: /health",
        "Host: " + "a" * 5000,
        "Cookie: " + "a=b;" * 3000,
        "User-Agent: Yealink SIP-T46S 66.84.0.15 80:5e:c0:aa:bb:cc\x00\xff",
        "Expect: 100-continue",
        ": nothing",
        "no colon",
        " folded",
        "Connection: close\r\nConnection: X-Real-IP",
    )
    for name in names(servers, chance):
        method = chance.choice(("GET", "GET", "GET", chance.choice(METHODS)))
        version = chance.choice(("HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/0.9", "HTTP/9.9", "", "XTTP/1.1"))
        is_plain = chance.random() < 0.7
        path = quote(name, safe="/%:~.\\$(){}*") if is_plain else name
        lines = [f"{method} {chance.choice(places)}{path} {version}", "Host: box", "Connection: close"]
        lines += [chance.choice(headers) for _ in range(chance.choice((0, 0, 1, 2)))]
        whole = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        yield chance.choice((whole, whole, whole, whole, whole[: chance.randint(1, len(whole))], chance.randbytes(200)))


@pytest.fixture
def servers_with_canaries(servers: Servers) -> Servers:
    (servers.paths.root / "canary").write_bytes(OUTSIDE)
    (servers.paths.phone_files / "canary").write_bytes(OUTSIDE)
    (servers.paths.firmware_files / ".canary").write_bytes(OUTSIDE)
    (servers.paths.firmware_files / "T46U.rom").write_bytes(b"firmware" * 1000)
    return servers


@pytest.mark.feature("G4", "G8")
@pytest.mark.parametrize("extent", EXTENTS)
def test_tftp_gives_nothing_foreign_and_goes_on(servers_with_canaries: Servers, extent: int) -> None:
    servers = servers_with_canaries
    box = ("127.0.0.1", servers.tftp_port)
    starts = {
        file.content[:512]
        for driver in ALL_DRIVERS
        for model in driver.models
        for file in driver.first_files(servers.profiles[0].box, model.name)
    } | {(b"firmware" * 1000)[:512]}
    odd = packets(servers, random.Random(extent))
    answered = 0
    for place in range(extent):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
            phone.bind(("127.0.0.1", 0))
            phone.sendto(next(odd), box)
            phone.settimeout(0.02 if place % 20 == 0 else 0.002)
            try:
                answer = phone.recv(70000)
            except TimeoutError:
                continue
        answered += 1
        assert answer[:2] in (b"\0\3", b"\0\5", b"\0\6")
        assert not any(secret in answer for secret in FOREIGN)
        if answer[1] == 3:
            assert any(answer[4:] in (start, as_netascii(start)[:512]) for start in starts)
        if place % HONEST_EVERY == 0:
            _honest_by_tftp(servers)
    _honest_by_tftp(servers)
    assert answered > extent // 10


@pytest.mark.feature("G4", "G8")
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("extent", EXTENTS)
def test_the_web_server_gives_nothing_foreign_and_goes_on(
    servers_with_canaries: Servers, scheme: str, extent: int
) -> None:
    servers = servers_with_canaries
    before = _workers(servers)
    odd = requests(servers, random.Random(extent))
    for place in range(extent // 2):
        asked = next(odd)
        answer = _answer(servers, scheme, asked)
        assert not any(secret in answer for secret in FOREIGN), asked
        if answer.startswith(b"HTTP/"):
            status = int(answer.split(maxsplit=2)[1])
            is_public = status in {200, 206} and (b"\r\n\r\nfirmware" in answer or b"enrol" in answer)
            assert status in ANSWERS or is_public or asked.startswith((b"OPTIONS", b"HEAD")), (asked, answer[:300])
        if place % HONEST_EVERY == 0:
            _honest_by_web(servers)
    _honest_by_web(servers)
    assert _workers(servers) == before, "no process of nginx fell"


def as_netascii(text: bytes) -> bytes:
    """RFC 764, page 11."""
    return text.replace(b"\r", b"\r\0").replace(b"\n", b"\r\n")


def _answer(servers: Servers, scheme: str, asked: bytes) -> bytes:
    connection = _connected(servers, scheme)
    with connection:
        connection.settimeout(5)
        try:
            connection.sendall(asked)
            _end_of_request(connection)
            answer = b""
            while piece := connection.recv(65536):
                answer += piece
        except OSError:
            return b""  # nginx hung up on it
    return answer


def _connected(servers: Servers, scheme: str) -> socket.socket:
    plain = socket.create_connection(("127.0.0.1", servers.http_port if scheme == "http" else servers.https_port))
    if scheme == "http":
        return plain
    context = ssl.create_default_context(cafile=str(servers.paths.certificates / "ca.pem"))
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def _end_of_request(connection: socket.socket) -> None:
    """Nothing more follows; half a request is then answered, or hung up on, at once."""
    if isinstance(connection, ssl.SSLSocket):
        connection.settimeout(0.1)  # TLS has no half-closed connections: what is not answered by then never will be
    else:
        connection.shutdown(socket.SHUT_WR)


def _honest_by_tftp(servers: Servers) -> None:
    began = time.monotonic()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(HONEST_SECONDS)
        phone.sendto(b"\0\1y000000000108.cfg\0octet\0", ("127.0.0.1", servers.tftp_port))
        answer, transfer = phone.recvfrom(2048)
        phone.sendto(b"\0\4\0\1", transfer)
    assert answer[:4] == b"\0\3\0\1"
    assert time.monotonic() - began < HONEST_SECONDS


def _honest_by_web(servers: Servers) -> None:
    profile = servers.profiles[0]
    for path, expected in (
        ("/boot/y000000000108.cfg", b"enrol"),
        (f"/p/{profile.token.reveal()}/{enrolment_name(profile)}", b"sip-secret-1"),
    ):
        began = time.monotonic()
        answer = _answer(servers, "https", f"GET {path} HTTP/1.0\r\nHost: box\r\n\r\n".encode())
        assert b" 200 " in answer[:20]
        assert expected in answer
        assert time.monotonic() - began < HONEST_SECONDS


def _workers(servers: Servers) -> str:
    nginx = (servers.paths.web_server / "nginx.pid").read_text().strip()
    return Path(f"/proc/{nginx}/task/{nginx}/children").read_text()

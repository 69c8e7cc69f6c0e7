"""Runs inside a network namespace of its own: a switch, one address with thousands of connections, and phones by TLS.

Takes a folder, the switch's root and the number of connections; prints JSON. test_crowded_switch.py holds the claims.
"""

from __future__ import annotations

import hashlib
import json
import re
import resource
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

from appliance.office.extension import Extension
from tests.certificates import Authority
from tests.switch.offices import small_office
from tests.switch_bench.bench import SwitchBench
from tests.virtual_office.units import CHECKOUT

RULES = CHECKOUT / "image" / "rootfs" / "usr" / "lib" / "belbox" / "doors.nft"
STRANGER, PHONE = "127.0.0.66", "127.0.0.20"
SIPS_PORT = 5061
SECONDS = 5.0
PHONES = 10


def main(folder: Path, switch_root: Path, count: int, *, with_rules: bool) -> dict[str, object]:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    if with_rules:
        # Loopback is the only cable here: for the rules it is any other.
        rules = RULES.read_text().replace('iifname "lo" accept', "")
        subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)
    authority = Authority("A box of the tests")
    with SwitchBench(small_office(), folder, switch_root=switch_root, certify=authority.certify) as bench:
        context = ssl.create_default_context(cadata=authority.pem)
        context.check_hostname = False
        idle = []
        for number in range(count):
            one = socket.socket()
            one.setblocking(False)
            one.bind((STRANGER, 0))
            one.connect_ex((bench.place.switch, SIPS_PORT))
            idle.append(one)
            if number % 5 == 0:
                time.sleep(0.01)  # as fast as the switch takes them: its list of those who wait has five places
        time.sleep(1)  # the switch takes the last of them from that list, and says so to nobody
        people = bench.office.extensions
        answers, times = [], []
        for number in range(PHONES):
            began = time.monotonic()
            answers.append(register(bench.place.switch, people[number % len(people)], context))
            times.append(time.monotonic() - began)
        for one in idle:
            one.close()
    return {"answers": answers, "slowest": max(times)}


def register(switch: str, extension: Extension, context: ssl.SSLContext) -> str:
    """Register by TLS with the password; return the last first line, or what went wrong."""
    user, password = extension.sip_user, extension.sip_password.reveal()
    try:
        plain = socket.create_connection((switch, SIPS_PORT), timeout=SECONDS, source_address=(PHONE, 0))
        with context.wrap_socket(plain) as phone:
            port = phone.getsockname()[1]
            head = ask(phone, switch, user, port, 1, "")
            found = dict(re.findall(r'(realm|nonce|opaque)="([^"]*)"', head))
            first = md5(f"{user}:{found['realm']}:{password}")
            uri = f"sip:{switch}"
            answer = md5(f"{first}:{found['nonce']}:00000001:c:auth:{md5(f'REGISTER:{uri}')}")
            digest = (
                f'Authorization: Digest username="{user}",realm="{found["realm"]}",nonce="{found["nonce"]}",'
                f'uri="{uri}",response="{answer}",algorithm=MD5,qop=auth,cnonce="c",nc=00000001,'
                f'opaque="{found.get("opaque", "")}"\r\n'
            )
            return ask(phone, switch, user, port, 2, digest).split("\r\n")[0]
    except (OSError, KeyError) as fault:
        return repr(fault)


def ask(phone: ssl.SSLSocket, switch: str, user: str, port: int, number: int, digest: str) -> str:
    phone.sendall(
        (
            f"REGISTER sip:{switch} SIP/2.0\r\nVia: SIP/2.0/TLS {PHONE}:{port};branch=z9hG4bK{port}{number};rport\r\n"
            f"From: <sip:{user}@{switch}>;tag=1\r\nTo: <sip:{user}@{switch}>\r\nCall-ID: {port}\r\n"
            f"CSeq: {number} REGISTER\r\nContact: <sip:{user}@{PHONE}:{port};transport=tls>;expires=60\r\n"
            f"{digest}Content-Length: 0\r\n\r\n"
        ).encode()
    )
    received = b""
    while True:
        head, end, rest = received.partition(b"\r\n\r\n")
        if end and head.startswith(b"SIP/2.0"):
            return head.decode()
        if end:  # the switch asks whether a phone that has just registered is there
            received = rest
            continue
        more = phone.recv(4096)
        if not more:
            raise ConnectionResetError("the switch closed the connection")
        received += more


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), with_rules=sys.argv[4] == "rules")))

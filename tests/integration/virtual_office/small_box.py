"""What a desk phone needs from a box, by hand and no more: PnP, REGISTER, check-sync, HTTPS. One process, a namespace.

Every SIP request is written to stdout as one JSON line; `check-sync ADDRESS EVENT` on stdin sends a NOTIFY.
"""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import struct
import sys
import threading
from functools import partial

from tests.virtual_office.sip_message import SipMessage, read_message, response_to


def main(address: str, pnp_url: str, folder: str, certificate: str) -> None:
    """Serve until stdin is closed."""
    sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sip.bind((address, 5060))
    group = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    group.bind(("224.0.1.75", 5060))
    membership = struct.pack("4s4s", socket.inet_aton("224.0.1.75"), socket.inet_aton(address))
    group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
    for listening in (sip, group):
        threading.Thread(target=_serve_sip, args=(listening, sip, pnp_url), daemon=True).start()
    quiet = partial(_Files, directory=folder)
    server = http.server.ThreadingHTTPServer((address, 443), quiet)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps({"ready": True}), flush=True)
    for number, line in enumerate(sys.stdin):
        _, phone, event = line.split()
        sip.sendto(_notify(address, phone, number, f"Event: {event}"), (phone, 5060))


class _Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the phone notes its own requests."""


def _serve_sip(listening: socket.socket, sip: socket.socket, pnp_url: str) -> None:
    while True:
        datagram, sender = listening.recvfrom(65_535)
        message = read_message(datagram.decode())
        method = message.first_line.split(" ")[0]
        print(json.dumps({"method": method, "head": datagram.decode()}), flush=True)
        if method == "REGISTER":
            accepted = response_to(message, "200 OK", tag="box")
            contact = f"Contact: {message.get('contact')};expires=120\r\nContent-Length"
            sip.sendto(accepted.replace(b"Content-Length", contact.encode()), sender)
        elif method == "SUBSCRIBE" and pnp_url:
            sip.sendto(response_to(message, "200 OK", tag="box"), sender)
            sip.sendto(_pnp_notify(message, sip.getsockname()[0], pnp_url), sender)


def _pnp_notify(subscribe: SipMessage, address: str, url: str) -> bytes:
    lines = (
        f"NOTIFY {subscribe.get('contact').strip('<>')} SIP/2.0",
        f"Via: SIP/2.0/UDP {address}:5060;branch=z9hG4bKpnp;rport",
        f"From: {subscribe.get('to')};tag=box",
        f"To: {subscribe.get('from')}",
        f"Call-ID: {subscribe.get('call-id')}",
        "CSeq: 3 NOTIFY",
        "Event: ua-profile",
        "Subscription-State: terminated;reason=timeout",
        "Content-Type: application/url",
        f"Content-Length: {len(url)}",
        "",
        url,
    )
    return "\r\n".join(lines).encode()


def _notify(address: str, phone: str, number: int, event: str) -> bytes:
    lines = (
        f"NOTIFY sip:{phone} SIP/2.0",
        f"Via: SIP/2.0/UDP {address}:5060;branch=z9hG4bKsync{number};rport",
        f"From: <sip:box@{address}>;tag={number}",
        f"To: <sip:phone@{phone}>",
        f"Call-ID: sync-{number}",
        "CSeq: 1 NOTIFY",
        event,
        "Subscription-State: terminated",
        "Content-Length: 0",
        "",
        "",
    )
    return "\r\n".join(lines).encode()


if __name__ == "__main__":
    main(*sys.argv[1:])

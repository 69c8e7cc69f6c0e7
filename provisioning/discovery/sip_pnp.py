"""SIP PnP: a phone asks the multicast group where its settings are, and is told the secret-free first place."""

from __future__ import annotations

import logging
import re
import secrets
import socket
import struct
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from appliance.office.numbers import MacAddress
from appliance.office.problems import InvalidValueError
from provisioning.discovery.inventory import SightingNoted
from provisioning.drivers import DRIVER_OF, recognise
from provisioning.drivers.recognition import Evidence
from provisioning.enrolment import Enrolment
from provisioning.phone_identity import PhoneState, SeenBy, sighting_from
from provisioning.phone_profile import BoxAddress
from provisioning.servers.access import may_be_led_to_first_place

LOG = logging.getLogger(__name__)
GROUP = "224.0.1.75"  # IANA: sip.mcast.net
SIP_PORT = 5060
LARGEST_DATAGRAM_BYTES = 65535
REMEMBERED_REQUESTS = 256
# The kernel learns a phone's MAC address from the answer to its ARP request, which any datagram to it sets off.
DISCARD_PORT = 9  # RFC 863
NEIGHBOUR_SECONDS, NEIGHBOUR_LOOK_SECONDS = 1.0, 0.02
MOST_WAITING = 256

_MAC = re.compile(r"MAC(?:%3a|:)?([0-9a-f]{12})", re.IGNORECASE)
_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "o": "event", "l": "content-length"}
_PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"([^"]*)"|([^;\s]*))')


@dataclass(frozen=True, slots=True, kw_only=True)
class PnpRequest:
    """A SUBSCRIBE for a device's profile. Texts are as they came, without line ends."""

    mac: MacAddress
    evidence: Evidence
    vias: tuple[str, ...]
    from_header: str
    to_header: str
    call_id: str
    cseq: str
    event: str
    contact_uri: str


def parse_request(datagram: bytes) -> PnpRequest | None:
    """Read a datagram; None when it is no complete PnP request."""
    head = datagram.split(b"\r\n\r\n", 1)[0].decode("utf-8", "replace")
    first, *lines = head.split("\r\n")
    if not re.fullmatch(r"SUBSCRIBE \S+ SIP/2\.0", first):
        return None
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            name = name.strip().lower()
            headers.setdefault(_COMPACT.get(name, name), []).append(value.strip())
    wanted = ("via", "from", "to", "call-id", "cseq", "event")
    if any(name not in headers for name in wanted) or any("\n" in value for value in head.split("\r\n")):
        return None
    event = headers["event"][0]
    if event.split(";")[0].strip().lower() != "ua-profile":
        return None
    found = _MAC.search(first) or _MAC.search(headers["from"][0])
    try:
        mac = MacAddress.parse(found[1]) if found else None
    except InvalidValueError:
        mac = None
    if mac is None:
        return None
    said = {match[1].lower(): match[2] or match[3] or "" for match in _PARAMETER.finditer(event)}
    contact = re.search(r"<([^>]+)>", headers.get("contact", [""])[0])
    return PnpRequest(
        mac=mac,
        evidence=Evidence(
            mac=mac,
            pnp_vendor=said.get("vendor") or said.get("vender", ""),  # Panasonic spells it so
            pnp_model=said.get("model", ""),
            pnp_version=said.get("version", ""),
            user_agent=headers.get("user-agent", [""])[0],
        ),
        vias=tuple(headers["via"]),
        from_header=headers["from"][0],
        to_header=headers["to"][0],
        call_id=headers["call-id"][0],
        cseq=headers["cseq"][0],
        event=event,
        contact_uri=contact[1] if contact else "",
    )


def ok_response(request: PnpRequest, tag: str, contact: str) -> bytes:
    """Return 200 OK to the request (RFC 3261 section 8.2.6)."""
    lines = [
        "SIP/2.0 200 OK",
        *(f"Via: {via}" for via in request.vias),
        f"From: {request.from_header}",
        f"To: {request.to_header};tag={tag}",
        f"Call-ID: {request.call_id}",
        f"CSeq: {request.cseq}",
        f"Contact: <{contact}>",
        "Expires: 0",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def notify_request(request: PnpRequest, tag: str, target: str, our_address: tuple[str, int], url: str) -> bytes:
    """Return the NOTIFY whose body is the URL (RFC 6665 section 4.2.2)."""
    host, port = our_address
    body = url.encode()
    lines = [
        f"NOTIFY {target} SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{secrets.token_hex(8)};rport",
        "Max-Forwards: 20",
        f"From: {request.to_header};tag={tag}",
        f"To: {request.from_header}",
        f"Call-ID: {request.call_id}",
        "CSeq: 1 NOTIFY",
        f"Contact: <sip:{host}:{port}>",
        f"Event: {request.event}",
        "Subscription-State: terminated;reason=timeout",
        "Content-Type: application/url",
        f"Content-Length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def answer_requests(
    box: BoxAddress,
    load: Callable[[], Enrolment],
    mac_at: Callable[[str], MacAddress | None],
    noted: SightingNoted,
    pretends: Callable[[str, MacAddress], None],
    clock: Callable[[], datetime],
    stop: threading.Event,
    started: Callable[[], None],
    port: int = SIP_PORT,
) -> None:
    """Answer until `stop`. Raises OSError when the group cannot be joined.

    Only the phone itself is answered: whose address it is, the kernel says (ARP), which is made to ask first. So nobody
    learns by the answers which other phones the box knows; `pretends` is told the address and the phone it named.

    The group's own address is bound, so that the switch may have the box's address at the same port. The 200 goes
    out from the port the phone sent to; the NOTIFY from one of our own, where its answer does not meet the switch.
    """
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as group,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as notifier,
    ):
        group.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        group.bind((GROUP, port))
        membership = struct.pack("4s4s", socket.inet_aton(GROUP), socket.inet_aton(box.ip))
        group.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, membership)
        notifier.bind((box.ip, 0))
        answered: OrderedDict[str, str] = OrderedDict()
        waiting: deque[tuple[float, PnpRequest, tuple[str, int]]] = deque(maxlen=MOST_WAITING)

        def answer(request: PnpRequest, sender: tuple[str, int]) -> None:
            recognition, now = recognise(request.evidence), clock()
            if recognition is None:
                return
            sighting = sighting_from(
                request.evidence, SeenBy.SIP_PNP, now, address=sender[0], state=PhoneState.ASKED, is_confirmed=True
            )
            if sighting is not None:
                noted(sighting)
            if not may_be_led_to_first_place(load(), request.mac, now):
                return
            is_repeated = request.call_id in answered
            tag = answered.setdefault(request.call_id, secrets.token_hex(6))
            if len(answered) > REMEMBERED_REQUESTS:
                answered.popitem(last=False)
            our_address = notifier.getsockname()
            driver = DRIVER_OF[recognition.brand]
            try:
                group.sendto(ok_response(request, tag, f"sip:{our_address[0]}:{our_address[1]}"), sender)
                if not is_repeated:
                    target = request.contact_uri or f"sip:{sender[0]}:{sender[1]}"
                    url = driver.pnp_url(box, request.mac, recognition.model)
                    notifier.sendto(notify_request(request, tag, target, our_address, url), sender)
                    LOG.info("SIP PnP: %s at %s is led to %s", request.mac, sender[0], url)
            except OSError as fault:
                LOG.info("SIP PnP: cannot answer %s: %s", sender[0], fault)

        started()
        next_look = 0.0
        while not stop.is_set():
            group.settimeout(NEIGHBOUR_LOOK_SECONDS if waiting else 0.2)
            with suppress(TimeoutError):
                datagram, sender = group.recvfrom(LARGEST_DATAGRAM_BYTES)
                request = parse_request(datagram)
                if request is not None:
                    if mac_at(sender[0]) is None:
                        with suppress(OSError):
                            notifier.sendto(b"", (sender[0], DISCARD_PORT))
                    waiting.append((time.monotonic() + NEIGHBOUR_SECONDS, request, sender))
            if time.monotonic() < next_look:
                continue
            next_look = time.monotonic() + NEIGHBOUR_LOOK_SECONDS
            for _ in range(len(waiting)):
                until, request, sender = waiting.popleft()
                found = mac_at(sender[0])
                if found == request.mac:
                    answer(request, sender)
                elif found is not None:
                    pretends(sender[0], request.mac)
                elif found is None and time.monotonic() < until:
                    waiting.append((until, request, sender))

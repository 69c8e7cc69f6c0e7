"""Writing SIP: requests, responses, session descriptions and digest answers. Reading is the virtual office's."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from tests.virtual_office.sip_message import SipMessage

Header = tuple[str, str]

REASONS = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 302: "Moved Temporarily",
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    408: "Request Timeout", 410: "Gone", 480: "Temporarily Unavailable", 481: "Call Does Not Exist",
    483: "Too Many Hops", 484: "Address Incomplete", 486: "Busy Here", 487: "Request Terminated",
    488: "Not Acceptable Here",
    500: "Server Internal Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Server Time-out",
    600: "Busy Everywhere", 603: "Decline", 604: "Does Not Exist Anywhere",
}  # fmt: skip

CODECS = {"0": "PCMU", "3": "GSM", "8": "PCMA", "9": "G722"}  # RFC 3551 section 6: payload types that need no rtpmap
DIGITS_PAYLOAD = 101
OPUS_PAYLOAD = 107  # Asterisk's own choice for it


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a session description says of sound: where to send it, as what, and in which direction it goes."""

    address: str
    port: int
    codecs: tuple[str, ...]
    payloads: tuple[int, ...]
    digits_payload: int | None
    direction: str


def write_request(method: str, uri: str, headers: Iterable[Header], body: str = "") -> bytes:
    """Return a request."""
    return _write(f"{method} {uri} SIP/2.0", headers, body)


def write_response(request: SipMessage, code: int, tag: str, headers: Iterable[Header] = (), body: str = "") -> bytes:
    """Return a response to a request (RFC 3261 section 8.2.6); `tag` is ours."""
    to = request.get("to")
    own = [("Via", via) for via in request.all("via")]
    own += [("From", request.get("from")), ("To", to if "tag=" in to or code == 100 else f"{to};tag={tag}")]
    own += [("Call-ID", request.get("call-id")), ("CSeq", request.get("cseq"))]
    return _write(f"SIP/2.0 {code} {REASONS.get(code, 'Other')}", [*own, *headers], body)


def _write(first_line: str, headers: Iterable[Header], body: str) -> bytes:
    content = body.encode()
    headers = tuple(headers)
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    if content and not any(name == "Content-Type" for name, _ in headers):
        lines.append("Content-Type: application/sdp")
    if any("\r" in line or "\n" in line for line in lines):
        raise ValueError("a line break in a SIP header")
    return ("\r\n".join([*lines, f"Content-Length: {len(content)}"]) + "\r\n\r\n").encode() + content


def status_of(response: SipMessage) -> int:
    """Return the code of a response."""
    return int(response.first_line.split()[1])


def method_of(request: SipMessage) -> str:
    """Return the method of a request."""
    return request.first_line.split(" ", 1)[0]


def uri_of(request: SipMessage) -> str:
    """Return the address a request is for."""
    return request.first_line.split(" ")[1]


def tag_of(value: str) -> str:
    """Return the tag of a From or To value, empty without one."""
    found = re.search(r";tag=([^;>\s]+)", value)
    return found.group(1) if found else ""


def branch_of(message: SipMessage) -> str:
    """Return the branch of the topmost Via."""
    found = re.search(r";branch=([^;,\s]+)", message.get("via"))
    return found.group(1) if found else ""


def contact_of(message: SipMessage) -> tuple[str, tuple[str, int]]:
    """Return the address in Contact, and the host and port it leads to."""
    found = re.search(r"<?(sip:(?:[^@>;]*@)?([0-9.]+)(?::(\d+))?[^>]*)>?", message.get("contact"))
    if found is None:
        raise ValueError(f"no Contact by address in {message.first_line!r}")
    return found.group(1), (found.group(2), int(found.group(3) or 5060))


def new_id(bits: int = 64) -> str:
    """Return a token for a tag, a branch or a Call-ID."""
    return secrets.token_hex(bits // 8)


def describe_session(address: str, port: int, payloads: Iterable[int], direction: str = "sendrecv") -> str:
    """Return a session description (RFC 4566) for one sound stream."""
    names = {int(payload): f"{name}/8000" for payload, name in CODECS.items()}
    names |= {OPUS_PAYLOAD: "opus/48000/2", DIGITS_PAYLOAD: "telephone-event/8000"}
    lines = ["v=0", f"o=- {port} {secrets.randbelow(2**31)} IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    lines.append(f"m=audio {port} RTP/AVP {' '.join(str(payload) for payload in payloads)}")
    lines += [f"a=rtpmap:{payload} {names[payload]}" for payload in payloads if payload in names]
    lines += ["a=ptime:20", f"a={direction}"]
    return "\r\n".join(lines) + "\r\n"


def read_session(text: str) -> Session | None:
    """Read a session description; None where there is no sound in it."""
    media = re.search(r"^m=audio (\d+) \S+ ([\d ]+)$", text, re.MULTILINE)
    address = re.search(r"^c=IN IP4 (\S+)", text, re.MULTILINE)
    if media is None or address is None:
        return None
    payloads = tuple(int(payload) for payload in media.group(2).split())
    names = CODECS | dict(re.findall(r"^a=rtpmap:(\d+) ([^/\s]+)", text, re.MULTILINE))
    digits = next((payload for payload in payloads if names.get(str(payload)) == "telephone-event"), None)
    direction = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)", text, re.MULTILINE)
    return Session(
        address=address.group(1),
        port=int(media.group(1)),
        codecs=tuple(names.get(str(payload), str(payload)) for payload in payloads),
        payloads=payloads,
        digits_payload=digits,
        direction=direction.group(1) if direction else "sendrecv",
    )


def answer_challenge(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """Return the Authorization value for a digest challenge (RFC 2617 section 3.2.2, MD5)."""
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge))
    count, own = "00000001", new_id()
    secret = _md5(f"{user}:{fields['realm']}:{password}")
    middle = f"{count}:{own}:auth" if "qop" in fields else ""
    nonce = f"{fields['nonce']}:{middle}" if middle else fields["nonce"]
    response = _md5(f"{secret}:{nonce}:{_md5(f'{method}:{uri}')}")
    value = f'Digest username="{user}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", uri="{uri}", '
    value += f'response="{response}", algorithm=MD5'
    if "opaque" in fields:
        value += f', opaque="{fields["opaque"]}"'
    return value + (f', qop=auth, nc={count}, cnonce="{own}"' if middle else "")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

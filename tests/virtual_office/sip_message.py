"""Just enough SIP text reading for a virtual phone: headers of a message, number and name of an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

# RFC 3261 section 7.3.3, RFC 6665: the short forms a server may send.
_COMPACT = {
    "f": "from",
    "t": "to",
    "i": "call-id",
    "v": "via",
    "m": "contact",
    "o": "event",
    "c": "content-type",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SipMessage:
    """A request or response as text: first line, headers in order (names lower-case, long form), body."""

    first_line: str
    headers: tuple[tuple[str, str], ...]
    body: str

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of a header, in order."""
        return tuple(value for header, value in self.headers if header == name.lower())

    def get(self, name: str) -> str:
        """The first value of a header, empty when the message has none."""
        return next(iter(self.all(name)), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class SipAddress:
    """The person and number in a From, To or P-Asserted-Identity value."""

    name: str
    number: str
    host: str


def read_message(text: str) -> SipMessage:
    """Split a SIP message; folded header lines are joined (RFC 3261 section 7.3.1)."""
    head, _, body = text.replace("\r\n", "\n").partition("\n\n")
    first_line, *lines = re.sub(r"\n[ \t]+", " ", head).split("\n")
    return SipMessage(first_line=first_line, headers=tuple(_headers(lines)), body=body)


def read_address(value: str) -> SipAddress:
    """Read `"Name" <sip:number@host>;tag=...`; parts that are not there are empty."""
    found = re.search(r"sips?:(?:([^@;>]*)@)?([^;>:]+|\[[^\]]*\])", value)
    name = re.match(r'\s*(?:"((?:[^"\\]|\\.)*)"|([^<"]*?))\s*<', value)
    shown = (name.group(1) or name.group(2) or "") if name else ""
    return SipAddress(
        name=re.sub(r"\\(.)", r"\1", shown),
        number=unquote(found.group(1) or "") if found else "",
        host=found.group(2) if found else "",
    )


def response_to(request: SipMessage, status: str, tag: str) -> bytes:
    """An answer without a body to a request (RFC 3261 section 8.2.6)."""
    to = request.get("to")
    lines = [f"SIP/2.0 {status}"]
    lines += [f"Via: {via}" for via in request.all("via")]
    lines += [f"From: {request.get('from')}", f"To: {to}" if "tag=" in to else f"To: {to};tag={tag}"]
    lines += [
        f"Call-ID: {request.get('call-id')}",
        f"CSeq: {request.get('cseq')}",
        "Content-Length: 0",
        "",
        "",
    ]
    return "\r\n".join(lines).encode()


def _headers(lines: list[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            low = name.strip().lower()
            yield _COMPACT.get(low, low), value.strip()

"""Fetching files from one phone's own address: TFTP, HTTP, HTTPS; a connection for each file, as phones do."""

from __future__ import annotations

import functools
import http.client
import socket
import ssl
import struct
from urllib.parse import urlsplit

from tests.bench.boot_storm.place import bound

SECONDS_FOR_ONE_FILE = 20.0
_TFTP_WAIT_SECONDS, _TFTP_TRIES = 1.0, 6
_NOT_FOUND = 1  # RFC 1350


class FetchFailedError(Exception):
    """No answer, no trust, or a fault of the server's."""


class Fetcher:
    """`authority`: PEM text the phone was given. `asked`: URL -> what came, None where there is no such file."""

    def __init__(self, interface: str, user_agent: str) -> None:
        self.interface = interface
        self.address = ""
        self.authority = ""
        self.demands_authority = True
        self.asked: dict[str, bytes | None] = {}
        self._user_agent = user_agent

    def get(self, url: str) -> bytes | None:
        """Return the content, None where there is no such file; raises FetchFailedError."""
        parts = urlsplit(url)
        try:
            if parts.scheme == "tftp":
                content = self._tftp(parts.hostname or "", parts.path.lstrip("/"))
            else:
                content = self._http(url)
        except (OSError, http.client.HTTPException) as fault:
            raise FetchFailedError(f"{url}: {fault!r}") from fault
        self.asked[url] = content
        return content

    def _http(self, url: str) -> bytes | None:
        parts = urlsplit(url)
        is_secure = parts.scheme == "https"
        host, port = parts.hostname or "", parts.port or (443 if is_secure else 80)
        connection = http.client.HTTPConnection(host, port)
        plain = bound(socket.SOCK_STREAM, self.interface, self.address)
        try:
            plain.settimeout(SECONDS_FOR_ONE_FILE)
            plain.connect((host, port))
            if is_secure:
                plain = _trust(self.authority, self.demands_authority).wrap_socket(plain, server_hostname=host)
            connection.sock = plain
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request("GET", path, headers={"User-Agent": self._user_agent, "Connection": "close"})
            answer = connection.getresponse()
            content = answer.read()
        finally:
            plain.close()
        if answer.status == 200:
            return content
        if answer.status == 404:
            return None
        raise FetchFailedError(f"{url}: status {answer.status}")

    def _tftp(self, host: str, name: str) -> bytes | None:
        with bound(socket.SOCK_DGRAM, self.interface, self.address) as phone:
            phone.settimeout(_TFTP_WAIT_SECONDS)
            content, wanted, silent = b"", 1, 0
            packet, place = b"\0\1" + name.encode() + b"\0octet\0", (host, 69)
            phone.sendto(packet, place)
            while True:
                try:
                    answer, sender = phone.recvfrom(2048)
                except TimeoutError:
                    silent += 1
                    if silent == _TFTP_TRIES:
                        raise
                    phone.sendto(packet, place)
                    continue
                kind, number = struct.unpack("!HH", answer[:4])
                if kind == 5:
                    if number == _NOT_FOUND:
                        return None
                    raise FetchFailedError(f"tftp://{host}/{name}: {answer[4:]!r}")
                if kind != 3 or number != wanted:
                    continue  # a block again: ours is on its way
                content += answer[4:]
                packet, place, silent = b"\0\4" + answer[2:4], sender, 0
                phone.sendto(packet, place)
                wanted = (wanted + 1) & 0xFFFF
                if len(answer) < 516:
                    return content


@functools.lru_cache(maxsize=8)
def _trust(authority: str, is_demanded: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=authority or None)
    if not authority and not is_demanded:  # a Grandstream from the factory, until it was given one
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context

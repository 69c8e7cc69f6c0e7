"""The phone's SIP port before it has an account: asks by PnP multicast, and hears check-sync."""

from __future__ import annotations

import secrets
import select
import socket
import time

from tests.virtual_office.desk_phone.brand import Brand
from tests.virtual_office.sip_message import SipMessage, read_message, response_to

PNP_GROUP = ("224.0.1.75", 5060)
SECONDS_BETWEEN_TRIES = 1.0


class PhonePort:
    """A UDP socket on the phone's address."""

    def __init__(self, address: str, port: int) -> None:
        self._address = address
        self._port = port
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def open(self) -> None:
        """Bind; multicast goes out on the phone's own interface and no further than its LAN."""
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(self._address))
        self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
        self._socket.bind((self._address, self._port))

    def close(self) -> None:
        """Free the port."""
        self._socket.close()

    def ask_for_url(self, brand: Brand) -> str | None:
        """SIP PnP: SUBSCRIBE to the group, take the URL of the NOTIFY; None when nobody answers in time."""
        call_id = secrets.token_hex(8)
        is_accepted = False
        for attempt in range(brand.pnp_tries):
            if not is_accepted:
                self._socket.sendto(self._subscribe(brand, call_id, attempt + 1), PNP_GROUP)
            limit = time.monotonic() + SECONDS_BETWEEN_TRIES
            while (left := limit - time.monotonic()) > 0:
                received = self._receive(left)
                if received is None:
                    continue
                message, sender = received
                if message.first_line.startswith("SIP/2.0 2"):
                    is_accepted = True
                elif message.first_line.startswith("SIP/2.0 5"):
                    return None
                elif message.first_line.startswith("NOTIFY ") and message.get("call-id") == call_id:
                    self._socket.sendto(response_to(message, "200 OK", tag="pnp"), sender)
                    if message.get("content-type").lower().startswith("application/url"):
                        return message.body.strip("\0\r\n ")
        return None

    def check_sync(self, seconds: float) -> tuple[SipMessage, tuple[str, int]] | None:
        """A NOTIFY that arrives within that time; the caller answers it."""
        received = self._receive(seconds)
        return received if received and received[0].first_line.startswith("NOTIFY ") else None

    def answer(self, message: SipMessage, sender: tuple[str, int], status: str) -> None:
        """Answer a NOTIFY."""
        self._socket.sendto(response_to(message, status, tag="phone"), sender)

    def _receive(self, seconds: float) -> tuple[SipMessage, tuple[str, int]] | None:
        if not select.select([self._socket], [], [], seconds)[0]:
            return None
        datagram, sender = self._socket.recvfrom(65_535)
        return read_message(datagram.decode("utf-8", "replace")), sender

    def _subscribe(self, brand: Brand, call_id: str, sequence: int) -> bytes:
        uri = f"sip:{brand.pnp_user}@{PNP_GROUP[0]}"
        me = f"{self._address}:{self._port}"
        agent = f"{brand.name.capitalize()} {brand.model} {brand.firmware} {brand.digits}"
        event = f'ua-profile;profile-type="device";{brand.pnp_vendor};model="{brand.model}"'
        lines = (
            f"SUBSCRIBE {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {me};branch=z9hG4bK{call_id}{sequence};rport",
            "Max-Forwards: 20",
            f"Contact: <sip:{me}>",
            f"To: <{uri}>",
            f"From: <{uri}>;tag={call_id[:6]}",
            f"Call-ID: {call_id}",
            f"CSeq: {sequence} SUBSCRIBE",
            "Expires: 0",
            f'Event: {event};version="{brand.firmware}"',
            "Accept: application/url",
            f"User-Agent: {agent}",
            "Content-Length: 0",
            "",
            "",
        )
        return "\r\n".join(lines).encode()

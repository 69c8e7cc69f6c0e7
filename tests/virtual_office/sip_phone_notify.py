"""NOTIFY requests outside a dialog (check-sync), which pjsua2 neither shows nor answers.

pjsip drops such a request without a word. Its message log shows it, decrypted and on any transport, so the
log is read; over UDP the missing 200 goes out as a raw packet from the phone's own port, where it may.
"""

from __future__ import annotations

import ctypes
import re
import socket
import struct
from collections import deque
from pathlib import Path

from tests.virtual_office.sip_message import SipMessage, read_message, response_to

LOG_BYTES = 2_000_000
REMEMBERED_CALL_IDS = 200
_RECEIVED = re.compile(
    r"RX \d+ bytes Request msg NOTIFY/\S+ \(\S+\) from (\S+) (\S+):(\d+):\n(.*?)\n--end msg--", re.DOTALL
)


class NotifyWatch:
    """Reads pjsip's log file and gives each NOTIFY that no dialog and no mailbox explains, once."""

    def __init__(self, log: Path, address: str, port: int) -> None:
        self._log = log
        self._address = address
        self._port = port
        self._position = 0
        self._unread = ""
        self._seen: deque[str] = deque(maxlen=REMEMBERED_CALL_IDS)
        self._libc = ctypes.CDLL(None)

    def new(self, status: str) -> list[SipMessage]:
        """What arrived since the last look; each was answered with the status where that is possible."""
        self._libc.fflush(None)  # pjsip writes its log through a C stream and never flushes it
        size = self._log.stat().st_size
        if size == self._position:
            return []
        with self._log.open("rb") as log:
            log.seek(self._position)
            self._unread += log.read().decode(errors="replace").replace("\r\n", "\n")
        self._position = size
        if size > LOG_BYTES:
            self._log.write_bytes(b"")  # pjsip appends, so it goes on from the beginning
            self._position = 0
        return self._complete_messages(status)

    def _complete_messages(self, status: str) -> list[SipMessage]:
        messages = []
        for found in _RECEIVED.finditer(self._unread):
            message = read_message(found.group(4))
            if self._is_news(message):
                self._seen.append(message.get("call-id"))
                messages.append(message)
                if found.group(1) == "UDP":
                    self._answer(message, status, found.group(2), int(found.group(3)))
        self._unread = self._unread[max(self._unread.rfind("--end msg--"), 0) :]
        return messages

    def _is_news(self, message: SipMessage) -> bool:
        in_dialog = "tag=" in message.get("to")
        is_mailbox = message.get("event").startswith("message-summary")  # pjsua answers this one itself
        return not in_dialog and not is_mailbox and message.get("call-id") not in self._seen

    def _answer(self, message: SipMessage, status: str, address: str, port: int) -> None:
        payload = response_to(message, status, tag="check-sync")
        header = struct.pack("!HHHH", self._port, port, 8 + len(payload), 0)
        try:
            with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP) as raw:
                raw.bind((self._address, 0))
                raw.sendto(header + payload, (address, 0))
        except PermissionError:
            return  # a phone without that right stays silent; the sender repeats and gives up

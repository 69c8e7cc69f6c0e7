"""The switch's logs: kept short, and read for who tries to get in again and again."""

from __future__ import annotations

import os
import re
from collections import OrderedDict
from datetime import datetime, timedelta
from pathlib import Path

from appliance.files import replace_file
from appliance.operations.loud_senders import LoudSender, keep_loud_senders

LOGS = ("messages", "security")
LONGEST_LOG_BYTES = 4_000_000
KEPT_BYTES = 250_000  # of a log that was too long: its end, in `<name>.1`
LOUD_FROM = 100  # requests without a right to, from one address within WATCHED_TIME; a phone with an old password: 10
WATCHED_TIME = timedelta(minutes=10)
MOST_ADDRESSES = 1_000
# Asterisk, security_events.c: RemoteAddress="IPV4/UDP/192.0.2.66/5060".
_REFUSED = re.compile(
    rb'SecurityEvent="(?:InvalidAccountID|InvalidPassword|ChallengeResponseFailed|FailedACL|InvalidTransport'
    rb'|AuthMethodNotAllowed|RequestNotAllowed|RequestBadFormat)".*?RemoteAddress="[^/"]*/[^/"]*/([^/"]{1,45})/'
)


class SwitchLogs:
    """The logs in one folder; `report` is where the loud ones are kept for who looks after the box (JSON)."""

    def __init__(self, folder: Path, report: Path) -> None:
        self._folder = folder
        self._report = report
        self._read_to = 0
        self._since: datetime | None = None
        self._tries: OrderedDict[str, int] = OrderedDict()

    def look(self, now: datetime) -> None:
        """Read what is new, and empty what is long: the switch appends, so that it goes on at the beginning."""
        self._count(now)
        for name in LOGS:
            path = self._folder / name
            try:
                if path.stat().st_size > LONGEST_LOG_BYTES:
                    self._shorten(path)
            except FileNotFoundError:
                continue

    def _count(self, now: datetime) -> None:
        if self._since is None or not timedelta() <= now - self._since <= WATCHED_TIME:
            self._since = now
            self._tries.clear()
        loud = set()
        for match in _REFUSED.finditer(self._new_lines()):
            address = match[1].decode("ascii", "replace")
            self._tries[address] = self._tries.pop(address, 0) + 1
            if len(self._tries) > MOST_ADDRESSES:
                self._tries.popitem(last=False)
            if self._tries[address] >= LOUD_FROM:
                loud.add(address)
        if loud:
            keep_loud_senders(
                self._report,
                [
                    LoudSender(address=address, requests=self._tries[address], last=now.isoformat())
                    for address in loud & self._tries.keys()
                ],
            )

    def _new_lines(self) -> bytes:
        try:
            with (self._folder / "security").open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                # What is older than one full log is not read: a flood says the same over and over.
                self._read_to = max(self._read_to if self._read_to <= size else 0, size - LONGEST_LOG_BYTES)
                file.seek(self._read_to)
                new = file.read(size - self._read_to)
        except FileNotFoundError:
            return b""
        whole = new[: new.rfind(b"\n") + 1]
        self._read_to += len(whole)
        return whole

    def _shorten(self, path: Path) -> None:
        with path.open("rb") as file:
            file.seek(-KEPT_BYTES, os.SEEK_END)
            replace_file(path.with_name(f"{path.name}.1"), file.read(KEPT_BYTES), 0o640)
        os.truncate(path, 0)
        if path.name == "security":
            self._read_to = 0

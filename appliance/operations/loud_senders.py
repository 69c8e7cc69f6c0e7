"""Who tried to get in at the switch again and again: kept by the monitor, told by the status."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from appliance.state_files import read_state, write_state

MOST_REPORTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class LoudSender:
    """An address that tried to get in LOUD_FROM times and more; `last` is ISO 8601, UTC."""

    address: str
    requests: int
    last: str


def keep_loud_senders(report: Path, loud: Iterable[LoudSender]) -> None:
    """Keep these, and of those known before the last ones."""
    known = {one.address: one for one in read_loud_senders(report)} | {one.address: one for one in loud}
    kept = sorted(known.values(), key=lambda one: one.last)[-MOST_REPORTED:]
    write_state(report, kept, 0o640)


def read_loud_senders(report: Path) -> tuple[LoudSender, ...]:
    """Return who was reported, the last one last; empty where the file is not there or makes no sense."""
    return read_state(report, tuple[LoudSender, ...]) or ()

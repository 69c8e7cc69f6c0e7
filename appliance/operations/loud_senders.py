"""Who tried to get in at the switch again and again: kept by the monitor, told by the status."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from appliance.files import read_state, replace_file

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
    replace_file(report, json.dumps([asdict(one) for one in kept]).encode(), 0o640)


def read_loud_senders(report: Path) -> tuple[LoudSender, ...]:
    """Return who was reported, the last one last; empty where the file is not there or makes no sense."""
    return read_state(report, lambda rows: tuple(_from_json(one) for one in rows)) or ()


def _from_json(one: Mapping[str, object]) -> LoudSender:
    return LoudSender(address=str(one["address"]), requests=int(str(one["requests"])), last=str(one["last"]))

"""Who holds a virtual office: a small file that names the process so that no other is mistaken for it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

_STATE = "state.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderState:
    """`started` is the process's start time in clock ticks (proc(5), stat field 22): pids are used again."""

    pid: int
    started: str
    state: str
    console_port: int
    loopback: bool


def write_state(directory: Path, pid: int, state: str, console_port: int, *, loopback: bool) -> None:
    """Note the state; the start time is kept from the first note, made while the host's /proc is seen."""
    earlier = read_state(directory)
    started = earlier.started if earlier and earlier.pid == pid and state != "starting" else _start_time(pid)
    holder = HolderState(pid=pid, started=started, state=state, console_port=console_port, loopback=loopback)
    partial = directory / f"{_STATE}.new"
    partial.write_text(json.dumps(asdict(holder)))
    partial.rename(directory / _STATE)


def read_state(directory: Path) -> HolderState | None:
    """Return what was noted last, if anything."""
    try:
        return HolderState(**json.loads((directory / _STATE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def running_holder(directory: Path) -> HolderState | None:
    """Return the holder if it runs (seen from the host)."""
    holder = read_state(directory)
    if holder is None or _start_time(holder.pid) != holder.started:
        return None
    return holder


def forget_state(directory: Path) -> None:
    """The office is over."""
    (directory / _STATE).unlink(missing_ok=True)


def _start_time(pid: int) -> str:
    try:
        # The command's name in brackets may hold spaces; field 22 counts from after it.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]  # a zombie has ended; its parent has not looked yet

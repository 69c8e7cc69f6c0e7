"""Before each start of the switch: a whole generation of ours in force, and places that the switch can use.

A program of its own, run by its path: `python -IS ready_switch.py ROOT`. It needs the standard library alone, so that
neither the database nor a package nor another part of ours stands between power-on and dial tone. It does what it can,
says in a line what it did, and ends with 0 as soon as there is a configuration of ours to start with.
"""

from __future__ import annotations

import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from appliance.apply.generations import FIRST_READ, Generations
from appliance.apply.journal import read_entry
from appliance.apply.stand import stand_before
from appliance.compiler.switch_clock import CALL_FILE, CLOCK_FILE
from appliance.files import is_folder, make_folder, replace_file, set_aside, set_mode
from appliance.paths import Paths
from appliance.system.in_memory import is_in_memory, lay_memory_over, take_memory_away, why_no_room
from appliance.system.mend_store import mend

SWITCH_USER = 101  # "asterisk" in the switch root
STATE_FOLDERS = ("lib", "lib/keys", "spool", "spool/outgoing", "log", "cache", "run")
# Both loopback lines: without them the switch asks a name server for itself at every start. No name server.
STATE_FILES = {"hosts": "127.0.0.1 localhost belbox\n::1 localhost belbox\n", "resolv.conf": ""}
# In memory, where the disk takes nothing: what the switch writes while it runs.
WRITTEN_FOLDERS = ("lib", "log", "cache", "run")
P = ParamSpec("P")


def make_ready(paths: Paths, now: datetime) -> list[str]:
    """Do all that can be done, one thing after another; return what was done, and what could not be."""
    done: list[str] = []
    for step in (_leave_memory, make_places, wind_clock, stand, lambda paths: mend(paths.root, now), _take_memory):
        try:
            said = step(paths)
        except Exception as fault:  # an entrance: no fault of one step keeps the others, or the switch, from going on
            said = f"{type(fault).__name__}: {fault}"
        if said:
            done.append(said)
    return done


def may_give_away() -> bool:
    """Tell whether we may make the switch's user the owner of a file (not in a user namespace without that user)."""
    if os.geteuid() != 0:
        return False
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(int(first) <= SWITCH_USER < int(first) + int(count) for first, _, count in ranges)


def make_places(paths: Paths) -> str:
    """Make what is missing of the folders and files that are bound into the switch's jail, and let it use them."""
    faults: list[str] = []
    state = paths.switch_state
    for folder in (paths.switch, paths.generations, state, *(state / name for name in STATE_FOLDERS)):
        _tried(faults, make_folder, folder)
    for name, text in STATE_FILES.items():
        _tried(faults, _write_if_other, state / name, text)
    gives_away = may_give_away()
    for folder in (state, *(state / name for name in STATE_FOLDERS)):
        # Messages, and the PINs that were changed at a phone, are nobody else's.
        _tried(faults, _give if gives_away else set_mode, folder, 0o700 if folder.name == "spool" else 0o755)
    if gives_away:
        for path in (state / "lib").glob("astdb*"):
            _tried(faults, _give, path, 0o644)
        for folder in (paths.switch, paths.generations):
            _tried(faults, _show_folder, folder)
    return "; ".join(faults)


def wind_clock(paths: Paths) -> str:
    """Lay the call file of the switch's own clock, as it was first: the switch writes its attempts into it."""
    place = paths.switch_state / "spool" / CLOCK_FILE
    replace_file(place, CALL_FILE.encode(), 0o600)
    if may_give_away():
        _give(place, 0o600)
    return ""


def stand(paths: Paths) -> str:
    """Stand on a whole generation. One that an apply is about to prove, just now, is left as it is."""
    generations = Generations(paths)
    with _if_free(paths.apply_lock) as is_free:
        entry = read_entry(paths.apply_journal) if is_free else None
        linked = generations.linked()
        found = stand_before(generations, entry)
    if found is None:
        return "no generation is whole"
    with suppress(OSError):
        _show_files(generations.folder(found.number))
    for place in (paths.authorities, paths.switch_certificate):
        with suppress(OSError):
            _show(place)
    return "" if found.number == linked else f"generation {found.number} is in force, which is whole and was proven"


def _take_memory(paths: Paths) -> str:
    """Where the disk is full or read-only, let the switch write to memory: calls go on, and nothing of it is kept."""
    if fault := why_no_room(paths.switch_state / "lib"):
        for name in WRITTEN_FOLDERS:
            lay_memory_over(paths.switch_state / name, SWITCH_USER)
        return f"the disk takes nothing ({fault}): until the next start the switch writes to memory"
    return ""


def _leave_memory(paths: Paths) -> str:
    """Undo `_take_memory`, and keep the switch's store as it is now if the disk takes it."""
    for name in WRITTEN_FOLDERS:
        if is_in_memory(paths.switch_state / name):
            take_memory_away(paths.switch_state / name, "astdb*")
    return ""


def _write_if_other(path: Path, text: str) -> None:
    if is_folder(path):
        set_aside(path)
    if not path.is_file() or path.read_text(errors="replace") != text:
        path.write_text(text)
    set_mode(path, 0o644)


def _give(path: Path, mode: int) -> None:
    facts = path.stat()
    if (facts.st_uid, facts.st_gid) != (SWITCH_USER, SWITCH_USER):
        os.chown(path, SWITCH_USER, SWITCH_USER)
    set_mode(path, mode)


def _show_folder(folder: Path) -> None:
    facts = folder.stat()
    if facts.st_gid != SWITCH_USER:
        os.chown(folder, -1, SWITCH_USER)
    set_mode(folder, 0o2750)  # new generations belong to the switch's group


def _show_files(generation: Path) -> None:
    if may_give_away():
        for folder in (generation, generation / "asterisk"):
            _show_folder(folder)
    for path in (generation / "asterisk").iterdir():
        _show(path)


def _show(path: Path) -> None:
    """Let the switch's group read a file of ours, whatever its mode has become."""
    facts = path.stat()
    if facts.st_gid != SWITCH_USER and may_give_away():
        os.chown(path, -1, SWITCH_USER)
    if facts.st_mode & 0o440 != 0o440:
        path.chmod(0o640)


@contextmanager
def _if_free(lock: Path) -> Iterator[bool]:
    """Hold the lock of the applies if nobody does; False while an apply is under way."""
    try:
        make_folder(lock.parent)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:  # a folder, or a disk that takes nothing: then nobody applies either
        yield True
        return
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def _tried(faults: list[str], act: Callable[P, object], *given: P.args, **named: P.kwargs) -> None:
    try:
        act(*given, **named)
    except OSError as fault:
        faults.append(str(fault))


def main() -> int:
    """Make the box whose folder is named ready for its switch."""
    paths = Paths(Path(sys.argv[1]))
    for line in make_ready(paths, datetime.now(UTC)):  # noqa: TID251 - an entrance reads the clock
        print(f"ready-switch: {line}", flush=True)
    return 0 if (paths.current_generation / "asterisk" / FIRST_READ).is_file() else 1


if __name__ == "__main__":
    sys.exit(main())

"""Where the disk is full or read-only: memory laid over a folder, so that who writes there goes on.

With the standard library alone, as all that stands before the switch. Nothing written so outlives a power cut.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import suppress
from pathlib import Path

MEMORY_SIZE = "32m"  # of each folder; what is not written takes none
ROOM_BYTES = 256 * 1024  # as much as a database's own journal may need
LARGEST_KEPT_BYTES = 8 * 2**20  # of a file that is copied into memory
_MARK = ".in-memory"


def why_no_room(folder: Path) -> str:
    """Return why nothing can be written in a folder, empty if it can."""
    trial = folder / ".room"
    try:
        with trial.open("wb") as file:
            file.write(b"\1" * ROOM_BYTES)
            file.flush()
            os.fsync(file.fileno())
    except OSError as fault:
        return fault.strerror or type(fault).__name__
    finally:
        with suppress(OSError):
            trial.unlink()
    return ""


def lay_memory_over(folder: Path, owner: int) -> None:
    """Mount memory over a folder, for this user; its small files go along. OSError, CalledProcessError."""
    kept = _small_files(folder)
    options = f"uid={owner},gid={owner},mode=0755,size={MEMORY_SIZE}"
    _run("mount", "-t", "tmpfs", "-o", options, "belbox-memory", str(folder))
    (folder / _MARK).touch()
    for name, content, mode in kept:
        (folder / name).write_bytes(content)
        os.chown(folder / name, owner, owner)
        (folder / name).chmod(mode)


def is_in_memory(folder: Path) -> bool:
    """Tell whether memory lies over a folder."""
    return (folder / _MARK).exists()


def take_memory_away(folder: Path, keep: str) -> None:
    """Show the folder itself again, and keep in it the files of this pattern, if the disk takes them now."""
    kept = [one for one in _small_files(folder) if Path(one[0]).match(keep)]
    _run("umount", "--lazy", str(folder))
    for name, content, _ in kept:
        with suppress(OSError):
            (folder / name).write_bytes(content)


def _run(*command: str) -> None:
    # What a unit mounts nobody else sees (systemd.exec(5), "Mount namespacing"): the system itself must do it.
    door = ["nsenter", "--target", "1", "--mount", "--"] if "INVOCATION_ID" in os.environ else []
    subprocess.run([*door, *command], check=True, capture_output=True)


def _small_files(folder: Path) -> list[tuple[str, bytes, int]]:
    found = []
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_file() and path.name != _MARK and path.stat().st_size <= LARGEST_KEPT_BYTES:
            found.append((path.name, path.read_bytes(), path.stat().st_mode & 0o777))
    return found

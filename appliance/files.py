"""Files that a power cut leaves whole: replacing one, reading one that may be damaged, holding a lock.

After a power cut a file can be empty or hold anything although it was renamed into place, if its pages had not been
written yet (ext4: https://docs.kernel.org/admin-guide/ext4.html, `auto_da_alloc`). So a file is flushed before it gets
its name, its folder after that, and a reader takes nothing for granted.
"""

from __future__ import annotations

import errno
import fcntl
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
DAMAGED = ".damaged"  # what stood in a file's place and was none, or could not be used
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError)

_log = logging.getLogger(__name__)


def replace_file(path: Path, content: bytes, mode: int) -> None:
    """Put `content` in the place of `path`, whole and flushed; its folder must exist.

    The content is never readable by more than `mode` says. A folder that stands in the place is set aside.
    Raises OSError, and then `path` is what it was.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with open(descriptor, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if is_folder(path):
            set_aside(path)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_file(path: Path) -> None:
    """Remove a file, for good; nothing happens if there is none."""
    try:
        path.unlink()
    except FileNotFoundError:
        return
    flush_folder(path.parent)


def read_json(path: Path, parse: Callable[[Any], T]) -> T | None:
    """Return what `parse` makes of a JSON file, None where there is none that makes sense (which is logged)."""
    try:
        return parse(json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except UNREADABLE as fault:
        _log.warning("%s is damaged and not used (%s: %s)", path, type(fault).__name__, fault)
        return None


def set_aside(path: Path) -> Path:
    """Rename what cannot be used to `NAME.damaged`, in the place of an earlier one; return where it lies."""
    aside = path.with_name(path.name + DAMAGED)
    if is_folder(aside):
        shutil.rmtree(aside, ignore_errors=True)
    os.replace(path, aside)
    _log.warning("%s could not be used and lies as %s", path, aside.name)
    return aside


def make_folder(folder: Path, mode: int = 0o755) -> None:
    """Make a folder and those above it; what stands in its place and is none is set aside."""
    for place in reversed([folder, *folder.parents]):
        if os.path.lexists(place) and not place.is_dir():
            set_aside(place)
    folder.mkdir(parents=True, exist_ok=True, mode=mode)


def is_folder(path: Path) -> bool:
    """Tell whether `path` itself is a folder, and no link to one."""
    return path.is_dir() and not path.is_symlink()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock of this name; whoever asks meanwhile, in this process or another, waits. The file stays."""
    make_folder(path.parent)
    if is_folder(path):
        set_aside(path)
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as fault:
        if fault.errno != errno.EROFS:
            raise
        lock = os.open(path, os.O_RDONLY)  # nothing can be changed there, and to look takes the lock all the same
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def set_mode(path: Path, mode: int) -> None:
    """Give a file this mode if it has another: a disk that is read-only then has nothing to refuse."""
    if path.stat().st_mode & 0o7777 != mode:
        path.chmod(mode)

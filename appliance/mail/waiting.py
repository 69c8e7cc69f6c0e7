"""The files that wait: each is a mail to be made; those that failed lie beside them with their reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from appliance.mail.mail_fault import MailFault

# A message that is deleted from its box after mailing is only here: as long as a person is on holiday.
LONGEST_WAIT = timedelta(days=30)
# 46 messages of the longest kind (300 s at 8 kHz and 16 bit, in base64), or some 800 of 17 s, on a 16 GB card.
MOST_BYTES = 300_000_000
LARGEST_FILE_BYTES = 30_000_000
FAILED = "failed"
_REASON = ".reason"
_DONE = ".done"


class NotAFile(MailFault):
    """Something in the folder is no plain file, or far larger than what the switch writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """One file; `since` is when it was written."""

    path: Path
    since: datetime
    size: int


def waiting_files(folder: Path, suffix: str) -> list[WaitingFile]:
    """Return the files of a folder with this suffix, oldest first; none if there is no folder."""
    found: list[WaitingFile] = []
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return []
    for entry in entries:
        if entry.name.endswith(suffix):
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # it left meanwhile
            since = datetime.fromtimestamp(facts.st_mtime, UTC)
            found.append(WaitingFile(path=Path(entry.path), since=since, size=facts.st_size))
    return sorted(found, key=lambda file: (file.since, file.path.name))


def read_file(path: Path) -> bytes:
    """Return what stands in a file of the switch's folder; no link is followed: it could lead anywhere."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError as fault:
        raise NotAFile(f"cannot be opened ({fault.strerror})") from None
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LARGEST_FILE_BYTES:
            raise NotAFile("is no plain file, or too large")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)


def set_aside(path: Path, reason: str) -> None:
    """Move a file that can never be sent to `failed`, with the reason in a file beside it."""
    failed = path.parent / FAILED
    failed.mkdir(mode=0o750, exist_ok=True)
    _write_anew(failed / f"{path.name}{_REASON}", f"{reason}\n")
    path.rename(failed / path.name)
    _beside(path, _DONE).unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Delete a file and what was noted beside it."""
    path.unlink(missing_ok=True)
    _beside(path, _DONE).unlink(missing_ok=True)
    _beside(path, _REASON).unlink(missing_ok=True)


def addresses_done(path: Path) -> frozenset[str]:
    """Return the addresses for which the server has taken this mail already."""
    try:
        return frozenset(read_file(_beside(path, _DONE)).decode(errors="replace").split())
    except FileNotFoundError:
        return frozenset()


def note_done(path: Path, addresses: Iterable[str]) -> None:
    """Note addresses that have their copy, so that no later try sends it twice."""
    done = addresses_done(path) | frozenset(addresses)
    partial = _beside(path, ".new")
    _write_anew(partial, "".join(f"{address}\n" for address in sorted(done)))
    partial.rename(_beside(path, _DONE))


def last_reason(folders: Sequence[Path]) -> str:
    """Return why the last mail failed."""
    reasons = [file for folder in folders for file in waiting_files(folder / FAILED, _REASON)]
    newest = max(reasons, key=lambda file: file.since, default=None)
    return read_file(newest.path).decode(errors="replace").strip() if newest else ""


def too_many(files: Iterable[WaitingFile], is_only_copy: Callable[[Path], bool], now: datetime) -> list[Path]:
    """Return the files to delete: older than LONGEST_WAIT, or beyond MOST_BYTES together.

    Oldest first, and those that are the only copy of their message after all others.
    """
    known = list(files)
    late = [file.path for file in known if now - file.since > LONGEST_WAIT]
    rest = [file for file in known if now - file.since <= LONGEST_WAIT]
    excess = sum(file.size for file in rest) - MOST_BYTES
    if excess <= 0:
        return late
    for file in sorted(rest, key=lambda one: (is_only_copy(one.path), one.since)):
        if excess <= 0:
            break
        late.append(file.path)
        excess -= file.size
    return late


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _write_anew(path: Path, text: str) -> None:
    """Write a file that was not there: in the switch's folder, a link of this name could lead anywhere."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640), "w") as file:
        file.write(text)

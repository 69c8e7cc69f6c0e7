"""Numbered folders of compiled files, and the one link that says which is in force."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from appliance.compiler.config_file import ConfigFileSet
from appliance.paths import Paths

KEPT_GENERATIONS = 20
_MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One compiled state: its number, the revision it was made from, and the checksum of each file."""

    number: int
    revision: int
    made_at: str
    checksums: Mapping[str, str]


class Generations:
    """The generations below one root."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def current(self) -> Generation | None:
        """Return the generation in force, None before the first or when it is not whole."""
        try:
            number = int(os.readlink(self._paths.current_generation).rpartition("/")[2])
        except (OSError, ValueError):
            return None
        return self.whole(number)

    def whole(self, number: int) -> Generation | None:
        """Return a generation if every file of its manifest is there with the right checksum."""
        folder = self._folder(number)
        try:
            manifest = json.loads((folder / _MANIFEST).read_text())
            checksums: dict[str, str] = manifest["checksums"]
            for path, checksum in checksums.items():
                if _checksum((folder / "asterisk" / path).read_bytes()) != checksum:
                    return None
        except (OSError, ValueError, KeyError):
            return None
        return Generation(
            number=number,
            revision=manifest["revision"],
            made_at=manifest["made_at"],
            checksums=checksums,
        )

    def newest_whole(self, below: int | None = None) -> Generation | None:
        """Return the newest whole generation, optionally one with a smaller number than `below`."""
        for number in sorted(self._numbers(), reverse=True):
            if (below is None or number < below) and (found := self.whole(number)):
                return found
        return None

    def write(self, files: ConfigFileSet, revision: int, now: datetime) -> Generation:
        """Write the next generation to disk, whole and flushed; it is not yet in force."""
        number = max(self._numbers(), default=0) + 1
        folder = self._folder(number)
        partial = folder.with_name(f".{folder.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        (partial / "asterisk").mkdir(parents=True)
        checksums: dict[str, str] = {}
        for file in files:
            content = file.text.encode()
            checksums[file.path] = _checksum(content)
            _write(partial / "asterisk" / file.path, content, 0o640 if file.secret else 0o644)
        manifest = {"revision": revision, "made_at": now.isoformat(), "checksums": checksums}
        _write(partial / _MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode(), 0o644)
        flush_folder(partial / "asterisk")
        flush_folder(partial)
        partial.rename(folder)
        flush_folder(folder.parent)
        return Generation(number=number, revision=revision, made_at=now.isoformat(), checksums=checksums)

    def note_revision(self, generation: Generation, revision: int) -> None:
        """Note that a later revision compiles to the very files of this generation."""
        manifest = {"revision": revision, "made_at": generation.made_at, "checksums": dict(generation.checksums)}
        folder = self._folder(generation.number)
        new = folder / f".{_MANIFEST}.new"
        new.unlink(missing_ok=True)
        _write(new, json.dumps(manifest, indent=1, sort_keys=True).encode(), 0o644)
        new.rename(folder / _MANIFEST)
        flush_folder(folder)

    def put_in_force(self, number: int) -> None:
        """Switch the link, in one step that a power cut leaves done or not done."""
        link = self._paths.current_generation
        new = link.with_name(f".{link.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(Path("generations") / f"{number:06}")
        new.rename(link)
        flush_folder(link.parent)

    def prune(self) -> None:
        """Remove the oldest generations beyond those kept; never the one in force."""
        current = self.current()
        for number in sorted(self._numbers())[:-KEPT_GENERATIONS]:
            if current is None or number != current.number:
                shutil.rmtree(self._folder(number))

    def _numbers(self) -> list[int]:
        if not self._paths.generations.is_dir():
            return []
        return [int(entry.name) for entry in self._paths.generations.iterdir() if entry.name.isdigit()]

    def _folder(self, number: int) -> Path:
        return self._paths.generations / f"{number:06}"


def flush_folder(folder: Path) -> None:
    """Make a folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def checksums_of(files: ConfigFileSet) -> dict[str, str]:
    """Return path -> checksum, as a manifest holds it."""
    return {file.path: _checksum(file.text.encode()) for file in files}


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # the folder's group (the switch) may read; a umask must not decide that
        file.write(content)
        file.flush()
        os.fsync(descriptor)

"""Numbered folders of compiled files, and the one link that says which is in force.

With the standard library alone: `ready_switch.py` reads it before the switch starts, whatever else is damaged.
"""

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
from appliance.files import flush_folder, make_folder, replace_file, set_aside
from appliance.paths import Paths

KEPT_GENERATIONS = 20
FIRST_READ = "asterisk.conf"  # without it the switch would start with what its package brought
_MANIFEST = "manifest.json"
_DAMAGED = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One compiled state: its number, the revision it was made from, and the checksum of each file."""

    number: int
    revision: int
    made_at: str
    checksums: Mapping[str, str]

    @property
    def checksum(self) -> str:
        """One checksum over all files."""
        return _checksum(json.dumps(dict(self.checksums), sort_keys=True).encode())


class Generations:
    """The generations below one root."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def current(self) -> Generation | None:
        """Return the generation in force, None before the first or when it is not whole."""
        number = self.linked()
        return None if number is None else self.whole(number)

    def linked(self) -> int | None:
        """Return the number that the link names, whole or not; None where there is no such link."""
        try:
            return int(os.readlink(self._paths.current_generation).rpartition("/")[2])
        except (OSError, ValueError):
            return None

    def whole(self, number: int) -> Generation | None:
        """Return a generation if every file of its manifest is there with the right checksum."""
        return _read(self.folder(number))

    def newest_whole(self) -> Generation | None:
        """Return the newest whole generation."""
        return next((found for number in sorted(self._numbers(), reverse=True) if (found := self.whole(number))), None)

    def write(self, files: ConfigFileSet, revision: int, now: datetime) -> Generation:
        """Write the next generation to disk, whole and flushed; it is not yet in force."""
        make_folder(self._paths.generations)
        number = self.next_number()
        folder = self.folder(number)
        partial = _fresh(folder)
        checksums: dict[str, str] = {}
        for file in files:
            content = file.text.encode()
            checksums[file.path] = _checksum(content)
            _write(partial / "asterisk" / file.path, content, 0o640 if file.secret else 0o644)
        manifest = {"revision": revision, "made_at": now.isoformat(), "checksums": checksums}
        _write(partial / _MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode(), 0o644)
        _put(partial, folder)
        return Generation(number=number, revision=revision, made_at=now.isoformat(), checksums=checksums)

    def next_number(self) -> int:
        """Return the number that the next generation will have."""
        return max(self._numbers(), default=0) + 1

    def note_revision(self, generation: Generation, revision: int) -> None:
        """Note that a later revision compiles to the very files of this generation."""
        manifest = {"revision": revision, "made_at": generation.made_at, "checksums": dict(generation.checksums)}
        content = json.dumps(manifest, indent=1, sort_keys=True).encode()
        replace_file(self.folder(generation.number) / _MANIFEST, content, 0o644)

    def put_in_force(self, number: int) -> None:
        """Switch the link, in one step that a power cut leaves done or not done."""
        link = self._paths.current_generation
        if link.is_dir() and not link.is_symlink():
            set_aside(link)
        new = link.with_name(f".{link.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(Path("generations") / f"{number:06}")
        new.rename(link)
        flush_folder(link.parent)

    def remove(self, number: int) -> None:
        """Remove a generation that is not in force, or what there is of one."""
        for folder in (self.folder(number), _partial(self.folder(number))):
            shutil.rmtree(folder, ignore_errors=True)

    def prune(self) -> None:
        """Remove the oldest generations beyond those kept; never the one in force."""
        for number in sorted(self._numbers())[:-KEPT_GENERATIONS]:
            if number != self.linked():
                self.remove(number)

    def keep_copy(self, generation: Generation) -> None:
        """Copy a generation that was proven to where the loss of all others does not reach; older copies go."""
        target = self._paths.generation_copy / f"{generation.number:06}"
        kept = _read(target)
        if kept is None or kept.checksum != generation.checksum:
            make_folder(target.parent, 0o750)
            _copy(self.folder(generation.number), target)
        for other in target.parent.iterdir():
            if other != target:
                shutil.rmtree(other, ignore_errors=True)

    def bring_copy_back(self) -> Generation | None:
        """Put the copy among the generations again; None where there is no whole one."""
        copies = sorted(self._paths.generation_copy.glob("[0-9]*"), reverse=True)
        for copy in copies:
            if copy.name.isdigit() and _read(copy) is not None:
                make_folder(self._paths.generations)
                _copy(copy, self.folder(int(copy.name)))
                return self.whole(int(copy.name))
        return None

    def folder(self, number: int) -> Path:
        """Return where a generation lies."""
        return self._paths.generations / f"{number:06}"

    def _numbers(self) -> list[int]:
        if not self._paths.generations.is_dir():
            return []
        return [int(entry.name) for entry in self._paths.generations.iterdir() if entry.name.isdigit()]


def checksums_of(files: ConfigFileSet) -> dict[str, str]:
    """Return path -> checksum, as a manifest holds it."""
    return {file.path: _checksum(file.text.encode()) for file in files}


def _read(folder: Path) -> Generation | None:
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
        checksums = {str(path): str(checksum) for path, checksum in manifest["checksums"].items()}
        if FIRST_READ not in checksums:
            return None
        for path, checksum in checksums.items():
            if _checksum((folder / "asterisk" / path).read_bytes()) != checksum:
                return None
        return Generation(
            number=int(folder.name),
            revision=int(manifest["revision"]),
            made_at=str(manifest["made_at"]),
            checksums=checksums,
        )
    except _DAMAGED:
        return None


def _copy(source: Path, target: Path) -> None:
    partial = _fresh(target)
    for path in (*(source / "asterisk").iterdir(), source / _MANIFEST):
        _write(partial / path.relative_to(source), path.read_bytes(), path.stat().st_mode & 0o777)
    _put(partial, target)


def _fresh(folder: Path) -> Path:
    partial = _partial(folder)
    shutil.rmtree(partial, ignore_errors=True)
    (partial / "asterisk").mkdir(parents=True)
    return partial


def _partial(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.partial")


def _put(partial: Path, folder: Path) -> None:
    flush_folder(partial / "asterisk")
    flush_folder(partial)
    if os.path.lexists(folder):
        set_aside(folder)
    partial.rename(folder)
    flush_folder(folder.parent)


def _checksum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(descriptor, mode)  # the folder's group (the switch) may read; a umask must not decide that
        file.write(content)
        file.flush()
        os.fsync(descriptor)

"""What TFTP may give out: maps from names to contents, made before anybody asks."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Protocol

from provisioning.servers.boot_files import BootFiles


class FileUnreadable(Exception):  # noqa: N818  (named for what it says)
    """The file changed or went away while it was being sent."""


class Content(Protocol):
    """One file while it is sent. `is_text` files may be asked for in netascii too."""

    @property
    def size(self) -> int:
        """Its length in bytes."""

    @property
    def is_text(self) -> bool:
        """Whether its ends of lines may be rewritten."""

    def read(self, offset: int, count: int) -> bytes:
        """Return exactly these bytes, fewer only at the end; raises FileUnreadable."""

    def close(self) -> None:
        """Give back what reading it took."""


class FileSource(Protocol):
    """A map of names; no name leads outside it."""

    def open(self, name: str) -> Content | None:
        """Return the file of this name, or None."""


class TextInMemory:
    """A text that is kept whole."""

    is_text = True

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def read(self, offset: int, count: int) -> bytes:
        return self._content[offset : offset + count]

    def close(self) -> None:
        """Nothing was taken."""


class FileOnDisk:
    """An open file, read piece by piece: firmware is larger than this process may be."""

    is_text = False

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self.size = size

    def read(self, offset: int, count: int) -> bytes:
        piece = os.pread(self._descriptor, count, offset)
        if len(piece) != min(count, self.size - offset):
            raise FileUnreadable
        return piece

    def close(self) -> None:
        os.close(self._descriptor)


class FirstFiles:
    """The first file of each model."""

    def __init__(self, files: BootFiles) -> None:
        self._files = files

    def open(self, name: str) -> Content | None:
        file = self._files.find(name)
        return TextInMemory(file.content) if file else None


class FolderFiles:
    """The plain files of one folder, which must hold no secret; the map is made anew when the folder changes.

    A requested name is looked up in the map and never becomes part of a path. Folders before it and its case do
    not count. Hidden files, folders and links do not exist.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed_ns: int | None = None
        self._names: dict[str, str] = {}

    def open(self, name: str) -> Content | None:
        self._scan_if_changed()
        found = self._names.get(name.replace("\\", "/").rsplit("/", 1)[-1].casefold())
        if found is None:
            return None
        try:
            descriptor = os.open(self._folder / found, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return None
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            os.close(descriptor)
            return None
        return FileOnDisk(descriptor, facts.st_size)

    def _scan_if_changed(self) -> None:
        try:
            changed_ns = self._folder.stat().st_mtime_ns
            if changed_ns == self._changed_ns:
                return
            with os.scandir(self._folder) as entries:
                self._names = {
                    entry.name.casefold(): entry.name
                    for entry in entries
                    if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False)
                }
        except OSError:
            self._names, self._changed_ns = {}, None
        else:
            self._changed_ns = changed_ns

"""What a power cut leaves: a program's writes are noted by strace, and played again up to any instant.

`kill -9` keeps what the kernel holds in memory; a power cut does not. Of a file only what was flushed before the cut
is sure. Names are written with the file system's journal, which each flush of any file commits (ext4, data=ordered).
So two states are played for an instant: all names with what was flushed of their contents, and the names of the last
flush.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

_CALLS = (
    "openat,open,creat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,"
    "symlink,symlinkat,ftruncate,truncate,chmod,fchmod,fchmodat"
)
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+)")
_UNFINISHED = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"(\d+|AT_FDCWD)<((?:\\x[0-9a-f]{2})*)>")


class Lost(StrEnum):
    """What the cut took besides the instant itself."""

    CONTENTS = "contents"  # of files that were not flushed; their names are there
    NAMES = "names"  # since the last flush of anything, too


@dataclass(frozen=True, slots=True)
class Step:
    """One system call that changed something: its name, paths, bytes, and a number (offset or length)."""

    call: str
    path: str
    to: str = ""
    content: bytes = b""
    number: int = 0


@dataclass(slots=True)
class _File:
    written: bytearray = field(default_factory=bytearray)
    flushed: bytes = b""
    mode: int = 0o644


@dataclass(slots=True)
class _Tree:
    files: dict[str, _File] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    folders: dict[str, int] = field(default_factory=dict)

    def copied(self) -> _Tree:
        return _Tree(dict(self.files), dict(self.links), dict(self.folders))


def note_writes(command: Sequence[str], root: Path, log: Path, cwd: Path) -> list[Step]:
    """Run a command to its end, and return what it changed below `root`, in order."""
    trace = ["strace", "-f", "-qq", "-y", "-xx", "-s", "4000000", "-e", f"trace={_CALLS}", "-o", str(log)]
    subprocess.run([*trace, *command], check=True, cwd=cwd, capture_output=True)
    waiting: dict[str, str] = {}
    steps: list[Step] = []
    with log.open() as lines:
        for line in lines:
            line = line.rstrip("\n")
            if begun := _UNFINISHED.match(line):
                waiting[begun[1]] = begun[2]
                continue
            if ended := _RESUMED.match(line):
                line = f"{ended[1]} {waiting.pop(ended[1], '')}{ended[2]}"
            found = _LINE.match(line)
            if found and int(found[3]) >= 0:
                steps += _step(found[1], found[2], int(found[3]))
    inside = f"{root}/"
    return [step for step in steps if step.path.startswith(inside)]


def after_a_cut(steps: Sequence[Step], count: int, lost: Lost, root: Path, before: Path, place: Path) -> None:
    """Make `place` what `root` is after a cut behind the first `count` steps; it was like `before` at the beginning."""
    tree = _read_tree(before, str(root))
    sure = tree.copied()
    for step in steps[:count]:
        _play(tree, step)
        if step.call in {"fsync", "fdatasync"}:
            sure = tree.copied()
    _write_tree(tree if lost is Lost.CONTENTS else sure, str(root), place)


def _step(call: str, arguments: str, result: int) -> Iterator[Step]:
    texts = [_bytes(text) for text in _TEXT.findall(arguments)]
    descriptors = [_bytes(text).decode(errors="replace") for _, text in _DESCRIPTOR.findall(arguments)]

    def path(index: int) -> str:
        name = texts[index].decode(errors="replace")
        base = descriptors[index] if call.endswith(("at", "at2")) and index < len(descriptors) else ""
        return name if name.startswith("/") else f"{base}/{name}"

    match call:
        case "openat" | "open" | "creat":
            if "O_CREAT" in arguments or "O_TRUNC" in arguments or call == "creat":
                yield Step("open", path(0), number=1 if "O_TRUNC" in arguments else 0)
        case "write":
            yield Step("append", descriptors[0], content=texts[0][:result])
        case "pwrite64":
            yield Step("pwrite", descriptors[0], content=texts[0][:result], number=int(arguments.rsplit(",", 1)[1]))
        case "fsync" | "fdatasync":
            yield Step(call, descriptors[0])
        case "rename":
            yield Step("rename", path(0), to=texts[1].decode())
        case "renameat" | "renameat2":
            yield Step("rename", path(0), to=path(1))
        case "unlink" | "unlinkat" | "rmdir":
            yield Step("unlink", path(0))
        case "mkdir" | "mkdirat":
            yield Step("mkdir", path(0))
        case "symlink":
            yield Step("symlink", path(1), to=texts[0].decode())
        case "symlinkat":
            base = descriptors[0] if descriptors else ""
            name = texts[1].decode()
            yield Step("symlink", name if name.startswith("/") else f"{base}/{name}", to=texts[0].decode())
        case "ftruncate":
            yield Step("truncate", descriptors[0], number=int(arguments.rsplit(",", 1)[1]))
        case "truncate":
            yield Step("truncate", path(0), number=int(arguments.rsplit(",", 1)[1]))
        case "chmod" | "fchmodat":
            yield Step("chmod", path(0), number=_mode(arguments))
        case "fchmod":
            yield Step("chmod", descriptors[0], number=_mode(arguments))


def _play(tree: _Tree, step: Step) -> None:
    file = tree.files.get(step.path)
    match step.call:
        case "open":
            if file is None:
                tree.files[step.path] = _File()
            elif step.number:
                file.written = bytearray()
        case "append" if file is not None:
            file.written += step.content
        case "pwrite" if file is not None:
            file.written.extend(b"\0" * max(0, step.number - len(file.written)))
            file.written[step.number : step.number + len(step.content)] = step.content
        case "truncate" if file is not None:
            del file.written[step.number :]
        case "fsync" | "fdatasync" if file is not None:
            file.flushed = bytes(file.written)
        case "chmod" if file is not None:
            file.mode = step.number
        case "mkdir":
            tree.folders[step.path] = 0o755
        case "symlink":
            tree.links[step.path] = step.to
        case "unlink":
            tree.files.pop(step.path, None)
            tree.links.pop(step.path, None)
            tree.folders.pop(step.path, None)
        case "rename":
            _rename(tree, step.path, step.to)


def _rename(tree: _Tree, old: str, new: str) -> None:
    for names in (tree.files, tree.links, tree.folders):
        _move(names, old, new)


def _move(names: dict[str, object] | Mapping[str, object], old: str, new: str) -> None:
    assert isinstance(names, dict)
    for name in [name for name in names if name == old or name.startswith(f"{old}/")]:
        names[new + name[len(old) :]] = names.pop(name)


def _read_tree(folder: Path, root: str) -> _Tree:
    """Everything that is there at the beginning was flushed long ago."""
    tree = _Tree()
    for path in sorted(folder.rglob("*")):
        name = f"{root}/{path.relative_to(folder)}"
        if path.is_symlink():
            tree.links[name] = str(path.readlink())
        elif path.is_dir():
            tree.folders[name] = path.stat().st_mode & 0o7777
        elif path.is_file():
            content = path.read_bytes()
            tree.files[name] = _File(bytearray(content), content, path.stat().st_mode & 0o777)
    return tree


def _write_tree(tree: _Tree, root: str, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)

    def there(name: str) -> Path:
        return place / name.removeprefix(f"{root}/")

    for name in sorted(tree.folders):
        there(name).mkdir(parents=True, exist_ok=True)
    for name, file in tree.files.items():
        if there(name).parent.is_dir() and not there(name).is_dir():
            there(name).write_bytes(file.flushed)
            there(name).chmod(file.mode | 0o200)
    for name, target in tree.links.items():
        if there(name).parent.is_dir():
            there(name).symlink_to(target)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _mode(arguments: str) -> int:
    found = re.search(r"0[0-7]{3,4}", arguments)
    return int(found[0], 8) if found else 0o644

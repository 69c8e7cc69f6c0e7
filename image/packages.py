"""The package lists of this folder, and keys for what is made from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parent


def read_list(name: str) -> list[str]:
    """Return the package names of `packages-NAME.list`, without the remarks."""
    lines = (HERE / f"packages-{name}.list").read_text().splitlines()
    return [package for line in lines if (package := line.partition("#")[0].strip())]


def key_of(paths: Iterable[Path], *words: str) -> str:
    """Return a short key of these files' and folders' names, modes and contents, and of the words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                executable = bool(file.stat().st_mode & 0o100)
                digest.update(f"\0{file.relative_to(CHECKOUT)}\0{executable}\0".encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]

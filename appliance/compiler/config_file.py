"""What the compiler returns: files with a relative path and text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

# How a changed file reaches the switch where no module's reload reads it: only by a start, or whenever it is asked for
# (func_config.c compares the file's time; a file that Asterisk does not read itself; one read with another file).
RESTART = "restart"
WHEN_ASKED = "when asked"


class FileModule(Protocol):
    """What a module that makes one file says of it, beside its `render`.

    `PATH`: below the configuration folder. `RELOAD`: the module whose reload reads it again, RESTART or WHEN_ASKED.
    `MODULES`: what the switch loads because of it, in this order, between spaces. `SECRET`: for the switch alone.
    """

    PATH: str
    RELOAD: str
    MODULES: str
    SECRET: bool


@dataclass(frozen=True, slots=True, order=True)
class ConfigFile:
    """`path` is relative to the configuration folder; `secret` files are readable to the switch alone."""

    path: str
    text: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class ConfigFileSet:
    """Files sorted by path, each path once."""

    files: tuple[ConfigFile, ...]

    def __post_init__(self) -> None:
        paths = [file.path for file in self.files]
        if paths != sorted(set(paths)):
            raise ValueError(f"paths are not sorted and unique: {paths}")

    def __iter__(self) -> Iterator[ConfigFile]:
        return iter(self.files)

    def text_of(self, path: str) -> str | None:
        """Return the text of one file, None if it is not in the set."""
        return next((file.text for file in self.files if file.path == path), None)

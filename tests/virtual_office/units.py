"""The systemd units of the box, as commands for a layer that has no systemd."""

from __future__ import annotations

import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.virtual_office.switch_jail import Bind, jail, own

CHECKOUT = Path(__file__).resolve().parents[2]
BOX_PLACE = "/var/lib/belbox"
PROGRAMS_PLACE = "/usr/lib/belbox/"
PYTHON = f"{PROGRAMS_PLACE}venv/bin/python"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """One ExecStartPre: run before each start, outside any jail; if it may fail, the unit starts all the same."""

    command: tuple[str, ...]
    may_fail: bool

    def run(self) -> None:
        """Run it to its end; CalledProcessError if it failed and may not."""
        subprocess.run(self.command, check=not self.may_fail)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One unit: what runs here, whether it is started again when it ends, and the file without which it is not."""

    name: str
    before: tuple[Preparation, ...]
    command: tuple[str, ...]
    restart: bool
    oneshot: bool
    needs: Path | None


def read_unit(name: str, box_root: Path, switch_root: Path) -> Unit:
    """Read `systemd/belbox-NAME.service` and put this layer's places for the box's."""
    settings = _settings(name)

    def here(text: str) -> str:
        return text.replace(BOX_PLACE, str(box_root))

    command = shlex.split(settings["ExecStart"][0])
    needs = settings.get("ConditionPathExists", [""])[0]
    if "RootDirectory" in settings:
        binds = [_bind(value, box_root, writable=False) for value in settings.get("BindReadOnlyPaths", [])]
        binds += [_bind(value, box_root, writable=True) for value in settings.get("BindPaths", [])]
        command = jail(switch_root, [bind for bind in binds if bind is not None], command)
    elif command[0] == "/usr/bin/belbox":
        command = [sys.executable, "-m", "appliance.cli.main", "--root", str(box_root), *command[1:]]
    else:
        command = [here(argument) for argument in command]
    return Unit(
        name=name,
        before=preparations(name, box_root),
        command=tuple(command),
        restart=settings.get("Restart", ["no"])[0] == "always",
        oneshot=settings["Type"][0] == "oneshot",
        needs=Path(here(needs)) if needs.startswith("/") else None,
    )


def preparations(name: str, box_root: Path) -> tuple[Preparation, ...]:
    """Return what runs before each start of `systemd/belbox-NAME.service`."""
    found = []
    for line in _settings(name).get("ExecStartPre", []):
        program, *arguments = shlex.split(line)
        signs = program[: len(program) - len(program.lstrip("-+"))]
        words = [sys.executable if word == PYTHON else word for word in (program.removeprefix(signs), *arguments)]
        here = [word.replace(BOX_PLACE, str(box_root)).replace(PROGRAMS_PLACE, f"{CHECKOUT}/") for word in words]
        found.append(Preparation(command=tuple(here), may_fail="-" in signs))
    return tuple(found)


def _settings(name: str) -> dict[str, list[str]]:
    settings: dict[str, list[str]] = {}
    for line in (CHECKOUT / "systemd" / f"belbox-{name}.service").read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals:
            settings.setdefault(key, []).append(value)
    return settings


def _bind(value: str, box_root: Path, *, writable: bool) -> Bind | None:
    source, _, place = value.partition(":")
    if not source.startswith(BOX_PLACE):
        return None  # the notify socket: there is no service manager here to notify
    path = Path(source.replace(BOX_PLACE, str(box_root)))
    if writable:
        own(path)
    return Bind(source=path, place=place or source, writable=writable)

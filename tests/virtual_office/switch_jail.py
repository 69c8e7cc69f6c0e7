"""Running Asterisk from its own root without a container manager, as systemd's RootDirectory= would."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ASTERISK_UID = 101  # of the user "asterisk" in Debian's package, inside the switch root


@dataclass(frozen=True, slots=True, kw_only=True)
class Bind:
    """A folder or file of ours, and where it is seen inside."""

    source: Path
    place: str
    writable: bool


def jail(root: Path, binds: Sequence[Bind], command: Sequence[str]) -> list[str]:
    """Return the command inside a read-only root, as user 101, without a single capability."""
    drop = []
    user = ["--unshare-user", "--uid", str(ASTERISK_UID), "--gid", str(ASTERISK_UID)]
    if can_be_another_user():
        root = reachable(root)
        binds = [Bind(source=reachable(bind.source), place=bind.place, writable=bind.writable) for bind in binds]
        drop = ["setpriv", "--reuid", str(ASTERISK_UID), "--regid", str(ASTERISK_UID)]
        drop += ["--clear-groups", "--inh-caps=-all"]
        user = []
    bound: list[str] = []
    for bind in binds:
        bound += ["--bind" if bind.writable else "--ro-bind", str(bind.source), bind.place]
    return [
        *drop,
        *("bwrap", *user, "--unshare-ipc", "--unshare-uts", "--hostname", "belbox", "--die-with-parent"),
        *("--ro-bind", str(root), "/", "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--tmpfs", "/tmp"),
        *("--tmpfs", "/run", "--tmpfs", "/var/lib", *bound, "--clearenv", "--setenv", "PATH", "/usr/sbin:/usr/bin"),
        *("--", *command),
    ]


def reachable(path: Path) -> Path:
    """Return where user 101 reaches a folder or file that lies below folders closed to it, such as /root.

    It is bound below /run, which in the supervisor's mount namespace is its own.
    """
    place = Path("/run/reachable") / hashlib.sha256(str(path).encode()).hexdigest()[:16]
    if not place.exists():
        place.parent.mkdir(exist_ok=True)
        if path.is_dir():
            place.mkdir()
        else:
            place.touch()
        subprocess.run(["mount", "--bind", str(path), str(place)], check=True)
    return place


def can_be_another_user() -> bool:
    """Tell whether this process may become user 101: root, or root of a user namespace with many users."""
    if os.geteuid() != 0:
        return False
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(int(first) <= ASTERISK_UID < int(first) + int(count) for first, _, count in ranges)


def own(path: Path) -> None:
    """Make a folder of the switch's own."""
    path.mkdir(parents=True, exist_ok=True)
    if can_be_another_user():
        os.chown(path, ASTERISK_UID, ASTERISK_UID)

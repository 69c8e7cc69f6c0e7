"""Build the switch root: Asterisk from Debian's forky in a folder of its own.

`python3 -m image.switch_root DIR` with the system's Python, before there is a virtual environment. The mirror is
the one the host's own apt uses; signatures are checked with the host's Debian keyring.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

SUITES = ("forky", "sid")  # the first that has it; sid if forky should lose it
_SOURCES = (Path("/etc/apt/sources.list"), Path("/etc/apt/sources.list.d"))


def build(root: Path) -> None:
    """Build it whole or not at all (40 s, 341 MB)."""
    partial = root.with_name(root.name + ".partial")
    log = root.with_name(root.name + ".log")
    root.parent.mkdir(parents=True, exist_ok=True)
    for suite in SUITES:
        shutil.rmtree(partial, ignore_errors=True)
        with log.open("w") as output:
            done = subprocess.run(_command(suite, partial), stdout=output, stderr=output)
        if done.returncode == 0 and (partial / "usr/sbin/asterisk").exists():
            for place in ("bin", "sbin", "lib", "lib64"):
                if not (partial / place).is_symlink():
                    (partial / place).symlink_to(f"usr/{place}")  # base-files makes these when it is configured
            # Places that are bound in must be there, since the root is read-only.
            for place in ("etc/hosts", "etc/resolv.conf"):
                (partial / place).parent.mkdir(parents=True, exist_ok=True)
                (partial / place).touch()
            for place in (
                "proc",
                "dev",
                "tmp",
                "var/lib/belbox/switch",
                "run/asterisk",
                "run/systemd",
                "var/cache/asterisk",
            ):
                (partial / place).mkdir(parents=True, exist_ok=True)
            (partial / "run/systemd/notify").touch()
            shutil.rmtree(root, ignore_errors=True)
            partial.rename(root)
            return
    raise SystemExit(f"The switch root could not be built; see {log}")


def mirror() -> str:
    """Return the first Debian mirror of the host's apt sources."""
    files = [_SOURCES[0], *sorted(_SOURCES[1].glob("*.sources")), *sorted(_SOURCES[1].glob("*.list"))]
    for path in files:
        if not path.exists():
            continue
        for line in path.read_text().splitlines():
            found = re.match(r"URIs:\s*(\S+)|deb\s+(?:\[[^]]*\]\s+)?(\S+)", line)
            address = (found[1] or found[2]) if found else ""
            if address.rstrip("/").endswith("/debian"):
                return address
    raise SystemExit("No Debian mirror in /etc/apt/sources.list or sources.list.d")


def _command(suite: str, partial: Path) -> list[str]:
    # Without root the packages are only unpacked, which needs no right at all and is enough for Asterisk.
    how = ["--mode=root", "--variant=apt"] if os.geteuid() == 0 else ["--mode=chrootless", "--variant=extract"]
    return [
        "mmdebstrap",
        *how,
        "--components=main",
        "--include=asterisk,tzdata",  # tzdata: opening hours are compared inside the switch
        '--aptopt=APT::Install-Recommends "false"',
        # A mirror that lags behind is accepted knowingly: the signature still is checked.
        '--aptopt=Acquire::Check-Valid-Until "false"',
        suite,
        str(partial),
        f"deb {mirror()} {suite} main",
    ]


if __name__ == "__main__":
    build(Path(sys.argv[1]).absolute())

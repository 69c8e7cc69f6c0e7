"""The slow, rarely changing half of a box's root: Debian's packages and the Python packages of requirements.lock.

Kept in the cache under a key of the package lists and the lock, so that the next build starts from a copy.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from image.packages import CHECKOUT, HERE, key_of, read_list
from image.switch_root import mirror

SUITE = "bookworm"  # Debian 12: its Python 3.11 is the newest that pjsua2 has a wheel for besides 3.12
VENV = "usr/lib/belbox/venv"
_LEFT_OUT = tuple(f"/usr/share/{name}" for name in ("man", "doc", "locale", "info", "lintian", "bug"))
# Before Debian's packages take it for a user of their own: what the user "asterisk" is in the switch root.
_KEEP_THE_NUMBER = (
    "echo belbox-switch:x:101:101:The switch:/nonexistent:/usr/sbin/nologin >>$1/etc/passwd;"
    "echo belbox-switch:x:101: >>$1/etc/group;"
    "echo 'belbox-switch:!*:1::::::' >>$1/etc/shadow"
)
# Read when the kernel's package makes its initrd, which has no squashfs by itself.
_INITRD_MODULES = "cd $1/usr/share; mkdir -p initramfs-tools/modules.d; echo squashfs >initramfs-tools/modules.d/belbox"


def system_root(cache: Path, *, with_kernel: bool) -> Path:
    """Return the cached root, built first if it is not there (about a minute and a half)."""
    lists = ["box", "image", *(["kernel"] if with_kernel else [])]
    key = key_of(
        [*(HERE / f"packages-{name}.list" for name in lists), CHECKOUT / "requirements.lock", Path(__file__)], *lists
    )
    kind = "kernel" if with_kernel else "plain"
    root = cache / f"system-{kind}-{key}"
    if root.exists():
        return root
    partial = root.with_name(root.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    cache.mkdir(parents=True, exist_ok=True)
    _install_debian(partial, [package for name in lists for package in read_list(name)])
    _install_python(partial, _wheels(cache))
    for older in cache.glob(f"system-{kind}-*[0-9a-f]/"):
        shutil.rmtree(older)
    partial.rename(root)
    return root


def clean_environment() -> dict[str, str]:
    """Return an environment without this machine's settings for pip, proxies or languages."""
    return {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "SOURCE_DATE_EPOCH": epoch()}


def epoch() -> str:
    """Return the time of the newest commit: the one date in what is built."""
    done = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=CHECKOUT, capture_output=True, text=True)
    return done.stdout.strip() or "1"


def _install_debian(root: Path, packages: list[str]) -> None:
    log = root.with_suffix(".log")
    security = mirror().rstrip("/") + "-security"
    command = [
        "mmdebstrap",
        "--mode=root",
        "--variant=essential",
        "--components=main",
        f"--include={','.join(packages)}",
        '--aptopt=APT::Install-Recommends "false"',
        # A mirror that lags behind is accepted knowingly: the signature still is checked.
        '--aptopt=Acquire::Check-Valid-Until "false"',
        *(f"--dpkgopt=path-exclude={place}/*" for place in _LEFT_OUT),
        f"--essential-hook={_KEEP_THE_NUMBER}",
        f"--essential-hook={_INITRD_MODULES}",
        SUITE,
        str(root),
        f"deb {mirror()} {SUITE} main",
        f"deb {security} {SUITE}-security main",
    ]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch(), "LC_ALL": "C.UTF-8"}
    with log.open("w") as output:
        done = subprocess.run(command, stdout=output, stderr=output, env=environment)
    if done.returncode:
        raise SystemExit(f"Debian's packages could not be installed; see {log}")


def _wheels(cache: Path) -> Path:
    """Return the folder of the wheels that the lock names, each checked by its hash."""
    lock = CHECKOUT / "requirements.lock"
    wheels = cache / f"wheels-{key_of([lock])}"
    if not wheels.exists():
        partial = wheels.with_name(wheels.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps"]
        command += ["--require-hashes", "--only-binary=:all:", "-r", str(lock), "-d", str(partial)]
        subprocess.run(command, check=True)
        partial.rename(wheels)
    return wheels


def _install_python(root: Path, wheels: Path) -> None:
    shutil.copytree(wheels, root / "wheels")
    shutil.copy(CHECKOUT / "requirements.lock", root / "wheels")
    python = f"/{VENV}/bin/python"
    pip = (python, "-m", "pip", "--disable-pip-version-check")
    offline = ("install", "-q", "--no-index", "--find-links", "/wheels", "--no-deps", "--no-cache-dir")
    for command in (
        ["python3", "-m", "venv", f"/{VENV}"],
        [*pip, *offline, "--require-hashes", "-r", "/wheels/requirements.lock"],
        # pip's own files are of no use on a read-only root.
        [*pip, "uninstall", "-q", "-y", "pip", "setuptools"],
        [python, "-c", "import pjsua2, flask, sqlalchemy, cryptography, argon2, zeroconf, tftpy; pjsua2.Account"],
    ):
        subprocess.run(["chroot", str(root), *command], check=True, env=clean_environment())
    shutil.rmtree(root / "wheels")

"""The root file system of a box: Debian and Python packages, our programs, units, settings and the switch root."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from image.packages import CHECKOUT, HERE, key_of
from image.system_root import VENV, clean_environment, system_root

PROGRAMS = ("appliance", "wizard", "provisioning")
SCREENS = ("tty1", "ttyS0")
# Debian starts these by itself; nobody logs in on a box, and nginx and slapd are ours.
MASKED = (
    "nginx.service",
    "slapd.service",
    "nftables.service",
    "getty@.service",
    "serial-getty@.service",
    "console-getty.service",
    "container-getty@.service",
    "systemd-firstboot.service",
    *("e2scrub_all.timer", "e2scrub_reap.service", "dpkg-db-backup.timer"),  # no LVM; nothing is installed later
)
# What Asterisk never opens: documentation, Perl, the package managers; and the sample configuration of its package,
# on which it must never come up.
NOT_ON_A_BOX = (
    *("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/share/perl", "usr/share/perl5"),
    *("usr/lib/x86_64-linux-gnu/perl", "usr/lib/x86_64-linux-gnu/perl-base", "usr/bin/perl", "usr/lib/apt"),
    *("var/lib/apt", "var/cache/apt", "var/lib/dpkg", "var/log/apt", "boot", "etc/asterisk"),
)


def build_root(root: Path, cache: Path, switch_root: Path, *, with_kernel: bool) -> bool:
    """Make `root`; return False if it was there already, made from the same things."""
    inputs = [CHECKOUT / name for name in (*PROGRAMS, "systemd", "image", "requirements.lock")]
    key = key_of(inputs, str((switch_root / "usr/sbin/asterisk").stat().st_mtime_ns), str(with_kernel))
    mark = root.with_name(root.name + ".key")
    if root.exists() and mark.exists() and mark.read_text() == key:
        return False
    root = root.resolve()  # systemctl --root fails behind a link: a `var` on another disk
    system = system_root(cache, with_kernel=with_kernel)
    mark.unlink(missing_ok=True)
    shutil.rmtree(root, ignore_errors=True)
    root.parent.mkdir(parents=True, exist_ok=True)
    _copy(system, root)
    _add_programs(root)
    _add_switch(root, switch_root)
    _add_settings(root)
    _add_units(root)
    mark.write_text(key)
    return True


def _add_programs(root: Path) -> None:
    home = root / "usr/lib/belbox"
    for name in PROGRAMS:
        shutil.copytree(CHECKOUT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    packages = next((root / VENV / "lib").glob("python3*")) / "site-packages"
    (packages / "belbox.pth").write_text("/usr/lib/belbox\n")
    # By hash and not by time, so that no byte depends on when it was built.
    compile_all = [f"/{VENV}/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    compile_all += [f"/usr/lib/belbox/{name}" for name in PROGRAMS]
    subprocess.run(["chroot", str(root), *compile_all], check=True, env=clean_environment())


def _add_switch(root: Path, switch_root: Path) -> None:
    target = root / "usr/lib/belbox/switch-root"
    _copy(switch_root, target)
    for name in NOT_ON_A_BOX:
        path = target / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _add_settings(root: Path) -> None:
    """Put `rootfs/` over the root. Owners are root's, whoever owns the checkout."""
    command = ["cp", "-rP", "--preserve=mode", "--no-preserve=ownership", f"{HERE / 'rootfs'}/.", str(root)]
    subprocess.run(command, check=True)
    # Where DHCP's name servers are noted; a stub that must be running first would only be one thing more to fail.
    resolv = root / "etc/resolv.conf"
    resolv.unlink(missing_ok=True)
    resolv.symlink_to("../run/systemd/resolve/resolv.conf")


def _add_units(root: Path) -> None:
    target = root / "usr/lib/systemd/system"
    units = sorted((CHECKOUT / "systemd").glob("*.service"))
    for unit in units:
        shutil.copy(unit, target)
        (target / unit.name).chmod(0o644)
    _systemctl(root, "mask", *MASKED)
    enabled = [unit.name for unit in units if "@" not in unit.name]
    enabled += [f"belbox-screen@{screen}.service" for screen in SCREENS]
    enabled += ["systemd-networkd.service", "systemd-networkd-wait-online.service"]
    enabled += ["systemd-resolved.service", "systemd-timesyncd.service"]
    _systemctl(root, "enable", *enabled)


def _systemctl(root: Path, *words: str) -> None:
    subprocess.run(["systemctl", f"--root={root}", "--quiet", *words], check=True)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", "--reflink=auto", f"{source}{os.sep}.", str(_made(target))], check=True)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder

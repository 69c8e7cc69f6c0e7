"""The disk image: GPT, two root slots, /var, and GRUB for BIOS and UEFI; no loop device, no mount.

Layout, in MiB: 1 bios | 192 esp | 448 root-a (squashfs) | 448 root-b (empty) | 256 var (ext4; grows at the first boot).
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from image.packages import HERE
from image.system_root import epoch

MIB = 2**20
SECTOR = 512
GRUB = Path("/usr/lib/grub")
ESP_LABEL = "BOXESP"
# Type GUIDs: UEFI specification 2.10 (EFI system), GNU GRUB manual (BIOS boot), the Discoverable Partitions
# Specification (x86-64 root, var).
_LINUX_ROOT = "4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """One partition: name, type GUID, size in MiB."""

    name: str
    type: str
    size: int


PARTITIONS = (
    Partition(name="bios", type="21686148-6449-6E6F-744E-656564454649", size=1),
    Partition(name="esp", type="C12A7328-F81F-11D2-BA4B-00A0C93EC93B", size=192),
    Partition(name="root-a", type=_LINUX_ROOT, size=448),
    Partition(name="root-b", type=_LINUX_ROOT, size=448),
    Partition(name="var", type="4D21B016-B534-45C2-A9FB-5C16E091FD2D", size=256),
)
_MODULES = "part_gpt fat normal search search_label configfile loadenv test echo linux boot serial terminal ls cat halt"
_MODULES += " reboot all_video gzio"


def build_disk(root: Path, image: Path, timed: Callable[[str, Callable[[], object]], None]) -> None:
    """Write `image` from `root`; `timed` is given each stage's name and the stage."""
    work = image.with_suffix(".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    timed("squashfs", lambda: _squashfs(root, work / "root-a"))
    timed("var", lambda: _var(root, work / "var"))
    timed("esp", lambda: _esp(root, work))
    timed("disk", lambda: _disk(work, image))
    shutil.rmtree(work)


def _squashfs(root: Path, target: Path) -> None:
    """/boot lies on the ESP, since GRUB reads no zstd squashfs; /var is a partition of its own."""
    command = ["mksquashfs", str(root), str(target), "-comp", "zstd", "-Xcompression-level", "15", "-noappend"]
    command += ["-quiet", "-no-progress", "-all-time", epoch(), "-mkfs-time", epoch(), "-wildcards", "-e", "boot/*"]
    _run([*command, "var/*", "vmlinuz*", "initrd.img*"])
    limit = _size("root-a")
    if target.stat().st_size > limit:
        raise SystemExit(f"The root takes {target.stat().st_size / MIB:.0f} MiB, its slot has {limit / MIB:.0f}.")


def _var(root: Path, target: Path) -> None:
    size = f"{_size('var') // MIB}M"
    _run(["mke2fs", "-q", "-t", "ext4", "-L", "var", "-d", str(root / "var"), str(target), size])


def _esp(root: Path, work: Path) -> None:
    esp = work / "esp"
    _run(["mkfs.vfat", "-F", "32", "-n", ESP_LABEL, "-i", "BE1B0C00", "-C", str(esp), str(_size("esp") // 1024)])
    early = work / "early.cfg"
    lines = (
        f"search --no-floppy --label --set=root {ESP_LABEL}",
        "set prefix=($root)/grub",
        "configfile $prefix/grub.cfg",
    )
    early.write_text("\n".join(lines) + "\n")
    _grub(early, "x86_64-efi", work / "BOOTX64.EFI")
    _grub(early, "i386-pc", work / "core.img", "biosdisk")
    for folder in ("EFI", "EFI/BOOT", "grub", "A"):
        _run(["mmd", "-i", str(esp), f"::/{folder}"])
    for source, place in (
        (work / "BOOTX64.EFI", "EFI/BOOT/BOOTX64.EFI"),
        (HERE / "grub.cfg", "grub/grub.cfg"),
        (next((root / "boot").glob("vmlinuz-*")), "A/vmlinuz"),
        (next((root / "boot").glob("initrd.img-*")), "A/initrd.img"),
    ):
        _run(["mcopy", "-i", str(esp), str(source), f"::/{place}"])


def _grub(early: Path, platform: str, target: Path, *more: str) -> None:
    command = ["grub-mkimage", "-O", platform, "-d", str(GRUB / platform), "-c", str(early), "-p", "/grub"]
    _run([*command, "-o", str(target), *_MODULES.split(), *more])


def _disk(work: Path, image: Path) -> None:
    table = "label: gpt\nlabel-id: BE1B0C00-0000-4000-8000-000000000000\n"
    table += "".join(f"size={part.size}MiB, type={part.type}, name={part.name}\n" for part in PARTITIONS)
    image.unlink(missing_ok=True)
    with image.open("wb") as file:
        file.truncate((sum(part.size for part in PARTITIONS) + 3) * MIB)  # 1 MiB before, the second table behind
    _run(["sfdisk", "-q", str(image)], given=table)
    start = MIB
    for part in PARTITIONS:
        content = work / part.name
        if content.exists():
            seek = f"seek={start // MIB}"
            _run(["dd", f"if={content}", f"of={image}", "bs=1M", seek, "conv=notrunc,sparse", "status=none"])
        start += part.size * MIB
    _embed(image, (work / "core.img").read_bytes())


def _embed(image: Path, core: bytes) -> None:
    """Do what grub-install does for BIOS: the boot sector, and GRUB's core in the bios partition (first, at 1 MiB)."""
    first = MIB // SECTOR
    sectors = (len(core) + SECTOR - 1) // SECTOR
    embedded = bytearray(core)
    embedded[0x1F4:0x1FC] = struct.pack("<Q", first + 1)  # where the core's second sector lies
    embedded[0x1FC:0x1FE] = struct.pack("<H", sectors - 1)
    boot = bytearray((GRUB / "i386-pc" / "boot.img").read_bytes()[:SECTOR])
    boot[0x5C:0x64] = struct.pack("<Q", first)
    boot[0x66:0x68] = b"\x90\x90"  # take the boot drive that the BIOS names
    with image.open("r+b") as file:
        boot[0x1B8:0x200] = file.read(SECTOR)[0x1B8:0x200]  # the table's own protective record
        file.seek(0)
        file.write(boot)
        file.seek(first * SECTOR)
        file.write(embedded)


def _size(name: str) -> int:
    """Return a partition's size in bytes."""
    return next(part.size for part in PARTITIONS if part.name == name) * MIB


def _run(command: list[str], given: str | None = None) -> None:
    subprocess.run(command, check=True, input=given, text=True, stdout=subprocess.DEVNULL)

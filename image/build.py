"""`python -m image.build --out DIR`: build the box's root and the disk image `DIR/belbox.img`. Needs root."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from image import switch_root
from image.box_root import build_root
from image.disk import build_disk
from image.packages import CHECKOUT
from image.sounds import add_sounds


def main() -> int:
    """Build, saying what each stage took."""
    parser = argparse.ArgumentParser(prog="python -m image.build", description="Build the Belbox disk image.")
    parser.add_argument("--out", type=Path, required=True, help="the folder for `root` and `belbox.img`")
    parser.add_argument("--root-only", action="store_true", help="only the root, without a kernel, for a container")
    parser.add_argument("--cache", type=Path, default=CHECKOUT / "var" / "cache", help="where packages are kept")
    parser.add_argument("--switch-root", type=Path, default=CHECKOUT / "var" / "switch-root")
    given = parser.parse_args()
    if os.geteuid() != 0:
        print("Building an image needs root: its files belong to root and to the switch.", file=sys.stderr)
        return 5
    if not (given.switch_root / "usr/sbin/asterisk").exists():
        _timed("switch root", lambda: switch_root.build(given.switch_root.absolute()))
    _timed("sounds", lambda: add_sounds(given.switch_root.absolute()))
    out = given.out.absolute()
    root = out / "root"
    with_kernel = not given.root_only
    _timed("root", lambda: build_root(root, given.cache.absolute(), given.switch_root, with_kernel=with_kernel))
    if with_kernel:
        image = out / "belbox.img"
        build_disk(root, image, _timed)
        held = image.stat().st_blocks * 512
        print(f"{image}: {image.stat().st_size / 2**20:.0f} MiB, of which {held / 2**20:.0f} MiB are not empty")
    return 0


def _timed(name: str, stage: Callable[[], object]) -> None:
    started = time.monotonic()
    stage()
    print(f"{name:<12} {time.monotonic() - started:6.1f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())

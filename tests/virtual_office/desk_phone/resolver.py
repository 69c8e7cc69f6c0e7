"""The phone's own /etc/resolv.conf, in a mount namespace of its own, written by its DHCP client."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

_CLONE_NEWNS = 0x00020000  # linux/sched.h


def use_own_resolver(file: Path) -> None:
    """From now on this process and its children ask the name servers in `file`, and the machine's own file is hidden.

    Needs the right that made the phone's network namespace; without it the machine's servers are asked, and that
    is said.
    """
    file.write_text("")
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNS) != 0:
        print(f"desk phone: no resolver of its own: {os.strerror(ctypes.get_errno())}", file=sys.stderr, flush=True)
        return
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    subprocess.run(["mount", "--bind", str(file.resolve()), "/etc/resolv.conf"], check=True)

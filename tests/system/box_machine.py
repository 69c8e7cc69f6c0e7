"""The disk image in QEMU without KVM, its LAN being QEMU's own user-mode network (the host's is not touched)."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

GUEST_ADDRESS = "10.0.2.15"  # what QEMU's user-mode DHCP server gives its first client
BOOT_SECONDS = 420.0
STOP_SECONDS = 90.0


class BoxMachine:
    """One machine; `with` starts it from a copy of the image and ends it, whatever happened."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._folder = folder
        self._disk = folder / "disk.img"
        self._monitor = folder / "monitor.sock"
        self._serial = folder / "serial.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.ports = {443: _free_port(), 80: _free_port()}
        subprocess.run(["cp", "--sparse=always", str(image), str(self._disk)], check=True)

    def __enter__(self) -> Self:
        forwards = ",".join(f"hostfwd=tcp:127.0.0.1:{host}-:{guest}" for guest, host in self.ports.items())
        # TCG on purpose: a KVM that opens may still not run this guest.
        command = [
            "qemu-system-x86_64",
            "-machine",
            "q35,accel=tcg",
            "-smp",
            "2",
            "-m",
            "1024",
            "-display",
            "none",
            "-no-reboot",
        ]
        command += ["-drive", f"file={self._disk},format=raw,if=virtio", "-netdev", f"user,id=lan,{forwards}"]
        command += ["-device", "virtio-net-pci,netdev=lan", "-serial", f"file:{self._serial}"]
        command += ["-monitor", f"unix:{self._monitor},server,nowait"]
        with (self._folder / "qemu.log").open("wb") as log:
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def serial(self) -> str:
        """Return what the serial console has shown, without its colours."""
        text = self._serial.read_text(errors="replace") if self._serial.exists() else ""
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1bc|\r", "", text)

    def wait_for(self, look: Callable[[], str], what: str, seconds: float = BOOT_SECONDS) -> str:
        """Look until there is something to see."""
        limit = time.monotonic() + seconds
        while time.monotonic() < limit:
            if seen := look():
                return seen
            if self._process is not None and self._process.poll() is not None:
                break
            time.sleep(0.5)  # a machine in QEMU sends no event; between two looks
        raise AssertionError(f"{what} did not come; the serial console showed:\n{self.serial()[-4000:]}")

    def fetch(self, url_path: str, authority: Path | None = None) -> str:
        """Return a page, empty if there is none; over HTTPS, checked against `authority`, if that is given."""
        scheme, port = ("http", 80) if authority is None else ("https", 443)
        command = ["curl", "--silent", "--fail", "--location", "--max-time", "20"]
        command += ["--connect-to", f"{GUEST_ADDRESS}:{port}:127.0.0.1:{self.ports[port]}"]
        command += [] if authority is None else ["--cacert", str(authority)]
        return subprocess.run(
            [*command, f"{scheme}://{GUEST_ADDRESS}{url_path}"], capture_output=True, text=True
        ).stdout

    def press_power_button(self) -> float:
        """Turn it off as a person does; return the seconds until it was off."""
        assert self._process is not None
        started = time.monotonic()
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(str(self._monitor))
            monitor.recv(4096)
            monitor.sendall(b"system_powerdown\n")
            self._process.wait(STOP_SECONDS)
        return time.monotonic() - started


def missing_for_machines() -> str:
    """Return why the image cannot be booted here, empty if it can."""
    for program in ("qemu-system-x86_64", "setpriv", "curl"):
        if shutil.which(program) is None:
            return f"the program {program} is missing"
    return ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
